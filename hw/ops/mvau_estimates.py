"""Estimate of the LUTs of a MultiLevelMVAU in RTL, by parts; no tool's figure.

`tests/hw/ops/test_mvau_estimates.py` has the trees beside what yosys makes of them.
"""

from math import ceil
from typing import TYPE_CHECKING

from hw.ops.estimates import counter_bits, lutram_luts, memory_bram18

if TYPE_CHECKING:
    from hw.ops.multi_level_mvau import MultiLevelMVAU


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


def mvau_luts(op: "MultiLevelMVAU") -> int:
    """LUTs of a node: trees, accumulators, comparators, memories in LUTs, control."""
    simd, pe, (sf, nf) = op.lanes_in(), op.lanes_out(), op.folds()
    lane_bits, code_bits = int(op.get_input_datatype().bitwidth()), op.weight_bits()
    acc_bits = int(op.get_accumulator_datatype().bitwidth())
    steps = 0 if op.calc_tmem() == 0 else int(2 ** op.get_output_datatype().bitwidth() - 1)
    if code_bits == 1 and steps:
        luts = pe * signed_tree_luts(simd, lane_bits) + lane_pairs_luts(simd, lane_bits)
    else:  # a tree behind masks for each bit, one for codes 0, 1, 2; of constants half is left
        tree = adder_tree_luts(simd, lane_bits)
        if sf * nf == 1:
            luts = pe * tree // 2
        elif code_bits == 2:
            luts = pe * (adder_tree_luts(simd, lane_bits + 1) + simd * (lane_bits + 1))
        else:
            luts = pe * code_bits * (tree + simd * lane_bits)
        luts += tree + pe * acc_bits
    luts += pe * acc_bits if sf > 1 else 0
    luts += pe * acc_bits * (2 if steps == 3 else steps)
    if nf > 1:  # the replay buffer and the choice between it and the input
        luts += simd * lane_bits + lutram_luts(sf, simd * lane_bits)
    if memory_bram18(sf * nf, simd * pe * code_bits, op.get_nodeattr("ram_style")) == 0:
        luts += lut_rom_luts(sf * nf, simd * pe * code_bits)
    luts += lut_rom_luts(nf, pe * steps * acc_bits)
    return luts + 2 * counter_bits(sf, nf, sf * nf) + lutram_luts(16, pe * 4) + 30
