"""The level of synthesis: what yosys counted in the netlists of all operators."""

from dataclasses import dataclass

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.report.level import ESTIMATED, NOT_RUN, Level


@dataclass(frozen=True)
class Netlist:
    """An operator, or "(top)" for their sum, in report/post_synth_resources.json."""

    LUT: int
    FF: int
    BRAM_36K: int
    BRAM_18K: int
    DSP: int


def synthesis_level(build: Build) -> Level:
    """Sums over all operators. Estimates of yosys: nothing is placed, so never called passed."""
    name, what = "Synthesis", "resources of each operator's netlist, by yosys"
    found, reason = build.results.read_current(
        ResultName.SYNTHESIS, StepName.GENERATE_RTL, dict[str, Netlist]
    )
    if found is None:
        return Level(name, what, NOT_RUN, reason or "python -m flows synth", estimates=True)
    if "(top)" not in found:
        path = build.paths.result(ResultName.SYNTHESIS)
        raise FlowError(f"{path}: key (top) is missing; not as this flow writes it: make it again")
    top = found["(top)"]
    detail = (
        f"{len(found) - 1} operators: {top.LUT:,} LUT, {top.FF:,} FF, "
        f"{top.BRAM_36K + top.BRAM_18K / 2:g} BRAM36, {top.DSP:,} DSP; "
        "yosys' estimates, nothing is placed"
    )
    return Level(name, what, ESTIMATED, detail, estimates=True)
