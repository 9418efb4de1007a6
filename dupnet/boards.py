"""``dupnet boards``: the boards, what their parts have, and what is needed to come onto them.

Without a bitstream every board's RTL can be built, simulated and synthesized by open tools. Nothing
of this project has run on a board yet; the last column says what of the way there was done.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from flows.run.bitstream_ways import OPEN_FAMILY, ZYNQ_FAMILIES
from hw.boards import Board, board_names, load_board
from outside.answers import Answer, add_json, is_for_programs
from outside.arguments import Parser
from outside.command import run_command
from outside.terminal import table

UNTRIED = "untried"


def needed_for_bitstream(board: Board) -> str:
    """Tools that make the file for the board."""
    if board.family not in ZYNQ_FAMILIES:
        return "yosys and nextpnr of PyPI"
    return "Vivado, or openXC7 (experimental)" if board.family == OPEN_FAMILY else "Vivado"


def needed_on_board(board: Board) -> str:
    """Needs of the driver."""
    if board.family not in ZYNQ_FAMILIES:
        return "USB: openFPGALoader, pyserial"
    image = "PYNQ 2.7 to 3.x" if board.family == OPEN_FAMILY else "PYNQ from 2.7"
    return image if board.pynq_image else f"{image}, an image of your own"


def facts(board: Board) -> dict[str, Any]:
    """The facts of a board by name, as --json gives them."""
    return {
        "name": board.name,
        "part": board.part,
        "family": board.family,
        "lut": board.lut,
        "ff": board.ff,
        "bram36": board.bram36,
        "dsp": board.dsp,
        "clock_mhz": 1e3 / board.synth_clk_period_ns,
        "bitstream_by": needed_for_bitstream(board),
        "on_the_board": needed_on_board(board),
        "tried": board.tried or UNTRIED,
    }


def _run(options: argparse.Namespace) -> Answer:
    found = [facts(load_board(name)) for name in board_names()]
    if not is_for_programs(options):
        _show(found)
    return Answer({"boards": found})


def _show(found: list[dict[str, Any]]) -> None:
    """Two tables: what there is, and what is needed."""
    numbers = ("lut", "ff", "bram36", "dsp")
    figures = [
        [one["name"], one["part"], *(f"{one[n]:,}" for n in numbers), f"{one['clock_mhz']:g}"]
        for one in found
    ]
    print(table(("board", "part", "LUT", "FF", "BRAM36", "DSP", "MHz"), figures, sys.stdout))
    keys = ("name", "bitstream_by", "on_the_board", "tried")
    ways = [[one[key] for key in keys] for one in found]
    print(table(("board", "bitstream by", "on it", "done here"), ways, sys.stdout))
    print("No build has run on any board yet. FINN's names; --board and board: take them.")


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = Parser(
        prog="python -m dupnet.boards",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_json(parser)
    return run_command(parser, _run, argv)


if __name__ == "__main__":
    sys.exit(main())
