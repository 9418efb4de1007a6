"""Weights and thresholds of many levels: what a matrix-vector unit can build of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from hw.errors import HardwareError
from hw.ops.mvau.unit import DSP_ACT, DSP_WORD, MatrixUnit
from hw.ops.thresholds import MANY_THRESHOLDS
from hw.ops.writable import refuse

#: From so many bits of a weight on the folding solver weighs DSP slices; less is small in LUTs.
WEIGHT_BITS = 3


def check_many_levels(unit: MatrixUnit) -> None:
    """Raise HardwareError, naming the node, where DSP slices or a search cannot be built."""
    if unit.search and not unit.has_thresholds:
        raise HardwareError(f"node {unit.name}: threshold_search = 1, but it has no thresholds")
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
