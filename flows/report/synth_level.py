"""The level of synthesis: what yosys counted in the netlists of operators and of the whole."""

from dataclasses import dataclass

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.report.level import ESTIMATED, NOT_RUN, Level


@dataclass(frozen=True)
class Netlist:
    """An operator of report/post_synth_resources.json, or a whole: names in brackets.

    "(top)": the accelerator with its board's shell, synthesized as one. "(operators)": their sum.
    "(shell)": the shell alone; without it no shell fits, and "(top)" is the sum.
    """

    LUT: int
    FF: int
    BRAM_36K: int
    BRAM_18K: int
    DSP: int


def synthesis_level(build: Build) -> Level:
    """The whole and the operators' sum. Estimates of yosys: nothing is placed, so never passed."""
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
    count = sum(not operator.startswith("(") for operator in found)
    detail = f"{count} operators: {_said(found.get('(operators)', top))}; "
    if "(shell)" in found:
        detail += f"with the board's shell as one design: {_said(top)}; "
    detail += "yosys' estimates, nothing is placed"
    return Level(name, what, ESTIMATED, detail, estimates=True)


def _said(one: Netlist) -> str:
    return (
        f"{one.LUT:,} LUT, {one.FF:,} FF, {one.BRAM_36K + one.BRAM_18K / 2:g} BRAM36, "
        f"{one.DSP:,} DSP"
    )
