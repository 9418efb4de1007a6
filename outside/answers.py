"""Results for programs: ``--json``, and nothing else on the standard output."""

import argparse
import contextlib
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outside.errors import UserError
from outside.whole import reason, write_whole

#: The value of --json without a file.
STDOUT = Path("-")
_HELP = "the result as JSON on the standard output, and nothing else there"


@dataclass(frozen=True)
class Answer:
    """Data (a table or list of plain values) that a command found; status: its exit status."""

    data: Any
    status: int = 0


def add_json(parser: argparse.ArgumentParser, file: bool = False) -> None:
    """Option --json. file: it may name a file, which the result goes to beside what is printed."""
    if not file:
        parser.add_argument("--json", action="store_const", const=STDOUT, help=_HELP)
        return
    parser.add_argument(
        "--json",
        type=Path,
        nargs="?",
        const=STDOUT,
        metavar="FILE",
        help=f"the result as JSON into FILE; without one: {_HELP.partition(' as JSON ')[2]}",
    )


def is_for_programs(options: argparse.Namespace) -> bool:
    """Whether the standard output is for the result alone."""
    return getattr(options, "json", None) == STDOUT


def write_answer(options: argparse.Namespace, answer: Answer) -> None:
    """Print the result, or write it to the file that --json names; neither where it is not given.

    Raises UserError where the file cannot be written.
    """
    place = getattr(options, "json", None)
    if place is None:
        return
    text = json.dumps(_finite(answer.data), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if place == STDOUT:
        print(text, end="", flush=True)
        return
    try:
        write_whole(place, lambda file: file.write(text.encode("utf-8", "surrogateescape")))
    except OSError as error:
        raise UserError(f"{place}: cannot be written ({reason(error)})") from error


def _finite(value: Any) -> Any:
    """The value with null where JSON has no number: NaN and the infinite ones."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value


@contextlib.contextmanager
def told_aside(wanted: bool = True) -> Iterator[None]:
    """Prints of the block go to the standard error, those of child processes too."""
    if not wanted:
        yield
        return
    sys.stdout.flush()
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError, ValueError):  # closed, or none of the system's
            saved = os.dup(1)
            os.dup2(2, 1)
            stack.callback(_restore, saved)
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        yield


def _restore(saved: int) -> None:
    os.dup2(saved, 1)
    os.close(saved)
