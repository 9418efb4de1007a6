"""The level of the operators' timing: each placed and routed alone by ``pnr``."""

from dataclasses import dataclass
from typing import Any

from flows.config import BuildConfig
from flows.report.level import ESTIMATED, NOT_RUN, Level, read_result


@dataclass(frozen=True)
class Timing:
    """report/post_route_timing.json: MHz that each operator reaches, and what was asked of it."""

    fmax_mhz: dict[str, float]
    wanted_mhz: float
    device: str


def _parse(data: Any) -> Timing:
    operators = {str(name): float(of["fmax_mhz"]) for name, of in data["operators"].items()}
    device = str(data["target"][0]).removeprefix("--")
    return Timing(operators, float(data["wanted_mhz"]), device)


def timing_level(config: BuildConfig) -> Level:
    """How many operators reach the clock. Of each alone, on ECP5: an estimate, never passed."""
    name, what = "Operators' timing", "clock of each operator placed alone on an ECP5, by nextpnr"
    found, reason = read_result(config, "post_route_timing", "generate_rtl", _parse)
    if found is None or not found.fmax_mhz:
        return Level(name, what, NOT_RUN, reason or "python -m flows pnr")
    fast = [mhz for mhz in found.fmax_mhz.values() if mhz >= found.wanted_mhz]
    slowest = min(found.fmax_mhz, key=lambda node: found.fmax_mhz[node])
    detail = (
        f"{len(fast)} of {len(found.fmax_mhz)} operators reach {found.wanted_mhz:g} MHz on an ECP5 "
        f"({found.device}); slowest: {slowest}, {found.fmax_mhz[slowest]:.1f} MHz; not the whole "
        "network, and not the board's part unless it is an ECP5"
    )
    return Level(name, what, ESTIMATED, detail)
