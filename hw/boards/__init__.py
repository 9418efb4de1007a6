"""Boards: one YAML file each, named as FINN names them."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER
from outside.nearest import meant

_FOLDER = Path(__file__).resolve().parent


#: Ends of the names of files of pins, as the families' tools take them.
_PINS = (".lpf", ".cst")
#: Families whose DSP slices are multipliers of 18 by 18 bits; one of 24 by 17 takes up to three.
_SMALL = ("ecp5", "gw2a")


@dataclass(frozen=True)
class SerialSide:
    """The pins of a board without a processor: oscillator, serial line over USB, lamps, button.

    Pins go by their names in the board's file of pins. loader: openFPGALoader's name of the board.
    oscillator: its pin. rx, tx: the line's, as the FPGA sees it. button: held down it is high.
    leds: how many bits ``led`` has; leds_low: a low bit lights one. high: pins that are kept high.
    port: the line on a host with Linux. fps: frames of 512 x 512 a second that it is folded for.
    """

    loader: str
    oscillator: str
    oscillator_mhz: int
    rx: str
    tx: str
    button: str
    leds: int
    leds_low: bool = False
    high: tuple[str, ...] = ()
    port: str = "/dev/ttyUSB0"
    fps: int = 10


@dataclass(frozen=True)
class Board:
    """The facts of a board that the flow needs.

    part: FPGA part. lut, ff, bram36, dsp: what the part has, from AMD's overviews (DS190 for
    Zynq-7000, DS891 for Zynq UltraScale+, DS889 for RFSoCs, DS987 for the K26), Lattice's
    (FPGA-DS-02012 for ECP5) and Gowin's (DS226 for the GW2AR): there LUTs have 4 inputs, two block
    RAMs of 18 Kbit count as one, a DSP is an 18 x 18 multiplier. synth_clk_period_ns: default
    clock. serial: of a board that a host reaches by a serial line alone.
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
    serial: SerialSide | None = None

    @property
    def multipliers(self) -> int:
        """Products of 24 by 17 bits that its DSP slices make."""
        return self.dsp // 3 if self.family in _SMALL else self.dsp

    @property
    def luts(self) -> int:
        """LUTs of 6 inputs, as the cost model counts them, that its LUTs do the work of.

        Two and a half of a GW2A's are taken for one, for it is small. Those of an ECP5 count whole,
        as in all its figures: it has more than enough.
        """
        return 2 * self.lut // 5 if self.family == "gw2a" else self.lut

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
    """The board's file of pins (``.lpf``, ``.cst``); HardwareError where it has none here."""
    for end in _PINS:
        path = _FOLDER / f"{name}{end}"
        if path.is_file():
            return path
    raise HardwareError(f"board {name}: no file of pins {name}{' or '.join(_PINS)}")
