"""``dupnet completion``: what makes the Tab key complete commands, options and their values.

    dupnet completion bash > ~/.local/share/bash-completion/completions/dupnet
    dupnet completion zsh  > ~/.zfunc/_dupnet       (with ~/.zfunc in fpath, before compinit)
    dupnet completion fish > ~/.config/fish/completions/dupnet.fish

A new shell knows it then. Loading all commands to list their options takes some seconds, once.
"""

import argparse
import contextlib
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dupnet.commands import COMMANDS, Command, main_of
from dupnet.project import add_options
from flows.make.variables import boards
from model import zoo
from outside.arguments import Parser
from outside.command import parser_of, run_command

SHELLS = ("bash", "zsh", "fish")


def whole_parser() -> argparse.ArgumentParser:
    """A parser of all commands with all of their options."""
    whole = Parser(prog="dupnet")
    added = whole.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS.values():
        made = added.add_parser(
            command.name,
            help=command.help,
            parents=[_parser_of(command)],
            conflict_handler="resolve",  # every parser has --help and --debug
        )
        _complete(made)
    return whole


def _parser_of(command: Command) -> Any:
    """A command's own parser, with the options that may stand in place of a configuration."""
    found: Any = parser_of(main_of(command.module))
    for name in command.arguments:
        (choices,) = (a for a in found._actions if isinstance(a, argparse._SubParsersAction))
        found = choices.choices[name]
    if command.builds:
        more = Parser(add_help=False)
        add_options(more)
        for action in more._actions:
            if not set(action.option_strings) & set(found._option_string_actions):
                with contextlib.suppress(argparse.ArgumentError):
                    found._add_action(action)
    return found


def _complete(parser: argparse.ArgumentParser) -> None:
    """Say what values may be: names where they are known, else files where paths are taken."""
    import shtab

    for action in parser._actions:
        it: Any = action
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                _complete(one)
        elif action.choices is not None or action.nargs == 0:
            continue
        elif action.dest == "board":
            action.choices = boards()
        elif action.dest in ("network", "model"):
            action.choices = zoo.names()
        elif action.type is Path or action.dest in ("sources", "checkpoint", "folding", "more"):
            it.complete = shtab.FILE


def _run(options: argparse.Namespace) -> None:
    shtab = importlib.import_module("shtab")
    print(shtab.complete(whole_parser(), options.shell))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = Parser(
        prog="python -m dupnet.completion",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=SHELLS, help="bash, zsh or fish")
    return run_command(parser, _run, argv)


if __name__ == "__main__":
    sys.exit(main())
