"""The level of the operators' timing: each placed and routed alone by ``pnr``."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.report.level import ESTIMATED, NOT_RUN, Level


@dataclass(frozen=True)
class OperatorClock:
    """MHz that an operator reaches."""

    fmax_mhz: float


@dataclass(frozen=True)
class Timing:
    """report/post_route_timing.json: what was asked of the operators; target: nextpnr's options."""

    operators: dict[str, OperatorClock]
    wanted_mhz: float
    target: Annotated[list[str], Field(min_length=1)]

    @property
    def fmax_mhz(self) -> dict[str, float]:
        """MHz by operator."""
        return {name: operator.fmax_mhz for name, operator in self.operators.items()}

    @property
    def device(self) -> str:
        """The part, as nextpnr names it."""
        return self.target[0].removeprefix("--")


def timing_level(build: Build) -> Level:
    """How many operators reach the clock. Of each alone, on ECP5: an estimate, never passed."""
    name, what = "Operators' timing", "clock of each operator placed alone on an ECP5, by nextpnr"
    found, reason = build.results.read_current(
        ResultName.OPERATOR_TIMING, StepName.GENERATE_RTL, Timing
    )
    if found is None or not found.fmax_mhz:
        return Level(name, what, NOT_RUN, reason or "python -m flows pnr", estimates=True)
    fast = [mhz for mhz in found.fmax_mhz.values() if mhz >= found.wanted_mhz]
    slowest = min(found.fmax_mhz, key=lambda node: found.fmax_mhz[node])
    detail = (
        f"{len(fast)} of {len(found.fmax_mhz)} operators reach {found.wanted_mhz:g} MHz on an ECP5 "
        f"({found.device}); slowest: {slowest}, {found.fmax_mhz[slowest]:.1f} MHz; not the whole "
        "network, and not the board's part unless it is an ECP5"
    )
    return Level(name, what, ESTIMATED, detail, estimates=True)
