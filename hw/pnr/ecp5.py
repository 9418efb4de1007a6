"""Synthesis, place and route and bitstream of one top module for Lattice ECP5.

The three steps (``synthesize_ecp5``, ``route``, ``pack``) work in one folder, which holds the
sources and the memories that they name (see hw.pnr.steps):

    <top>.json     netlist of yosys
    <top>.config   routed design; <top>.report.json: its timing and utilization
    <top>.bit      bitstream
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from hw.errors import HardwareError
from hw.pnr import steps
from hw.pnr.family import Clock, Family, Target
from hw.pnr.output_registers import use_output_registers
from hw.pnr.timing import TimingReport
from hw.shell.serial.pll import find_pll
from hw.tools.nextpnr import Tool, find_ecppack, find_nextpnr

#: nextpnr's names of the parts: LFE5U-12F, LFE5U-25F, ...
DEVICES = ("12k", "25k", "45k", "85k", "um-25k", "um-45k", "um-85k")
SPEEDS = (6, 7, 8)
_PART = re.compile(r"LFE5U(?P<serdes>M?)-(?P<size>\d+)F-(?P<speed>[678])BG(?P<pins>\d+)[CI]")
#: yosys' files of cell models, in order.
_CELLS = ("common_sim.vh", "ccu2c_sim.vh")


@dataclass(frozen=True)
class Ecp5Target:
    """The part and clock to place and route for. The defaults are the part of an ULX3S-85F.

    device: nextpnr's name of the part. speed: speed grade, 6 the slowest. mhz: frequency wanted of
    clocks that no constraint names. lpf: name of a file of pin constraints in the work folder;
    "" lets nextpnr choose pins, for timing only. seed: of the placement.
    """

    device: str = "85k"
    package: str = "CABGA381"
    speed: int = 6
    mhz: float = 100.0
    lpf: str = ""
    seed: int = 1

    def __post_init__(self) -> None:
        """HardwareError for what no part has."""
        if self.device not in DEVICES:
            raise HardwareError(f"ECP5 {self.device}: expected one of {', '.join(DEVICES)}")
        if self.speed not in SPEEDS:
            raise HardwareError(f"ECP5 speed grade {self.speed}: expected 6, 7 or 8")
        if self.mhz <= 0:
            raise HardwareError(f"ECP5 clock of {self.mhz} MHz: expected more than 0")

    def arguments(self) -> list[str]:
        """nextpnr's command line for it."""
        pins = ["--lpf", self.lpf] if self.lpf else ["--lpf-allow-unconstrained"]
        chosen = [f"--{self.device}", "--package", self.package, "--speed", str(self.speed)]
        return [*chosen, "--freq", f"{self.mhz:g}", "--seed", str(self.seed), *pins]


def synthesis_script(top: str, sources: Sequence[str], netlist: str) -> str:
    """Commands for yosys: the top module, flat, for ECP5, written to the file netlist."""
    return "\n".join(
        [
            f"read_verilog -sv -icells -D CARRY_ADD_ALU {' '.join(sources)}",
            f"synth_ecp5 -top {top}",
            "setattr -unset keep_hierarchy c:*",
            "flatten",
            "delete t:$scopeinfo",
            "clean",
            f"write_json {netlist}",
            "# registers behind block RAM are its own: hw.pnr.output_registers",
            "",
        ]
    )


def synthesize_ecp5(folder: Path, top: str, sources: Sequence[str]) -> Path:
    """``<top>.json`` of sources, names of files in folder. HardwareError where yosys fails."""
    return steps.synthesize(
        folder,
        top,
        lambda name: synthesis_script(top, sources, name),
        partial(use_output_registers, top=top),
    )


def route(
    folder: Path, top: str, target: Target, line: Callable[[str], None] | None = None
) -> TimingReport:
    """Place and route ``<top>.json`` of folder; writes ``<top>.config`` and ``<top>.report.json``.

    A clock that misses its frequency is no error here: nextpnr is told to allow it, and
    ``TimingReport.met`` says so. line: is given every line that nextpnr says, at once.
    HardwareError where nextpnr fails.
    """
    result = ("--textcfg", ".config")
    return steps.route(find_nextpnr(), folder, top, target.arguments(), result, line)


def pack(folder: Path, top: str) -> Path:
    """``<top>.bit`` of the routed ``<top>.config`` in folder. HardwareError where ecppack fails."""
    return steps.pack(
        find_ecppack(), folder, f"{top}.bit", lambda name: ["--compress", f"{top}.config", name]
    )


class Ecp5(Family):
    """The family of LFE5U parts."""

    name = "ecp5"
    routed, bitstream, pins = ".config", ".bit", ".lpf"
    cells = ("TRELLIS_COMB", "TRELLIS_FF", "TRELLIS_RAMW", "DP16KD", "MULT18X18D")
    models = "ecp5"
    by = "yosys, nextpnr and ecppack of PyPI"

    def tools(self) -> tuple[Tool, Tool]:
        """nextpnr-ecp5 and ecppack."""
        return find_nextpnr(), find_ecppack()

    def pll(self, in_mhz: Fraction, wanted_mhz: Fraction) -> Clock:
        """An EHXPLLL."""
        return find_pll(in_mhz, wanted_mhz)

    def target(self, part: str, mhz: float, pins: str, seed: int) -> Ecp5Target:
        """Of Lattice's name of the part."""
        found = _PART.fullmatch(part)
        if found is None:
            raise HardwareError(f"part {part}: expected an LFE5U-..F")
        return Ecp5Target(
            device=f"{'um-' if found['serdes'] else ''}{found['size']}k",
            package=f"CABGA{found['pins']}",
            speed=int(found["speed"]),
            mhz=mhz,
            lpf=pins,
            seed=seed,
        )

    def script(self, top: str, sources: Sequence[str], netlist: str) -> str:
        """See synthesis_script."""
        return synthesis_script(top, sources, netlist)

    def synthesize(self, folder: Path, top: str, sources: Sequence[str]) -> Path:
        """See synthesize_ecp5."""
        return synthesize_ecp5(folder, top, sources)

    def route(
        self, folder: Path, top: str, target: Target, line: Callable[[str], None] | None = None
    ) -> TimingReport:
        """See route."""
        return route(folder, top, target, line)

    def pack(self, folder: Path, top: str) -> Path:
        """See pack."""
        return pack(folder, top)

    def cell_models(self, share: Path) -> str:
        """Those of LUT4, CCU2C, TRELLIS_FF and the others."""
        texts = ((share / "ecp5" / name).read_text(encoding="utf-8") for name in _CELLS)
        return "\n".join(["`define NO_INCLUDES", *texts])
