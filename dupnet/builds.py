"""Commands on a build: of a configuration, or of a network and a board that make one."""

import argparse
from collections.abc import Callable
from pathlib import Path

import flows.__main__ as flows
from dupnet.checkpoints import shipped
from dupnet.commands import Command
from dupnet.project import OPTIONS, add_options, write
from flows.build.build import Build
from flows.errors import FlowError
from outside.answers import told_aside
from outside.arguments import Parser, also_known
from outside.command import run_command

Main = Callable[[list[str]], int]
#: How the names of configurations end.
CONFIGURATIONS = (".yaml", ".yml", ".json")
#: Commands that build by themselves, or need no build.
_NO_BUILD = ("build", "bench", "demo", "report", "pareto")
_EXECUTORS = ("emulate", "rtlsim", "cppsim")
#: That executors run where no --input is given: as many as an interval between frames needs.
_FRAMES = 2
#: Commands that are given an --out in the build folder where the user gives none.
_OUTPUTS = ("frames", "detect")
_INSTEAD = """
instead of CONFIG.yaml:
  --network, --board, --fps, --pixels-per-clock, --size, --model-seed, --checkpoint, --folding,
  --name: export and configuration are made in ./build first (`dupnet config --help`)"""


class _Partial(Parser):
    """A parser that leaves other options alone: they are the command's own."""

    def _check_option(self, argument: str) -> None:
        pass


def run_on_build(command: Command, main: Main, words: list[str]) -> int:
    """Run a command that takes a configuration; returns the exit status."""
    names = {f"--{option}" for option in OPTIONS}
    typed = {word.partition("=")[0] for word in words}
    has_file = any(Path(word).suffix in CONFIGURATIONS for word in words)
    if typed & names or ("--checkpoint" in typed and not has_file):
        debug = [word for word in words if word == "--debug"]
        parser = Parser(prog=f"dupnet {command.name}")
        return run_command(parser, lambda _: _on_project(command, main, words), debug[:1])
    try:
        with also_known([*names, "--checkpoint"]):
            return int(main([*command.arguments, *words]))
    finally:
        if {"-h", "--help"} & set(words):
            print(_INSTEAD)


def _on_project(command: Command, main: Main, words: list[str]) -> int:
    """Write export and configuration, build what is missing, run."""
    parser = _Partial(prog=f"dupnet {command.name}", add_help=False)
    add_options(parser)
    options, others = parser.parse_known_args(words)
    if others and not others[0].startswith("-"):
        raise FlowError(
            f"{others[0]} and options of a network: expected a configuration, or what makes one"
        )
    if {"-h", "--help"} & set(others):
        return int(main([*command.arguments, "--help"]))
    others += ["--debug"] if "debug" in options else []
    with told_aside("--json" in others):
        config = write(options)
    paths = Build.load(config).paths
    before = []
    if command.name not in _NO_BUILD and "--plan" not in others:
        before.append(["build", str(config), "--if-changed"])
    if command.name in _OUTPUTS and not _has(others, "--out"):
        others += ["--out", str(paths.frames if command.name == "frames" else paths.detections)]
    if command.name in _EXECUTORS and not _has(others, "--input"):
        frames = str(paths.frames)
        before.append(["frames", str(config), "--out", frames, f"--frames={_FRAMES}"])
        others += ["--input", frames]
    if command.name == "demo" or "--brevitas" in others:
        others += _weights(options)
    for step in before:
        with told_aside("--json" in others):
            status = flows.main(step)
        if status:
            return status
    return int(main([*command.arguments, str(config), *others]))


def _weights(options: argparse.Namespace) -> list[str]:
    """The checkpoint of the export, for the Brevitas model."""
    network = options.network or str(OPTIONS["network"][1])
    found = shipped(network) if options.checkpoint is None else options.checkpoint
    return ["--checkpoint", str(found)] if found else []


def _has(words: list[str], option: str) -> bool:
    return any(word.partition("=")[0] == option for word in words)
