"""Sums of a row's lanes in parts, which DSP slices add up: hw/rtl/mvau_parts.sv, slice_sums.sv.

A slice adds 48 bits: the sums of as many rows as fit side by side. Weights have to be signs (-1 and
1) and activations not negative, so that no sum reaches into its neighbour.
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from hw.errors import HardwareError
from hw.matrix.search import fours_of
from hw.ops.mvau.unit import SLOWER, MatrixUnit

#: Most parts that the folding solver weighs.
MOST_PARTS = 36
#: Bits that a slice adds.
SLICE_BITS = 48


def part_fours(fours: int, parts: int) -> int:
    """Fours of lanes of each part, the last of which may have fewer."""
    return ceil(fours / parts)


def part_choices(fours: int) -> list[int]:
    """Numbers of parts worth weighing, most first: equal ones, or what a level of a tree leaves."""
    sizes = (size for size in (1, 2, 3, 4) if size < fours and fours % size == 0)
    levels = [4**level for level in range(3) if 4**level < fours]
    found = {ceil(fours / size) for size in [*sizes, *levels]}
    return sorted((parts for parts in found if parts <= MOST_PARTS), reverse=True)


def sum_parts(unit: MatrixUnit, limit: int, given: Mapping[str, Any]) -> Iterator[int]:
    """Values of sum_parts to choose from. limit: clocks that a frame may take; given: what a
    folding file says.
    """
    if "sum_parts" in given:
        yield int(given["sum_parts"])
        return
    yield 0
    is_apt = unit.clocks <= limit <= SLOWER * unit.clocks
    if is_apt and refusal(unit) == "":
        yield from part_choices(ceil(unit.simd / 4))


def refusal(unit: MatrixUnit) -> str:
    """Why no slices can add up parts of a unit's sums; empty where they can."""
    if unit.code_bits not in (0, 1) or not unit.has_thresholds:
        return "expected weights -1 and 1, and thresholds"
    if unit.input_type.signed():
        return f"expected activations that are not negative, they are {unit.input_name}"
    if unit.is_writable:
        return "its weights can be written"
    if unit.is_constant:
        return "all weights at once are constants, whose adders are shared"
    return ""


def check_parts(unit: MatrixUnit) -> None:
    """Raise HardwareError, naming the node, where sum_parts cannot be built."""
    if not unit.in_parts:
        return
    if why := refusal(unit):
        raise HardwareError(f"node {unit.name}: sum_parts = {unit.parts}, but {why}")
    fours = ceil(unit.simd / 4)
    if unit.parts > fours or ceil(fours / part_fours(fours, unit.parts)) != unit.parts:
        raise HardwareError(
            f"node {unit.name}: sum_parts = {unit.parts} with SIMD = {unit.simd}: {fours} fours of "
            "lanes are no so many parts of one size, the last of them smaller; expected one of "
            f"{', '.join(map(str, possible_parts(fours))) or 'none'}"
        )


def possible_parts(fours: int) -> list[int]:
    """Numbers of parts that fours of lanes can be, of one size but the last."""
    return sorted({ceil(fours / size) for size in range(1, fours)} - {1})


def tree_clocks(unit: MatrixUnit) -> int:
    """Clocks from activations to the accumulators (TreeLatency of mvau.sv)."""
    if not unit.in_parts:
        return max(1, fours_of(unit.tree_lanes))
    fours = part_fours(ceil(unit.simd / 4), unit.parts)
    return 1 + fours_of(fours) + (unit.parts - 1).bit_length() - 1


def slices(unit: MatrixUnit) -> int:
    """DSP slices (slice_sums.sv)."""
    if not unit.in_parts:
        return 0
    most = (4 << unit.act_bits) - 1
    fours = ceil(unit.simd / 4)
    bits = (part_fours(fours, unit.parts) * most).bit_length()
    stages = (unit.parts - 1).bit_length()
    found, left = 0, unit.parts
    for level in range(1, stages + 1):
        vector = (unit.sf * fours * most).bit_length()
        width = max(vector, bits + stages) if level == stages else bits + level
        found += left // 2 * ceil(unit.pe / (SLICE_BITS // width))
        left = ceil(left / 2)
    return found
