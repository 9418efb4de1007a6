"""Thresholds of the operators that have some: order, bits, memory, latency and cost."""

from collections.abc import Sequence

import numpy as np

from hw.datatypes import signed_bits
from hw.errors import HardwareError
from hw.ops.base import IntArray
from hw.ops.memories import Memory
from hw.ops.memory_layout import pack_rows
from hw.ops.wrapper import Verbatim
from hw.synth.cost.features import Numbers
from hw.synth.cost.memory import Mapped, map_rom

#: More thresholds than this are searched by halving (hw/rtl/threshold_count.sv).
PARALLEL_THRESHOLDS = 15
#: From so many thresholds on the folding solver weighs a search of them in memories.
MANY_THRESHOLDS = 15


def channel_thresholds(node: str, thresholds: IntArray, channels: int) -> IntArray:
    """(channels or 1, n) thresholds -> (channels, n), checked to be ascending.

    Raises HardwareError, naming the node, for another shape or a row out of order.
    """
    if thresholds.ndim != 2 or thresholds.shape[0] not in (1, channels) or not thresholds.size:
        raise HardwareError(
            f"node {node}: thresholds of shape {thresholds.shape}, not ({channels} or 1, n)"
        )
    unsorted = np.flatnonzero((np.diff(thresholds, axis=1) < 0).any(axis=1))
    if unsorted.size:
        raise HardwareError(f"node {node}: thresholds of row {unsorted[0]} are not ascending")
    return np.broadcast_to(thresholds, (channels, thresholds.shape[1]))


def clamp_thresholds(thresholds: IntArray, low: int, high: int) -> IntArray:
    """Thresholds of values low..high in as few bits as can be, with the same meaning.

    Those that every value reaches become low, those that none reaches high + 1.
    """
    return np.clip(thresholds, low, high + 1)


def count_thresholds(values: IntArray, thresholds: IntArray) -> IntArray:
    """How many thresholds each value reaches (threshold <= value): MultiThreshold of QONNX.

    values: (..., channels); thresholds: (channels or 1, n).
    """
    count = np.zeros(values.shape, dtype=np.int64)
    for i in range(thresholds.shape[1]):
        count += values >= thresholds[:, i]
    return count


def count_latency(steps: int, is_search: bool = False) -> int:
    """Clocks of hw/rtl/threshold_count.sv for so many thresholds a channel; of threshold_search.sv
    if is_search.
    """
    if is_search or steps > PARALLEL_THRESHOLDS:
        return steps.bit_length()
    return 2 if steps else 0


def threshold_bits(thresholds: IntArray) -> int:
    """Bits of a stored threshold, two's complement."""
    return signed_bits(int(thresholds.min()), int(thresholds.max()))


def threshold_memory(name: str, thresholds: IntArray, lanes: int, bits: int = 0) -> Memory:
    """Memory of (channels, n) thresholds: row = fold, (lane, i) at lane*n + i.

    bits: of a threshold; 0: as few as hold them all.
    """
    bits = bits or threshold_bits(thresholds)
    rows = thresholds.reshape(thresholds.shape[0] // lanes, -1)
    width = rows.shape[1] * bits
    return Memory(
        f"{name}_thresholds", pack_rows(rows, bits), width, "thresholds", len(rows) * width
    )


def filled_thresholds(thresholds: IntArray, value_bits: int) -> IntArray:
    """(..., n) thresholds as hw/rtl/threshold_search.sv has them: 2**k - 1, the last ones such that
    no value of value_bits bits reaches them.
    """
    missing = (1 << int(thresholds.shape[-1]).bit_length()) - 1 - thresholds.shape[-1]
    pads = [(0, 0)] * (thresholds.ndim - 1) + [(0, missing)]
    return np.pad(thresholds, pads, constant_values=1 << (value_bits - 1))


def search_memories(name: str, filled: IntArray, lanes: int, style: str = "auto") -> list[Memory]:
    """Memories of (channels, 2**k - 1) thresholds for threshold_search.sv: k a lane, stage 0 first.

    lanes: channels at once; style: rom_style.
    """
    bits, size = threshold_bits(filled), filled.shape[-1] + 1
    rows = filled.reshape(-1, lanes, size - 1)
    found = []
    for lane in range(lanes):
        for stage in range(size.bit_length() - 1):
            step = size >> stage
            values = rows[:, lane, step // 2 - 1 :: step].reshape(-1, 1)
            place = f"{name}_thresholds_{lane:04d}_{stage:02d}"
            words = pack_rows(values, bits)
            found.append(
                Memory(
                    place, words, bits, "thresholds", len(words) * bits, style=style, is_part=True
                )
            )
    return found


def search_parameters(memories: Sequence[Memory], lanes: int) -> dict[str, int | str]:
    """Parameters of a module that has a threshold_search a lane, from ``search_memories``."""
    files = [f"{memory.name}.mem" for memory in memories]
    return {
        "ThresholdSearch": 1,
        "SearchStages": len(files) // lanes,
        "SearchFileBits": 8 * len(files[0]),
        "SearchFiles": Verbatim("{" + ", ".join(f'"{file}"' for file in reversed(files)) + "}"),
    }


def search_cost(
    lanes: int, rows: int, steps: int, value_bits: int, threshold_bits: int, style: str = "auto"
) -> tuple[Numbers, Numbers, list[Mapped]]:
    """LUT and FF features, and memories, of a threshold_search for each lane."""
    stages = steps.bit_length()
    memories = [map_rom(rows << stage, threshold_bits, style) for stage in range(stages)] * lanes
    luts: Numbers = {
        "search_compare": lanes * stages * max(value_bits, threshold_bits),
        "search_rom": sum(memory.rom + memory.rom_mux for memory in memories),
    }
    kept = sum(threshold_bits for memory in memories if memory.rom)
    registers: Numbers = {
        "search_rom": kept,
        "search_stages": lanes * (stages * (value_bits + rows.bit_length()) + stages**2 // 2),
    }
    return luts, registers, memories


def comparators(
    lanes: int, steps: int, value_bits: int, threshold_bits: int, is_constant: bool
) -> tuple[Numbers, Numbers]:
    """LUT and FF features of a threshold_count for each lane.

    steps: thresholds a channel; is_constant: they are constants of the logic.
    """
    if steps == 0:
        return {}, {}
    bits = max(value_bits, threshold_bits)
    count = (steps + 1 - 1).bit_length()
    if steps > PARALLEL_THRESHOLDS:
        moved = lanes * bits * (2**count - 1)
        return (
            {"search": lanes * bits * count, "search_move": moved},
            {"search": lanes * bits * (2**count - 1 + count)},
        )
    name = "compare_constant" if is_constant else "compare"
    used = 2 if steps == 3 and is_constant else steps
    return {name: lanes * used * bits}, {"compare": lanes * (steps + count)}
