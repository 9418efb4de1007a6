"""What an operator is made of, in numbers that its LUTs and flip-flops should be proportional to.

A feature is already in LUTs or flip-flops of the plain construction (an adder tree's full adders, a
register's bits), so that its fitted coefficient says how many yosys takes for one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import Any

from hw.errors import HardwareError
from hw.ops.estimates import counter_bits
from hw.ops.registry import kind_of as operator_kind
from hw.synth.cost.contents import Contents
from hw.synth.cost.memory import Mapped, map_ram
from hw.synth.cost.mvau_features import mvau_features, threshold_features

#: Features by name.
Numbers = dict[str, float]


@dataclass
class Features:
    """Features of LUT and FF, and what memories take: RAMB18 and LUT RAM."""

    lut: Numbers
    ff: Numbers
    memories: list[Mapped] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lut = {"one": 1.0, **self.lut}
        self.ff = {"one": 1.0, **self.ff}
        if any(memory.lutram for memory in self.memories):
            self.lut["lutram"] = self.lutram

    @property
    def bram18(self) -> int:
        """RAMB18."""
        return sum(memory.bram18 for memory in self.memories)

    @property
    def lutram(self) -> int:
        """LUTs that are RAM."""
        return sum(memory.lutram for memory in self.memories)


def features(op: Any, contents: Contents | None = None) -> Features:
    """Features of an operator (any variant). contents: of an MVAU and a thresholding.

    Raises HardwareError for an operator of another kind.
    """
    kind = kind_of(op)
    if kind not in _KINDS:
        raise HardwareError(f"node {op.onnx_node.name}: no cost model of {op.onnx_node.op_type}")
    return _KINDS[kind](op, contents)


def kind_of(op: Any) -> str:
    """Operator type without its variant; the two sliding windows apart."""
    kind = operator_kind(op.onnx_node)
    if kind == "SlidingWindow":
        return "ParallelWindow" if op.is_parallel() else "SerialWindow"
    return kind


def _mvau(op: Any, contents: Contents | None) -> Features:
    assert contents is not None
    return Features(*mvau_features(op, contents))


def _thresholding(op: Any, contents: Contents | None) -> Features:
    assert contents is not None
    return Features(*threshold_features(op, contents))


def _pad(op: Any, _: Contents | None) -> Features:
    width, counters = _beat(op), counter_bits(*op.output_shape()[1:3], op.folds())
    both: Numbers = {"beat": width, "counters": counters}
    return Features(both, both)


def _parallel_window(op: Any, _: Contents | None) -> Features:
    _, height, width, _ = op.input_shape()
    beat, folds = _beat(op), op.folds()
    kernel_h, kernel_w = op.ints_attr("KernelSize")
    line, column = width * folds, kernel_h * beat
    memory = map_ram(line, (kernel_h - 1) * beat, str(op.get_nodeattr("ram_style")))
    counters = counter_bits(height, width, folds, line)
    # columns between the taps of a fold are shift registers, if there are some
    is_shift = folds > 2
    between = (kernel_w - 1) * column
    shift = between * ceil((folds - 1) / 32) if is_shift else 0
    registers = 2 * beat + column + between * (0 if is_shift else folds)
    above = (kernel_h - 1) * beat if memory.lutram else 0
    return Features(
        {"beat": beat, "shift": shift, "counters": counters},
        {"registers": registers, "above": above, "counters": counters},
        [memory],
    )


def _serial_window(op: Any, _: Contents | None) -> Features:
    _, height, width, _ = op.input_shape()
    beat, depth = _beat(op), op.serial_depth()
    memory = map_ram(depth, beat, str(op.get_nodeattr("ram_style")))
    counters, pointers = counter_bits(height, width, op.folds()), counter_bits(depth)
    read = beat if memory.lutram else 0
    return Features(
        {"beat": beat, "pointers": 10 * pointers, "counters": counters},
        {"beat": 2 * beat, "read": read, "pointers": 5 * pointers, "counters": counters},
        [memory],
    )


def _pool(op: Any, _: Contents | None) -> Features:
    _, height, width, _ = op.input_shape()
    beat, rows = int(op.get_outstream_width()), op.memory_rows()
    inside = (_beat(op) - beat) + 0.0  # windows that lie in one beat
    if op.side() > 1 and op.stream_kernel() == (1, 1):
        return Features({"inside": 1.5 * inside, "beat": beat}, {"beat": 2 * beat})
    memory = map_ram(rows, beat, "auto")
    counters = counter_bits(height, width, op.folds(), rows)
    small = beat * (op.folds() if op.folds() <= 2 else 2)
    return Features(
        {"inside": 1.5 * inside, "beat": 2 * beat, "counters": counters},
        {"beat": 3 * beat, "folds": small, "counters": counters},
        [memory],
    )


def _sum(op: Any, _: Contents | None) -> Features:
    bits, group = int(op.get_output_datatype().bitwidth()), op.int_attr("Group")
    terms, lanes = min(op.lanes_in(), group), op.lanes_out()
    accumulate = lanes * bits if terms < group else 0
    return Features(
        {"adders": lanes * (terms - 1) * bits, "accumulate": accumulate, "beat": lanes * bits},
        {"accumulate": accumulate, "beat": 2 * lanes * bits},
    )


def _converter(op: Any, _: Contents | None) -> Features:
    return converter_features(op.widths())


def converter_features(widths: Sequence[int]) -> Features:
    """Of a StreamWidthConverter through these widths: in, [least common multiple,] out."""
    luts: Numbers = {"join": 0.0, "split": 0.0, "counters": 0.0}
    registers: Numbers = {"join": 0.0, "split": 0.0, "counters": 0.0}
    for first, last in pairwise(widths):
        kind = "join" if first < last else "split"
        small, large = sorted((first, last))
        beats = counter_bits(large // small)
        luts[kind] += 0 if kind == "join" else large
        registers[kind] += 2 * large if kind == "join" else large + 2 * small
        luts["counters"] += beats
        registers["counters"] += beats
    return Features(luts, registers)


def _fifo(op: Any, _: Contents | None) -> Features:
    return fifo_features(
        op.int_attr("depth"), _beat(op), op.rtl_ram_style(), op.get_ram_style() == "block"
    )


def fifo_features(depth: int, beat: int, style: str, is_registered: bool) -> Features:
    """Of a StreamFIFO of depth beats; is_registered: its memory is read a clock later."""
    pointers = counter_bits(depth + 1, depth, depth)
    if depth <= 2:
        return Features({"pair": (depth - 1) * beat}, {"pair": depth * beat})
    # the memory behind a registered read is yosys' choice, one that is read at once is LUT RAM
    memory = map_ram(depth, beat, style if is_registered else "distributed")
    behind = beat if is_registered and memory.lutram else 0
    return Features(
        {"pointers": 2 * pointers, "registered": 20.0 * is_registered},
        {"pointers": pointers, "behind": behind, "registered": beat * is_registered},
        [memory],
    )


def _beat(op: Any) -> int:
    return int(op.get_instream_width())


_KINDS: dict[str, Callable[[Any, Contents | None], Features]] = {
    "MultiLevelMVAU": _mvau,
    "StreamThresholding": _thresholding,
    "StreamPad": _pad,
    "ParallelWindow": _parallel_window,
    "SerialWindow": _serial_window,
    "StreamMaxPool": _pool,
    "GroupSum": _sum,
    "StreamWidthConverter": _converter,
    "StreamFIFO": _fifo,
}
#: Kinds that have a cost model, in the order of tables.
KINDS = tuple(_KINDS)
