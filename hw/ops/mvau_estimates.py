"""Sizes of a MultiLevelMVAU: what it stores and computes, and LUTs in RTL by parts, an estimate.

`tests/hw/ops/test_mvau_estimates.py` has the trees beside what yosys makes of them.
"""

from abc import abstractmethod
from math import ceil, prod

from qonnx.core.datatype import BaseDataType, DataType

from hw.ops.estimates import counter_bits, lutram_luts, memory_bram18
from hw.ops.mvau_copies import InCopies


def adder_tree_luts(lanes: int, bits: int) -> int:
    """LUTs of adder_tree.sv: two a bit for a node of three or four values, one for two."""
    luts, span = 0, 1
    while span < lanes:
        nodes, width = ceil(lanes / span), (span * (2**bits - 1)).bit_length()
        luts += width * (2 * (nodes // 4) + (0, 0, 1, 2)[nodes % 4])
        span *= 4
    return luts


def signed_tree_luts(lanes: int, bits: int) -> int:
    """LUTs of signed_tree.sv: two a bit of a pair for four lanes, and the adder_tree."""
    fours = ceil(lanes / 4)
    return ceil(lanes / 2) * (bits + 1) + adder_tree_luts(fours, bits + 2)


def lane_pairs_luts(lanes: int, bits: int) -> int:
    """LUTs of lane_pairs.sv; of 2-bit lanes signed_tree takes every other pair's."""
    pairs = ceil(lanes / 2)
    return ceil(5 * pairs / 2) if bits == 2 else 2 * bits * pairs


def lut_rom_luts(rows: int, columns: int) -> int:
    """LUTs of a ROM in LUTs; of few rows there are but so many different columns."""
    if rows <= 1:
        return 0
    return min(columns, 2**rows) if rows <= 6 else columns * ceil(rows / 64)


def mvau_luts(op: "MvauSizes") -> int:
    """LUTs of a node: trees, accumulators, comparators, memories in LUTs, control."""
    simd, pe, (sf, nf) = op.tree_lanes(), op.lanes_out(), op.folds()
    lane_bits, code_bits = int(op.get_input_datatype().bitwidth()), op.weight_bits()
    acc_bits = int(op.get_accumulator_datatype().bitwidth())
    steps = 0 if op.calc_tmem() == 0 else int(2 ** op.get_output_datatype().bitwidth() - 1)
    if op.matrix_latency():  # adders that rows share: half of their trees, by a few matrices
        luts = pe * adder_tree_luts(simd, lane_bits) // 2 + 4 * pe * steps
        return luts + lutram_luts(16, pe * 4) + 30
    if code_bits == 1 and steps:
        luts = pe * signed_tree_luts(simd, lane_bits)
        luts += op.copies() * lane_pairs_luts(simd, lane_bits)
    else:  # a tree behind masks for each bit, one for codes 0, 1, 2; of constants half is left
        tree = adder_tree_luts(simd, lane_bits)
        if sf * nf == 1:
            luts = pe * tree // 2
        elif code_bits == 2:
            luts = pe * (adder_tree_luts(simd, lane_bits + 1) + simd * (lane_bits + 1))
        else:
            luts = pe * code_bits * (tree + simd * lane_bits)
        luts += op.copies() * tree + pe * acc_bits
    luts += pe * acc_bits if sf > 1 else 0
    luts += pe * acc_bits * (2 if steps == 3 else steps)
    if nf > 1:  # the replay buffer and the choice between it and the input
        luts += simd * lane_bits + lutram_luts(sf, simd * lane_bits)
    if memory_bram18(sf * nf, simd * pe * code_bits, op.get_nodeattr("ram_style")) == 0:
        luts += lut_rom_luts(sf * nf, simd * pe * code_bits)
    luts += lut_rom_luts(nf, pe * steps * acc_bits)
    return luts + 2 * counter_bits(sf, nf, sf * nf) + lutram_luts(16, pe * 4) + 30


class MvauSizes(InCopies):
    """A matrix-vector unit as FINN asks for its memories, operations and estimates."""

    @abstractmethod
    def matrix_latency(self) -> int:
        """Clocks of the graph of adders that RTL with constant weights is; 0 where it is none."""

    def get_accumulator_datatype(self) -> BaseDataType:
        return DataType[self.get_nodeattr("accDataType")]

    def calc_wmem(self) -> int:
        return prod(self.folds())

    def calc_tmem(self) -> int:
        return 0 if self.int_attr("noActivation") else self.folds()[1]

    def weight_bits(self) -> int:
        """Bits of a weight: of its code once known, else of weightDataType."""
        known = self.int_attr("copyCodeBits" if self.in_copies() else "weightCodeBits")
        return known or self.get_input_datatype(1).bitwidth()

    def get_weight_storage_bits(self) -> int:
        """Bits of all weights as they are stored."""
        return self.stored_weights() * self.weight_bits()

    def get_op_and_param_counts(self) -> dict[str, int]:
        """Multiply-accumulates and parameters, under the keys of FINN's MVAU."""
        activation_bits, bits = self.get_input_datatype().bitwidth(), self.weight_bits()
        weights = self.stored_weights()
        narrow, wide = sorted((activation_bits, bits))
        counts = {
            f"op_mac_{narrow}bx{wide}b": weights * self.copies() * prod(self.input_shape()[:-1]),
            f"param_weight_{bits}b": weights,
        }
        if not self.int_attr("noActivation"):
            key = f"param_threshold_{self.get_accumulator_datatype().bitwidth()}b"
            counts[key] = self.int_attr("MH") // self.copies()
        return counts

    def bram_estimation(self, fpgapart: str = "") -> int:
        """RAMB18 of the weights; an estimate."""
        if self.in_copies():  # constants
            return 0
        width = self.lanes_in() * self.lanes_out() * self.weight_bits()
        return memory_bram18(self.calc_wmem(), width, self.get_nodeattr("ram_style"))

    def bram_efficiency_estimation(self, fpgapart: str = "") -> float:
        """Share of those RAMB18 that weights fill; an estimate."""
        brams = self.bram_estimation(fpgapart)
        return self.get_weight_storage_bits() / (brams * 18432) if brams else 1.0

    def lut_estimation(self, fpgapart: str = "") -> int:
        """LUTs in RTL; an estimate."""
        return mvau_luts(self)
