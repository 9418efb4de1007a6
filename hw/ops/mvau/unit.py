"""The matrix-vector unit as one value: sizes, types and folding, and what follows from them.

Everything else in this folder computes with it: ``MatrixUnit`` is what a node's attributes say,
``Loaded`` (hw.ops.mvau.loaded) adds its weights and thresholds.
"""

from dataclasses import dataclass

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType

from hw.matrix.search import least_latency
from hw.ops.base import IntArray
from hw.ops.mvau.copies import Copies
from hw.ops.mvau.groups import Groups
from hw.ops.passthrough import window_to_stream
from hw.ops.thresholds import count_latency
from hw.ops.weight_coding import WeightGrid

#: Weights of the largest matrix for which a graph of adders is searched.
MOST_WEIGHTS = 1 << 14
#: Most bits of a word of weights, and of an activation (less one with a sign), in a DSP slice.
DSP_WORD, DSP_ACT = 24, 17
#: Least bits of a product that yosys puts into a DSP slice.
DSP_PRODUCT = 9
#: Clocks of hw/rtl/threshold_in_turn.sv.
IN_TURN_LATENCY = 3
#: What saves LUTs at a price is weighed for foldings at most so many times faster than they have to
#: be.
SLOWER = 2


@dataclass(frozen=True)
class MatrixUnit:
    """Of a node: mw, mh: rows and columns of the weight matrix (elements of an input vector,
    outputs); simd, pe: activations a clock, outputs at once; vectors: of all frames.

    Data types by name: input_name, weight_name, acc_name, output_name ("": not known yet).
    code_bits: stored for a weight, copy_code_bits: for one of a copy; 0: not known yet.
    has_thresholds: else the accumulators are the output. act_val: output where none is reached.
    order: (taps, channels at a time) of the parallel window in front; (0, 0): natural order.
    copy_sizes: number, rows, first, step, run of hw.ops.mvau.copies; (): none.
    number: groups that vector and rows are of, taps: of the kernel (hw.ops.mvau.groups); simd is of
    one group then.
    products: weights are multiplied in DSP slices. search: thresholds are searched in memories.
    grid, copy_grid: weights that may be written while it runs, of the matrix and of one copy; None:
    they are constants of the hardware.
    parts: of a row's sum, which DSP slices add up (hw.ops.mvau.parts); below 2: none.
    ram_style, threshold_style: of the memories of weights and thresholds. in_turn: a row's three
    thresholds are compared with by one comparator.
    """

    name: str
    mw: int
    mh: int
    simd: int
    pe: int
    vectors: int
    input_name: str
    weight_name: str
    acc_name: str
    output_name: str
    code_bits: int = 0
    copy_code_bits: int = 0
    has_thresholds: bool = True
    act_val: int = 0
    ram_style: str = "auto"
    order: tuple[int, int] = (0, 0)
    copy_sizes: tuple[int, ...] = ()
    number: int = 1
    taps: int = 1
    products: bool = False
    search: bool = False
    grid: WeightGrid | None = None
    copy_grid: WeightGrid | None = None
    parts: int = 0
    threshold_style: str = "auto"
    in_turn: bool = False

    # --- types --------------------------------------------------------------------------------

    @property
    def input_type(self) -> BaseDataType:
        """Of the activations."""
        return DataType[self.input_name]

    @property
    def output_type(self) -> BaseDataType:
        """Of the results."""
        return DataType[self.output_name]

    @property
    def act_bits(self) -> int:
        """Bits of an activation."""
        return int(self.input_type.bitwidth())

    @property
    def acc_bits(self) -> int:
        """Bits of an accumulator, by its data type."""
        return int(DataType[self.acc_name].bitwidth())

    @property
    def weight_type_bits(self) -> int:
        """Bits of the weights' data type."""
        return int(DataType[self.weight_name].bitwidth())

    @property
    def weight_bits(self) -> int:
        """Bits of a weight: of its code once known, else of its data type."""
        known = self.copy_code_bits if self.in_copies else self.code_bits
        return known or self.weight_type_bits

    # --- folding ------------------------------------------------------------------------------

    @property
    def groups(self) -> Groups:
        """Groups, and how they are folded."""
        channels, rows = self.mw // self.taps, self.mh // self.number
        return Groups(self.number, self.taps, channels, rows, self.simd, self.pe, self.order)

    @property
    def elements(self) -> int:
        """Elements of a vector, of one group."""
        return self.mw // self.number

    @property
    def turns(self) -> int:
        """Vectors of a pixel that come one after another."""
        return self.groups.turns

    @property
    def lanes(self) -> int:
        """Activations of a beat."""
        return self.simd * self.groups.sets

    @property
    def sf(self) -> int:
        """Input beats of a vector."""
        return self.elements // self.simd

    @property
    def nf(self) -> int:
        """Output beats of a vector."""
        return self.mh // self.turns // self.pe

    @property
    def weight_rows(self) -> int:
        """Rows of the weights' memory: clocks of a pixel."""
        return self.turns * self.sf * self.nf

    @property
    def is_at_once(self) -> bool:
        """Whether all weights are needed at once."""
        return self.weight_rows == 1

    @property
    def is_writable(self) -> bool:
        """Whether weights and thresholds can be written while it runs."""
        return self.grid is not None

    @property
    def is_constant(self) -> bool:
        """Whether all weights are needed at once, so that they are constants of the logic."""
        return self.is_at_once and not self.is_writable

    @property
    def clocks(self) -> int:
        """Clocks of all frames."""
        return self.vectors * self.weight_rows

    @property
    def steps(self) -> int:
        """Thresholds a row, as far as the output's data type tells."""
        return int(2 ** self.output_type.bitwidth() - 1) if self.has_thresholds else 0

    @property
    def count_latency(self) -> int:
        """Clocks from a sum to the count of its thresholds in RTL."""
        return IN_TURN_LATENCY if self.in_turn else count_latency(self.steps, self.search)

    @property
    def _words(self) -> list[tuple[int, bool]]:
        """Codes of each word that hw/rtl/lane_products.sv multiplies a lane by; in a DSP slice?"""
        if not self.products:
            return []
        bits = self.act_bits + self.weight_bits
        most = (DSP_WORD - self.weight_bits) // bits + 1
        words, rest = divmod(self.pe // self.groups.sets, most)
        codes = [most] * words + [rest] * (rest > 0)
        return [(count, count * bits >= DSP_PRODUCT) for count in codes]

    @property
    def dsp(self) -> int:
        """DSP slices."""
        return self.lanes * sum(is_slice for _, is_slice in self._words)

    @property
    def in_parts(self) -> bool:
        """Whether DSP slices add up parts of sums."""
        return self.parts > 1

    @property
    def lut_products(self) -> int:
        """Products of words so small that no DSP slice is taken for them."""
        return self.lanes * sum(count for count, is_slice in self._words if not is_slice)

    # --- copies -------------------------------------------------------------------------------

    @property
    def copies(self) -> Copies | None:
        """Of which small matrix it is copies. HardwareError where what is said cannot be."""
        return Copies.of(self.name, self.copy_sizes, self.mw, self.mh) if self.copy_sizes else None

    @property
    def in_copies(self) -> bool:
        """Whether it is built as copies of a small matrix: only with the whole matrix at once."""
        return bool(self.copy_sizes) and self.is_at_once

    @property
    def built_copies(self) -> int:
        """Copies of the weights that are built; all are the same, so that one is stored."""
        return self.copy_sizes[0] if self.in_copies else 1

    @property
    def tree_lanes(self) -> int:
        """Activations that one adder tree sums up at once."""
        copies = self.copies if self.in_copies else None
        return self.simd if copies is None else copies.elements

    @property
    def stored_weights(self) -> int:
        """Weights that are stored."""
        width = self.tree_lanes if self.in_copies else self.elements
        return width * self.mh // self.built_copies

    # --- the graph of adders ------------------------------------------------------------------

    @property
    def matrix_latency(self) -> int:
        """Clocks of the graph of adders that RTL with constant weights is; 0 where it is none."""
        if not self.is_constant or self.number > 1 or self.stored_weights > MOST_WEIGHTS:
            return 0
        return least_latency(self.tree_lanes, self.weight_type_bits)

    def stream_order(self) -> IntArray:
        """(MW,): natural (kernel tap, channel) index of each element in stream order.

        Stream order of a parallel window is (C/S, kernel tap, S), see docs/design/architecture.md.
        """
        natural = np.arange(self.mw)
        taps, group = self.order
        return window_to_stream(natural, taps, group) if taps * group else natural
