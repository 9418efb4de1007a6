"""A row of the table of boards: figures of one board at one rate, each with where it is from."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from hw.boards import Board

COLUMNS = [
    *("board", "part", "wanted", "LUT", "BRAM36", "DSP", "by"),
    *("clock, MHz", "by", "frames/s", "latency, ms", "by"),
]
#: Of a figure that there is none of.
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class BoardRow:
    """A network on a board.

    wanted: pixels a clock, or frames a second, in words. wanted_mhz: the clock that frames and
    latency are of. mhz: what a router reached, None where none was run. lut, bram36, dsp, clocks
    (of a frame), latency (clocks from the first beat in to the last out): None where the network
    does not fit; resources_by then says why.
    """

    board: str
    part: str
    wanted: str
    wanted_mhz: float
    resources_by: str
    lut: int | None = None
    lut_of: int = 0
    bram36: float | None = None
    bram36_of: int = 0
    dsp: int | None = None
    mhz: float | None = None
    mhz_by: str = NOT_MEASURED
    clocks: int | None = None
    latency: int | None = None
    clocks_by: str = ""

    @classmethod
    def of(cls, board: Board, wanted: str, mhz: float, resources_by: str) -> "BoardRow":
        """A row without figures."""
        return cls(
            board.name, board.part, wanted, mhz, resources_by,
            lut_of=board.luts, bram36_of=board.bram36,
        )  # fmt: skip

    def on(self, board: Board) -> "BoardRow":
        """The same figures of another board with this part's resources."""
        return replace(self, board=board.name, part=board.part)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @property
    def fps(self) -> float | None:
        """Frames a second at the clock that is wanted."""
        return self.wanted_mhz * 1e6 / self.clocks if self.clocks else None

    @property
    def latency_ms(self) -> float | None:
        """From the first beat in to the last out, at the clock that is wanted."""
        return self.latency / self.wanted_mhz / 1e3 if self.latency else None

    def cells(self) -> list[str]:
        """Texts of COLUMNS."""
        clock = f"{self.wanted_mhz:g} wanted" if self.mhz is None else f"{self.mhz:g}"
        if self.mhz is not None:
            clock += f" ({self.wanted_mhz:g} wanted)"
        fits = self.clocks is not None
        return [
            *(self.board, self.part, self.wanted),
            _shared(self.lut, self.lut_of),
            _shared(self.bram36, self.bram36_of),
            "" if self.dsp is None else f"{self.dsp:,}",
            self.resources_by,
            *((clock, self.mhz_by) if fits else ("", "")),
            "" if self.fps is None else f"{self.fps:,.1f}",
            "" if self.latency_ms is None else f"{self.latency_ms:.2f}",
            self.clocks_by,
        ]


def _shared(used: float | None, available: int) -> str:
    """A figure, and how much of the part it is."""
    return "" if used is None else f"{used:,} ({100 * used / available:.1f} %)"
