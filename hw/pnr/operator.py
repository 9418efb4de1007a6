"""Timing of one operator alone, kept by a hash of everything that goes into it.

So is its netlist, the newest one in its work folder: another speed grade, clock or seed is placed
and routed from it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.pnr.boundary import with_registers
from hw.pnr.ecp5 import Ecp5Target, route, synthesis_script, synthesize_ecp5
from hw.pnr.fan_out import MANY, read_fan_out
from hw.pnr.timing import TimingReport
from hw.synth.operator import Unit
from hw.tools.cache import ToolCache, file_key
from hw.tools.nextpnr import find_nextpnr
from hw.tools.yosys import find_yosys
from outside.progress import silent


@dataclass(frozen=True)
class OperatorTiming:
    """An operator between registers, placed and routed alone.

    fmax_mhz: what nextpnr says it reaches. critical_path: ``CriticalPath.as_dict`` of its slowest
    path. TRELLIS_COMB (LUT4, carry and LUT RAM alike), TRELLIS_FF, DP16KD, MULT18X18D: cells, those
    of the registers around it included. fan_out: ``Net.as_dict`` of its nets of many loads.
    """

    fmax_mhz: float
    critical_path: dict[str, Any]
    TRELLIS_COMB: int
    TRELLIS_FF: int
    DP16KD: int
    MULT18X18D: int
    fan_out: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """By name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def bounded(unit: Unit) -> Unit:
    """The unit inside the registers of ``boundary``; its top is ``<name>_pnr``."""
    text = with_registers(unit.name, list(unit.sources.values())[-1])
    return Unit(unit.name, unit.sources | {f"{unit.name}_pnr.sv": text}, unit.memories)


def operator_timing(
    unit: Unit,
    target: Ecp5Target,
    work: Path,
    cache: Path,
    tell: Callable[[str], None] = silent,
    line: Callable[[str], None] = silent,
) -> tuple[OperatorTiming, float]:
    """Timing of unit alone, and the seconds that it took (0 if it was kept in cache).

    work: folder for the run, left behind with the netlist and the logs. tell: is told of the
    netlist; line: is given every line that nextpnr says, at once. HardwareError, naming the module,
    where a tool is missing or fails.
    """
    whole, top = bounded(unit), f"{unit.name}_pnr"
    commands = synthesis_script(top, list(whole.sources), "netlist") + " ".join(target.arguments())
    commands += f"\n# nets of {MANY} loads"
    kept, key = ToolCache(cache), whole.key(commands, _versions())
    found = kept.figures(key, OperatorTiming)
    if found is not None:
        return found, 0.0
    began = time.monotonic()
    try:
        netlist = _netlist(whole, top, work, tell)
        timing = route(work, top, target, line)
        nets = read_fan_out(netlist, top)
    except HardwareError as error:
        raise HardwareError(f"node {unit.name}: {error}") from error
    result = replace(summary(timing), fan_out=[net.as_dict() for net in nets])
    kept.keep(key, result.as_dict())
    return result, time.monotonic() - began


@dataclass(frozen=True)
class _Made:
    """A netlist in a work folder: hashes of what it was made of, and of the file."""

    key: str
    netlist: str


def _netlist(unit: Unit, top: str, work: Path, tell: Callable[[str], None]) -> Path:
    """The netlist of unit in work: the one that is there, if it was made of the same."""
    sources = list(unit.sources)
    netlist, kept = work / f"{top}.json", ToolCache(work)
    key = unit.key(synthesis_script(top, sources, "netlist"), find_yosys().version)
    made = kept.figures("netlist", _Made)
    if made is not None and netlist.is_file() and made == _Made(key, file_key(netlist)):
        tell("netlist: kept")
        return netlist
    unit.write(work)
    tell("netlist ...")
    began = time.monotonic()
    synthesize_ecp5(work, top, sources)
    kept.keep("netlist", {"key": key, "netlist": file_key(netlist)})
    tell(f"netlist: {time.monotonic() - began:.1f} s")
    return netlist


def summary(timing: TimingReport) -> OperatorTiming:
    """The figures of a report that are kept."""
    clock, used = timing.slowest, timing.used
    return OperatorTiming(
        round(clock.fmax_mhz, 2),
        clock.path.as_dict() if clock.path is not None else {},
        TRELLIS_COMB=used.get("TRELLIS_COMB", 0),
        TRELLIS_FF=used.get("TRELLIS_FF", 0),
        DP16KD=used.get("DP16KD", 0),
        MULT18X18D=used.get("MULT18X18D", 0),
    )


def _versions() -> str:
    return f"{find_yosys().version}, {find_nextpnr().version}"
