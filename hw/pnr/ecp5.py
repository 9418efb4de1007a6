"""Synthesis, place and route and bitstream of one top module for Lattice ECP5.

The three steps can be run one by one (``synthesize_ecp5``, ``route``, ``pack``) or at once
(``place_and_route``). All work in one folder, which holds the sources and the memories that they
name; every result is written under another name, with this process's number, and renamed when it is
whole: a tool that outlives a flow that was killed writes to nothing of the next one's:

    <top>.json     netlist of yosys
    <top>.config   routed design; <top>.report.json: its timing and utilization
    <top>.bit      bitstream
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.pnr.timing import TimingReport, read_report
from hw.tools.nextpnr import find_ecppack, find_nextpnr
from hw.tools.yosys import find_yosys

#: nextpnr's names of the parts: LFE5U-12F, LFE5U-25F, ...
DEVICES = ("12k", "25k", "45k", "85k", "um-25k", "um-45k", "um-85k")
SPEEDS = (6, 7, 8)


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


@dataclass(frozen=True)
class PnrResult:
    """A routed design: its timing and utilization, its files, and the seconds that it took."""

    timing: TimingReport
    config: Path
    synthesis_s: float
    route_s: float


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
            "",
        ]
    )


def synthesize_ecp5(folder: Path, top: str, sources: Sequence[str]) -> Path:
    """``<top>.json`` of sources, names of files in folder. HardwareError where yosys fails."""
    netlist = folder / f"{top}.json"
    part = _part(netlist)
    find_yosys().run(synthesis_script(top, sources, part.name), folder)
    os.replace(part, netlist)
    return netlist


def route(
    folder: Path, top: str, target: Ecp5Target, line: Callable[[str], None] | None = None
) -> TimingReport:
    """Place and route ``<top>.json`` of folder; writes ``<top>.config`` and ``<top>.report.json``.

    A clock that misses its frequency is no error here: nextpnr is told to allow it, and
    ``TimingReport.met`` says so. line: is given every line that nextpnr says, at once.
    HardwareError where nextpnr fails.
    """
    results = (folder / f"{top}.report.json", folder / f"{top}.config")
    report, config = (_part(path) for path in results)
    arguments = ["--json", f"{top}.json", "--top", top, *target.arguments()]
    arguments += ["--textcfg", config.name, "--report", report.name]
    find_nextpnr().run([*arguments, "--timing-allow-fail"], folder, line)
    timing = read_report(report)
    for part, path in zip((report, config), results, strict=True):
        os.replace(part, path)
    return timing


def pack(folder: Path, top: str) -> Path:
    """``<top>.bit`` of the routed ``<top>.config`` in folder. HardwareError where ecppack fails."""
    bitstream = folder / f"{top}.bit"
    part = _part(bitstream)
    find_ecppack().run(["--compress", f"{top}.config", part.name], folder)
    os.replace(part, bitstream)
    return bitstream


def _part(path: Path) -> Path:
    """Path of a result until it is whole. Deletes the result and parts of earlier runs."""
    for old in (path, *path.parent.glob(f"{path.name}.*part")):
        old.unlink(missing_ok=True)
    return path.with_name(f"{path.name}.{os.getpid()}.part")


def place_and_route(
    folder: Path, top: str, sources: Sequence[str], target: Ecp5Target
) -> PnrResult:
    """Synthesis, placement and routing of the module top.

    sources: names of files in folder, which also holds the memories that they name (and the lpf of
    target). HardwareError where a tool is missing or fails; a missed frequency is not an error,
    see ``PnrResult.timing.met``.
    """
    find_yosys(), find_nextpnr()
    began = time.monotonic()
    synthesize_ecp5(folder, top, sources)
    routing = time.monotonic()
    timing = route(folder, top, target)
    config = folder / f"{top}.config"
    return PnrResult(timing, config, routing - began, time.monotonic() - routing)
