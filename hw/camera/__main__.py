"""``python -m hw.camera``: LUTs, registers, DSP slices and block RAM of the camera path's modules.

By yosys for Xilinx' 7 series, each module alone at its own parameters: pictures up to 1920 x 1080,
two pixels a beat (--lanes 4: four), a network of 512 x 512. ``camera_shell`` is all of it. With
--timing the clock that each reaches on an ECP5 of grade 6, by nextpnr, and its slowest path.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hw.camera import CAMERA_RTL_DIR
from hw.camera.measure import unit
from hw.errors import HardwareError
from hw.pnr.ecp5 import Ecp5Target
from hw.pnr.operator import operator_timing
from hw.synth.operator import synthesize
from hw.tools.yosys import find_yosys
from outside.arguments import Parser
from outside.command import run_command

#: Modules that are measured unless others are asked for: those that are no part of another.
WHOLE = ("pixel_format", "letterbox", "decode_boxes", "suppress_boxes")


def _run(options: argparse.Namespace) -> None:
    known = sorted(path.stem for path in CAMERA_RTL_DIR.glob("*.sv"))
    if unknown := sorted(set(options.modules) - set(known)):
        raise HardwareError(f"no module {', '.join(unknown)}; there are {', '.join(known)}")
    for module in options.modules or WHOLE:
        with tempfile.TemporaryDirectory(prefix="camera-") as name:
            folder = Path(name)
            if options.timing:
                _print_timing(module, options.lanes, folder)
                continue
            taken, _ = synthesize(
                unit(module, options.lanes), "xc7", find_yosys(), folder / "synth", folder / "cache"
            )
        print(
            f"{module}: {taken.LUT} LUT (of them {taken.LUTRAM} LUT RAM), {taken.FF} FF, "
            f"{taken.bram36:g} BRAM36, {taken.DSP} DSP",
            flush=True,
        )


def _print_timing(module: str, lanes: int, folder: Path) -> None:
    """Place and route a module between registers; folder: for its runs."""
    found, _ = operator_timing(unit(module, lanes), Ecp5Target(), folder / "pnr", folder / "cache")
    path = found.critical_path
    print(
        f"{module}: {found.fmax_mhz:.1f} MHz, {path['logic_ns']:.1f} ns logic and "
        f"{path['routing_ns']:.1f} ns routing from {path['from']} to {path['to']}; "
        f"{found.TRELLIS_COMB} COMB, {found.TRELLIS_FF} FF, {found.DP16KD} DP16KD, "
        f"{found.MULT18X18D} MULT18X18D",
        flush=True,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = Parser(prog="python -m hw.camera", description=__doc__)
    parser.add_argument(
        "--lanes", type=int, choices=(2, 4), default=2, help="pixels of a beat (default 2)"
    )
    parser.add_argument("--timing", action="store_true", help="clocks on an ECP5")
    parser.add_argument("modules", nargs="*", help=f"default: {', '.join(WHOLE)}")
    return run_command(parser, _run, argv)


if __name__ == "__main__":
    sys.exit(main())
