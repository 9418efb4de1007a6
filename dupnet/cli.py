"""``dupnet COMMAND ...``: finds the module of the command and passes its command line on.

A command that takes a build configuration takes in its place the options of ``dupnet config``
(``--network``, ``--board``, ...): then export and configuration are written to ./build first, and
for all commands but ``build`` what is not built yet is built.
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

from dupnet.commands import COMMANDS, GROUPS, Command
from dupnet.words import translate
from outside.arguments import Parser
from outside.called import call_by
from outside.command import run_command, use_utf8

DISTRIBUTION = "dupnet-fpga"
#: Whose bounds contradict those of others: pip cannot install it as a dependency.
FINN = "finn-plus==1.6.1"


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:  # run from the sources
        return "of the sources"


def _listing() -> str:
    lines = []
    for title, commands in GROUPS.items():
        lines += ["", f"{title}:"]
        lines += [f"  {command.name:12}{command.help}" for command in commands]
    examples = (
        "",
        "  dupnet demo                                  all at once, into ./build",
        "  dupnet detect photo.jpg                      its boxes, into ./build/detections",
        "  dupnet build --board ZCU104 --fps 120        the accelerator, into ./build",
        "  dupnet build my.yaml                         of a configuration of one's own",
        "  dupnet COMMAND --help                        the options of a command",
    )
    return "\n".join([*lines, *examples]).strip()


def _parser() -> Parser:
    parser = Parser(
        prog="dupnet",
        description="DupNet on FPGA: networks, accelerators, and their verification.",
        epilog=_listing(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"dupnet {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        commands.add_parser(name, add_help=False)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    if argv is None:
        use_utf8()
    call_by(translate)
    given = list(sys.argv[1:] if argv is None else argv)
    end = next((i for i, word in enumerate(given) if not word.startswith("-")), len(given)) + 1
    before, words = given[:end], given[end:]
    if "--debug" in before:
        words = ["--debug", *words]
    return run_command(_parser(), lambda options: _run(COMMANDS[options.command], words), before)


def _main_of(module: str) -> Callable[[list[str]], int]:
    """The ``main`` of a module, or of what a package runs by ``python -m``."""
    found = importlib.import_module(module)
    if hasattr(found, "__path__"):
        found = importlib.import_module(f"{module}.__main__")
    main: Callable[[list[str]], int] = found.main
    return main


def _run(command: Command, words: list[str]) -> int:
    try:
        from dupnet.checkpoints import with_paths

        words = with_paths(words)
        main = _main_of(command.module)
        if command.builds:
            from dupnet.builds import run_on_build

            return run_on_build(command, main, words)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "finn":
            raise
        print(f"error: FINN is missing: pip install --no-deps {FINN}", file=sys.stderr)
        return 1
    return int(main([*command.arguments, *words]))
