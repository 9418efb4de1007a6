"""``python -m flows``: build an accelerator from a QONNX model, emulate it, simulate it.

``python -m flows COMMAND CONFIG.yaml ...``; each command is a file of flows/commands.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from flows.commands import (
    bitstream,
    board_sim,
    build,
    cppsim,
    deploy,
    detect,
    driver,
    emulate,
    frames,
    hls,
    pareto,
    pnr,
    report,
    rtlsim,
    size,
    synth,
    weights,
)
from flows.commands.command import Command
from hw.finn_settings import use_default_settings
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command

#: In the order in which ``--help`` lists them.
COMMANDS: tuple[Command, ...] = (
    build.COMMAND,
    emulate.COMMAND,
    rtlsim.COMMAND,
    cppsim.COMMAND,
    weights.COMMAND,
    size.COMMAND,
    hls.COMMAND,
    synth.COMMAND,
    pareto.COMMAND,
    pnr.COMMAND,
    detect.COMMAND,
    board_sim.COMMAND,
    driver.COMMAND,
    deploy.COMMAND,
    bitstream.COMMAND,
    report.COMMAND,
    frames.COMMAND,
)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m flows", description="QONNX model to verified dataflow hardware."
    )
    added = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        made = added.add_parser(command.name, help=command.help, description=command.help)
        made.add_argument(
            "config",
            type=Path,
            metavar="CONFIG.yaml",
            nargs="?" if command.alone else None,
            help="build configuration, or the folder of a finished build",
        )
        command.add_arguments(made)
        add_json(made)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    use_default_settings()
    return run_command(_parser(), _run, argv, subject=lambda arguments: arguments.config)


def _run(arguments: argparse.Namespace) -> Answer:
    from flows.build.build import Build
    from flows.build.found import configuration_of

    (command,) = (each for each in COMMANDS if each.name == arguments.command)
    if command.alone and arguments.config is None:
        return Answer({"command": command.name, **command.alone(arguments)})
    config = configuration_of(arguments.config)
    build = Build.load(config)
    before = {name: build.results.changed(name) for name in command.results}
    facts = command.run(build, arguments)
    written = [name for name, time in before.items() if build.results.changed(name) != time]
    results = {str(name): build.results.plain(name) for name in written}
    where = {"config": str(config), "folder": str(build.folder)}
    return Answer({"command": command.name, **where, "results": results, **(facts or {})})


if __name__ == "__main__":
    sys.exit(main())
