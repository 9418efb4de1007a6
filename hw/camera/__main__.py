"""``python -m hw.camera``: LUTs, registers, DSP slices and block RAM of the camera path's modules.

By yosys for Xilinx' 7 series, each module alone at its own parameters: pictures up to 1920 x 1080,
two pixels a beat (--lanes 4: four), a network of 512 x 512. ``camera_shell`` is all of it.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from camera_path.head import HeadIntegers
from hw.camera import CAMERA_RTL_DIR, camera_sources
from hw.camera.memories import HEAD, POWER_TABLE, SIGMOID_TABLE, head_memories
from hw.errors import HardwareError
from hw.synth.operator import Unit, synthesize
from hw.tools.yosys import find_yosys
from outside.arguments import Parser
from outside.command import run_command

#: Modules that are measured unless others are asked for: those that are no part of another.
WHOLE = ("pixel_format", "letterbox", "decode_boxes", "suppress_boxes")


#: Files that modules with a head read, by their parameters.
_FILES = {"HeadFile": HEAD, "SigmoidFile": SIGMOID_TABLE, "PowerFile": POWER_TABLE}
#: How the pixels of a beat are called as a parameter.
_LANES = ("Lanes", "Pixels")


def unit(module: str, lanes: int = 2) -> Unit:
    """A module, at its own parameters, as a unit to synthesize; with a head of five anchors."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in camera_sources(module)}
    text = sources.pop(f"{module}.sv")
    for name in _LANES:
        text = re.sub(rf"(parameter int unsigned {name} = )2\b", rf"\g<1>{lanes}", text)
    if 'parameter HeadFile = ""' not in text:
        return Unit(module, {**sources, f"{module}.sv": text}, {})
    for parameter, name in _FILES.items():
        text = text.replace(f'parameter {parameter} = ""', f'parameter {parameter} = "{name}"')
    head = HeadIntegers.make([(0.4, 0.5), (0.7, 0.8), (0.9, 1.1), (1.6, 1.9), (3.0, 3.7)], 0.0336)
    return Unit(module, {**sources, f"{module}.sv": text}, head_memories(head))


def _run(options: argparse.Namespace) -> None:
    known = sorted(path.stem for path in CAMERA_RTL_DIR.glob("*.sv"))
    if unknown := sorted(set(options.modules) - set(known)):
        raise HardwareError(f"no module {', '.join(unknown)}; there are {', '.join(known)}")
    for module in options.modules or WHOLE:
        with tempfile.TemporaryDirectory(prefix=".camera-", dir=Path.cwd()) as name:
            folder = Path(name)
            taken, _ = synthesize(
                unit(module, options.lanes), "xc7", find_yosys(), folder / "synth", folder / "cache"
            )
        print(
            f"{module}: {taken.LUT} LUT (of them {taken.LUTRAM} LUT RAM), {taken.FF} FF, "
            f"{taken.bram36:g} BRAM36, {taken.DSP} DSP",
            flush=True,
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = Parser(prog="python -m hw.camera", description=__doc__)
    parser.add_argument(
        "--lanes", type=int, choices=(2, 4), default=2, help="pixels of a beat (default 2)"
    )
    parser.add_argument("modules", nargs="*", help=f"default: {', '.join(WHOLE)}")
    return run_command(parser, _run, argv)


if __name__ == "__main__":
    sys.exit(main())
