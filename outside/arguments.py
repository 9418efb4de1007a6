"""A command line that takes no shortened options and names what was probably meant."""

import argparse
import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from outside.called import as_called
from outside.nearest import meant
from outside.terminal import has_colours

_further: list[str] = []


@contextlib.contextmanager
def also_known(options: Iterable[str]) -> Iterator[None]:
    """Options that somebody else takes for the parsers in the block: they may have been meant."""
    _further.extend(options)
    try:
        yield
    finally:
        _further.clear()


class Parser(argparse.ArgumentParser):
    """ArgumentParser of every command here; each has ``--debug``, and no option is abbreviated."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "allow_abbrev": False})
        self.prog = as_called(self.prog)
        self.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show the traceback of an error that nobody foresaw",
        )

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """As argparse's; an unknown option is refused first, before what it seems to lack."""
        given = list(sys.argv[1:] if args is None else args)
        for argument in given:
            if argument == "--" or self._ends_options(argument):
                break
            self._check_option(argument)
        return super().parse_known_args(given, namespace)

    def _ends_options(self, argument: str) -> bool:
        """Whether what follows is another parser's: behind the name of a command."""
        return self._subparsers is not None and not argument.startswith("-")

    def _check_option(self, argument: str) -> None:
        name = argument.partition("=")[0]
        if not name.startswith("--") or " " in name or name in self._option_string_actions:
            return
        known = [*self._option_string_actions, *_further]
        self.error(f"unknown option {name}{meant(name, known)}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            hint = meant(str(value), known) or f"; known: {', '.join(known)}"
            what = "command" if isinstance(action, argparse._SubParsersAction) else "value"
            raise argparse.ArgumentError(action, f"unknown {what} {value!r}{hint}")

    def _get_formatter(self) -> argparse.HelpFormatter:
        """In colours where the help goes to a terminal that has them."""
        if not has_colours(sys.stdout):
            return super()._get_formatter()
        from rich_argparse import RawDescriptionRichHelpFormatter, RichHelpFormatter

        is_raw = self.formatter_class is argparse.RawDescriptionHelpFormatter
        formatter = RawDescriptionRichHelpFormatter if is_raw else RichHelpFormatter
        made: argparse.HelpFormatter = formatter(prog=self.prog)
        return made

    def format_help(self) -> str:
        """As argparse's, with commands as they are called here."""
        return as_called(super().format_help())

    def error(self, message: str) -> NoReturn:
        """Print the message and how to get help; status 2."""
        self.exit(2, f"error: {message}\n(`{self.prog} --help` says more)\n")
