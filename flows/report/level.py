"""A level of verification, and the reading of result files that count for this very build."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from flows.build import model_path
from flows.config import BuildConfig
from flows.errors import FlowError
from flows.report.data import read_json

PASSED, FAILED, NOT_RUN, ESTIMATED = "passed", "FAILED", "not run", "estimated"

T = TypeVar("T")


@dataclass(frozen=True)
class Level:
    """One level. status: PASSED, FAILED, NOT_RUN, or ESTIMATED where nothing is compared."""

    name: str
    what: str
    status: str
    detail: str
    boundaries: Sequence[str] = ()


@contextmanager
def reading(config: BuildConfig, name: str) -> Iterator[None]:
    """Turn what a file of another form raises into a FlowError that names the file."""
    try:
        yield
    except FlowError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        path = config.output_dir / "report" / f"{name}.json"
        what = f"key {error} is missing" if isinstance(error, KeyError) else str(error)
        raise FlowError(f"{path}: not as this flow writes it ({what}); make it again") from error


def read_result(
    config: BuildConfig, name: str, step: str, parse: Callable[[Any], T]
) -> tuple[T | None, str]:
    """What a result file says about the model after step, or None and the reason."""
    path = config.output_dir / "report" / f"{name}.json"
    if not path.is_file():
        return None, ""
    data = read_json(config.output_dir, name)
    with reading(config, name):
        result = parse(data)
    if os.stat(path).st_mtime_ns < os.stat(model_path(config, step)).st_mtime_ns:
        return None, f"the result at hand ({name}.json) is older than this build"
    return result, ""


def names(data: Any) -> list[str]:
    """A list of names, or TypeError."""
    if not isinstance(data, list):
        raise TypeError("a list was expected")
    return [str(item) for item in data]


def frames_text(count: int) -> str:
    """Such as "2 frames"."""
    return "1 frame" if count == 1 else f"{count:,} frames"
