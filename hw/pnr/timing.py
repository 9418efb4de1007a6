"""nextpnr's report of a routed design: clocks, utilization, critical paths."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER
from outside.reader import MAX_TOOL

#: What yosys and nextpnr append to the name of a register or net when they make cells of it.
_SUFFIX = re.compile(
    r"(_(TRELLIS_FF|TRELLIS_DPR16X4|DFF[A-Z]*|LUT[1-8]|ALU|CCU2C|PFUMX|L6MUX21|DP16KD|INV)(_.*)?|\$.*|_COMB\d*)$"
)
_GLOBAL = re.compile(r"\$glbnet\$|\$iopadmap\$|\$TRELLIS_IO_IN")


@dataclass(frozen=True)
class Hop:
    """One step of a path: a cell's delay (``clk-to-q``, ``logic``, ``setup``) or a net's.

    source, sink: "cell.port" at either end; net: its name, "" for a cell's delay.
    """

    kind: str
    delay_ns: float
    source: str
    sink: str
    net: str


@dataclass(frozen=True)
class CriticalPath:
    """The slowest path between registers of one clock."""

    hops: tuple[Hop, ...]

    @property
    def total_ns(self) -> float:
        """Its delay, clock-to-output and setup included."""
        return sum(hop.delay_ns for hop in self.hops)

    @property
    def routing_ns(self) -> float:
        """The nets' part of it."""
        return sum(hop.delay_ns for hop in self.hops if hop.kind == "routing")

    @property
    def logic_ns(self) -> float:
        """The cells' part of it."""
        return self.total_ns - self.routing_ns

    @property
    def source(self) -> str:
        """Name of the register where it begins."""
        return register_name(self.hops[0].source)

    @property
    def sink(self) -> str:
        """Name of the register where it ends."""
        return register_name(self.hops[-1].sink)

    def as_dict(self) -> dict[str, Any]:
        """For reports, delays in ns."""
        return {
            "from": self.source,
            "to": self.sink,
            "ns": round(self.total_ns, 2),
            "logic_ns": round(self.logic_ns, 2),
            "routing_ns": round(self.routing_ns, 2),
            "hops": [
                {"kind": h.kind, "ns": round(h.delay_ns, 2), "to": h.sink, "net": h.net}
                for h in self.hops
            ],
        }


@dataclass(frozen=True)
class Clock:
    """A clock of the design: what it reaches, what was asked of it (both MHz), its slowest path.

    path is None where nextpnr lists none between registers of this clock.
    """

    fmax_mhz: float
    wanted_mhz: float
    path: CriticalPath | None

    @property
    def met(self) -> bool:
        """Whether it reaches what was asked."""
        return self.fmax_mhz >= self.wanted_mhz


@dataclass(frozen=True)
class TimingReport:
    """clocks by net name; used and available: cells by type (TRELLIS_COMB, TRELLIS_FF, ...)."""

    clocks: dict[str, Clock]
    used: dict[str, int]
    available: dict[str, int]

    @property
    def slowest(self) -> Clock:
        """The clock that is farthest from what was asked of it."""
        return min(self.clocks.values(), key=lambda clock: clock.fmax_mhz / clock.wanted_mhz)

    @property
    def met(self) -> bool:
        """Whether every clock reaches what was asked of it."""
        return all(clock.met for clock in self.clocks.values())


def register_name(pin: str) -> str:
    """Name of the register behind "cell.port", without what the tools appended."""
    cell = pin.rpartition(".")[0]
    while (shorter := _SUFFIX.sub("", cell)) and shorter != cell:
        cell = shorter
    return cell


def read_report(path: Path) -> TimingReport:
    """Parse what a nextpnr wrote for ``--report``. HardwareError if it is nothing of that kind."""
    try:
        data = READER.json(path, dict[str, Any], "not a report of nextpnr", MAX_TOOL)
        paths = {
            _clock(p["from"]): CriticalPath(tuple(map(_hop, p["path"])))
            for p in data["critical_paths"]
            if p["from"] == p["to"] and p["path"]
        }
        clocks = {
            _clock(name): Clock(
                float(found["achieved"]), float(found["constraint"]), paths.get(_clock(name))
            )
            for name, found in data["fmax"].items()
        }
        cells = data["utilization"]
        used = {str(name): int(found["used"]) for name, found in cells.items()}
        available = {str(name): int(found["available"]) for name, found in cells.items()}
    except HardwareError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HardwareError(f"{path}: not a report of nextpnr ({error!r})") from error
    if not clocks:
        raise HardwareError(f"{path}: nextpnr found no path between registers")
    return TimingReport(clocks, used, available)


def _clock(name: str) -> str:
    return _GLOBAL.sub("", str(name).removeprefix("posedge ").removeprefix("negedge "))


def _hop(found: dict[str, Any]) -> Hop:
    source, sink = (f"{found[end]['cell']}.{found[end]['port']}" for end in ("from", "to"))
    return Hop(str(found["type"]), float(found["delay"]), source, sink, str(found.get("net", "")))
