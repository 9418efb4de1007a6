"""Families of parts whose bitstream is made by yosys, a nextpnr and a packer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Protocol

from hw.pnr.timing import TimingReport
from hw.tools.nextpnr import Tool


class Target(Protocol):
    """The part, its pins, the clock and the seed to place and route for."""

    def arguments(self) -> list[str]:
        """nextpnr's command line for it."""


class Clock(Protocol):
    """A PLL: the clocks of its input and its output, in MHz."""

    @property
    def in_mhz(self) -> Fraction:
        """At its input."""

    @property
    def out_mhz(self) -> Fraction:
        """At its output."""

    def instance(self, clock_in: str, clock_out: str, locked: str) -> str:
        """SystemVerilog of the primitive between these wires."""


class Family(ABC):
    """One family. All steps work in one folder, which holds the sources and what they name.

    name: as boards and reports have it. routed, bitstream, pins: ends of the names of the routed
    design, of the file for the board, and of the file of pins. cells: kinds of cells that are told
    of. models: folder of the models of cells that yosys has none of, in ``hw/pnr/models``.
    by: what makes the bitstream, for messages.
    """

    name: ClassVar[str]
    routed: ClassVar[str]
    bitstream: ClassVar[str]
    pins: ClassVar[str]
    cells: ClassVar[tuple[str, ...]]
    models: ClassVar[str]
    by: ClassVar[str]

    @abstractmethod
    def tools(self) -> tuple[Tool, Tool]:
        """Its nextpnr and its packer; HardwareError where one is missing."""

    @abstractmethod
    def pll(self, in_mhz: Fraction, wanted_mhz: Fraction) -> Clock:
        """The PLL whose output is the fastest that is no faster than wanted_mhz."""

    @abstractmethod
    def target(self, part: str, mhz: float, pins: str, seed: int) -> Target:
        """The target for nextpnr. part: of the board; pins: name of the file of pins."""

    @abstractmethod
    def script(self, top: str, sources: Sequence[str], netlist: str) -> str:
        """Commands for yosys: the top module, flat, written to the file netlist."""

    @abstractmethod
    def synthesize(self, folder: Path, top: str, sources: Sequence[str]) -> Path:
        """``<top>.json`` of sources, names of files in folder."""

    @abstractmethod
    def route(
        self, folder: Path, top: str, target: Target, line: Callable[[str], None] | None = None
    ) -> TimingReport:
        """Place and route ``<top>.json``; writes ``<top>.report.json`` and the routed design."""

    @abstractmethod
    def pack(self, folder: Path, top: str) -> Path:
        """The bitstream of the routed design."""

    @abstractmethod
    def cell_models(self, share: Path) -> str:
        """Verilog of yosys' models of the logic cells. share: yosys' folder of them."""
