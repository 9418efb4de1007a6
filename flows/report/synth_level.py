"""The level of synthesis: what yosys counted in the netlists of all operators."""

from dataclasses import dataclass
from typing import Any

from flows.config import BuildConfig
from flows.report.level import ESTIMATED, NOT_RUN, Level, read_result


@dataclass(frozen=True)
class Netlist:
    """(top) of report/post_synth_resources.json, and how many operators it is the sum of."""

    luts: int
    ffs: int
    bram18: int
    dsps: int
    operators: int


def _parse(data: Any) -> Netlist:
    top = data["(top)"]
    return Netlist(
        luts=int(top["LUT"]),
        ffs=int(top["FF"]),
        bram18=2 * int(top["BRAM_36K"]) + int(top["BRAM_18K"]),
        dsps=int(top["DSP"]),
        operators=len(data) - 1,
    )


def synthesis_level(config: BuildConfig) -> Level:
    """Sums over all operators. Estimates of yosys: nothing is placed, so never called passed."""
    name, what = "Synthesis", "resources of each operator's netlist, by yosys"
    found, reason = read_result(config, "post_synth_resources", "generate_rtl", _parse)
    if found is None:
        return Level(name, what, NOT_RUN, reason or "python -m flows synth")
    detail = (
        f"{found.operators} operators: {found.luts:,} LUT, {found.ffs:,} FF, {found.bram18 / 2:g} "
        f"BRAM36, {found.dsps:,} DSP; yosys' estimates, nothing is placed"
    )
    return Level(name, what, ESTIMATED, detail)
