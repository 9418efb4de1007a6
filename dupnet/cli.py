"""``dupnet COMMAND ...``: finds the module of the command and passes its command line on.

A command that takes a build configuration takes in its place the options of ``dupnet config``
(``--network``, ``--board``, ...): then export and configuration are written to ./build first, and
for all commands but ``build`` what is not built yet is built.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from dupnet.commands import COMMANDS, GROUPS, Command, main_of
from dupnet.words import translate
from outside.arguments import Parser
from outside.called import call_by
from outside.command import run_command, use_utf8
from outside.terminal import has_colours

DISTRIBUTION = "dupnet-fpga"
#: Whose bounds contradict those of others: pip cannot install it as a dependency.
FINN = "finn-plus==1.6.1"


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:  # run from the sources
        return "of the sources"


DESCRIPTION = "DupNet on FPGA: networks, accelerators, and their verification."
EXAMPLES = {
    "dupnet demo": "all at once, into ./build",
    "dupnet detect photo.jpg": "its boxes, into ./build/detections",
    "dupnet build --board ZCU104 --fps 120": "the accelerator, into ./build",
    "dupnet build my.yaml": "of a configuration of one's own",
    "dupnet COMMAND --help": "the options of a command",
}


def _listing() -> str:
    lines = []
    for title, commands in GROUPS.items():
        lines += ["", f"{title}:"]
        lines += [f"  {command.name:12}{command.help}" for command in commands]
    lines += ["", *(f"  {typed:45}{what}" for typed, what in EXAMPLES.items())]
    return "\n".join(lines).strip()


class _Front(Parser):
    """The parser of ``dupnet`` itself; its help is drawn where there is a terminal."""

    def format_help(self) -> str:
        if not has_colours(sys.stdout):
            return super().format_help()
        from dupnet.front_page import front_page

        return front_page(DESCRIPTION, EXAMPLES)


def _parser() -> Parser:
    parser = _Front(
        prog="dupnet",
        description=DESCRIPTION,
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


def _run(command: Command, words: list[str]) -> int:
    try:
        from dupnet.checkpoints import with_paths

        words = with_paths(words)
        main = main_of(command.module)
        if command.builds:
            from dupnet.builds import run_on_build

            return run_on_build(command, main, words)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "finn":
            raise
        print(f"error: FINN is missing: pip install --no-deps {FINN}", file=sys.stderr)
        return 1
    return int(main([*command.arguments, *words]))
