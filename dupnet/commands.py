"""The commands of ``dupnet``, and which module each of them is."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flows.__main__


@dataclass(frozen=True)
class Command:
    """A command: its name, what it does in a line, and the module or package that does it.

    arguments: what stands before the user's own. builds: it takes a build configuration, or the
    options of ``dupnet config`` in its place.
    """

    name: str
    help: str
    module: str
    arguments: tuple[str, ...] = ()
    builds: bool = False

    def called(self) -> str:
        """How the same is called without ``dupnet``."""
        return " ".join(["python -m", self.module, *self.arguments])


def main_of(module: str) -> Callable[[list[str]], int]:
    """The ``main`` of a module, or of what a package runs by ``python -m``."""
    found = importlib.import_module(module)
    if hasattr(found, "__path__"):
        found = importlib.import_module(f"{module}.__main__")
    main: Callable[[list[str]], int] = found.main
    return main


_FLOWS = {command.name: command.help for command in flows.__main__.COMMANDS}


def _flows(name: str, command: str = "") -> Command:
    """A command of ``python -m flows``, which has another name there where command is given."""
    command = command or name
    return Command(name, _FLOWS[command], "flows", (command,), builds=True)


#: Title -> commands, in the order of ``dupnet --help``.
GROUPS: dict[str, Sequence[Command]] = {
    "all at once": [
        Command(
            "demo",
            "a photograph through emulator, HLS C++ and simulated RTL; a report",
            "dupnet.demo",
            builds=True,
        ),
        Command(
            "detect",
            "boxes on pictures, a film or a camera, by the integers of the hardware",
            "dupnet.detect",
        ),
    ],
    "networks": [
        Command("cost", "size and complexity of the networks, and the paper's", "model.complexity"),
        Command("export", "the QONNX file of a network", "model.export"),
        Command("scenes", "generated, labelled scenes in WIDER FACE's layout", "model.scenes"),
        Command("train", "train a network", "model.training"),
        Command("evaluate", "predictions and metrics over labelled pictures", "model.evaluation"),
        Command("convert", "labels of COCO or YOLO into WIDER FACE's layout", "model.data.convert"),
        Command("peers", "other face detectors beside ours", "model.peers"),
        Command("compare", "the four networks on the same scenes", "model.comparison"),
    ],
    "the accelerator": [
        Command("config", "QONNX file and build configuration of a network", "dupnet.project"),
        _flows("build"),
        _flows("frames"),
        _flows("emulate"),
        _flows("rtlsim"),
        _flows("cppsim"),
        _flows("weights"),
        _flows("size"),
        _flows("report"),
    ],
    "figures": [
        _flows("synth"),
        _flows("timing", "pnr"),
        _flows("pnr"),
        _flows("pareto"),
        _flows("hls"),
        Command("bench", "beside FINN, hls4ml, onnxruntime, ...", "flows.bench", builds=True),
        Command("gallery", "networks of the field through the whole flow", "flows.gallery"),
    ],
    "boards": [
        Command("boards", "the boards, and what is needed for each", "dupnet.boards"),
        _flows("board-sim"),
        _flows("bitstream"),
        _flows("driver"),
        _flows("deploy"),
    ],
    "the hardware library": [
        Command("lint", "every SystemVerilog module alone, in Verilator and yosys", "hw.lint"),
        Command("proofs", "proofs of the handshakes without a bound", "hw.formal"),
    ],
    "the shell": [
        Command("completion", "completion by the Tab key: bash, zsh, fish", "dupnet.completion"),
    ],
}  # fmt: skip

COMMANDS = {command.name: command for group in GROUPS.values() for command in group}
