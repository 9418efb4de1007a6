"""Weights and thresholds of many levels: what a matrix-vector unit can build of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from hw.errors import HardwareError
from hw.ops.mvau.unit import DSP_ACT, DSP_WORD, SLOWER, MatrixUnit
from hw.ops.thresholds import MANY_THRESHOLDS
from hw.ops.writable import refuse

#: From so many rows of thresholds on block RAM is weighed for few of them.
THRESHOLD_ROWS = 8
#: Thresholds that one comparator can compare with one after the other.
IN_TURN_STEPS = 3
#: From so many bits of a weight on the folding solver weighs DSP slices; less is small in LUTs.
WEIGHT_BITS = 3


def check_many_levels(unit: MatrixUnit) -> None:
    """Raise HardwareError, naming the node, where DSP slices or a search cannot be built."""
    if unit.search and not unit.has_thresholds:
        raise HardwareError(f"node {unit.name}: threshold_search = 1, but it has no thresholds")
    if unit.in_turn and (unit.steps != IN_TURN_STEPS or unit.sf < 2 or unit.search):
        raise HardwareError(
            f"node {unit.name}: threshold_in_turn = 1, with {unit.steps} thresholds and {unit.sf} "
            f"beats of a vector{' that are searched' if unit.search else ''}; expected "
            f"{IN_TURN_STEPS} thresholds, 2 beats or more, threshold_search = 0"
        )
    if unit.search and unit.is_writable:
        raise refuse(
            unit.name,
            "thresholds that are searched in memories of their own are constants",
            "threshold_search = 0",
        )
    if not unit.products:
        return
    if unit.is_constant:
        raise HardwareError(
            f"node {unit.name}: resType = dsp, but all weights at once are constants, which need "
            "no multiplier; expected resType = lut, or smaller PE or SIMD"
        )
    bits, act = unit.weight_bits, unit.act_bits - int(unit.input_type.signed())
    if not (2 <= bits <= DSP_WORD) or unit.act_bits < 2 or act > DSP_ACT:
        raise HardwareError(
            f"node {unit.name}: resType = dsp, but weights have {bits} bits and activations "
            f"{unit.act_bits}; expected 2 to {DSP_WORD}, and 2 to {DSP_ACT} and a sign"
        )


def many_levels(
    unit: MatrixUnit, is_constant: bool, given: Mapping[str, Any]
) -> Iterator[dict[str, int | str]]:
    """Settings to choose from, the plain ones first. is_constant: all weights are at once; given:
    what a folding file says.
    """
    act = unit.act_bits - int(unit.input_type.signed())
    fits = WEIGHT_BITS <= unit.weight_bits <= DSP_WORD and unit.act_bits >= 2 and act <= DSP_ACT
    multipliers = ["lut", *(["dsp"] if fits and not is_constant else [])]
    is_searched = unit.steps >= MANY_THRESHOLDS and not is_constant and not unit.is_writable
    searches = [0, *([1] if is_searched else [])]
    for multiplier in [str(given["resType"])] if "resType" in given else multipliers:
        for search in [given["threshold_search"]] if "threshold_search" in given else searches:
            yield {"resType": multiplier, "threshold_search": search}


def of_thresholds(
    unit: MatrixUnit, levels: Mapping[str, int | str], limit: int, given: Mapping[str, Any]
) -> Iterator[dict[str, int | str]]:
    """How to build the thresholds: in memory as the tool likes, and in block RAM; and compared with
    one after the other, where that can be.

    levels: one of ``many_levels``; limit: clocks that a frame may take.
    """
    rows, is_searched = unit.turns * unit.nf, bool(levels["threshold_search"])
    can_be = unit.steps == IN_TURN_STEPS and unit.sf > 1 and not is_searched
    turn = int(given.get("threshold_in_turn", can_be and rows > 1))
    if turn and not can_be:
        return
    styles = ["auto"]
    is_apt = unit.clocks <= limit <= SLOWER * unit.clocks
    is_table = unit.has_thresholds and not is_searched and not unit.is_writable
    if is_apt and is_table and rows >= THRESHOLD_ROWS:
        styles.append("block")
    if "ram_style_thresholds" in given:
        styles = [str(given["ram_style_thresholds"])]
    for style in styles:
        yield {"ram_style_thresholds": style, "threshold_in_turn": turn}
