"""Boards: one YAML file each, named as FINN names them."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER
from outside.nearest import meant

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Board:
    """The facts of a board that the flow needs.

    part: FPGA part. lut, ff, bram36, dsp: what the part has, from AMD's overviews (DS190 for
    Zynq-7000, DS891 for Zynq UltraScale+, DS889 for RFSoCs, DS987 for the K26) and Lattice's
    (FPGA-DS-02012 for ECP5: its LUTs have 4 inputs, its 208 block RAMs of 18 Kbit count as 104, a
    DSP is an 18 x 18 multiplier). synth_clk_period_ns: default clock.
    board_part: Vivado's name of the board, whose files it may or may not have installed.
    pynq_name: what PYNQ's BOARD says on it, "" where that is the board's own name.
    pynq_image: whether PYNQ or the board's maker offers an image with PYNQ for it.
    tried: what of the way to this board was done here, "" for nothing. None has run a bitstream.
    """

    part: str
    family: str
    lut: int
    ff: int
    bram36: int
    dsp: int
    synth_clk_period_ns: float
    board_part: str = ""
    pynq_name: str = ""
    pynq_image: bool = True
    tried: str = ""
    name: str = ""

    @property
    def multipliers(self) -> int:
        """Products of 24 by 17 bits that its DSP slices make; an ECP5 takes up to three for one."""
        return self.dsp // 3 if self.family == "ecp5" else self.dsp

    def is_called(self, name: str) -> bool:
        """Whether PYNQ may mean this board by a name, in capitals or not."""
        return name.lower() in (self.name.lower(), (self.pynq_name or self.name).lower())


def board_names() -> list[str]:
    """Names of all boards, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_board(name: str) -> Board:
    """Board by name; HardwareError listing the known ones where there is none."""
    path = _FOLDER / f"{name}.yaml"
    if name not in board_names():
        known = f"{', '.join(board_names())}{meant(name, board_names())}"
        raise HardwareError(f"unknown board {name}; known: {known}")
    return dataclasses.replace(READER.yaml(path, Board), name=name)


def pin_constraints(name: str) -> Path:
    """The board's file of pins (``.lpf``); HardwareError where the board has none here."""
    path = _FOLDER / f"{name}.lpf"
    if not path.is_file():
        raise HardwareError(f"board {name}: no file of pins {path.name}")
    return path
