"""LUTs of a matrix-vector unit in RTL, by parts: an estimate.

`tests/hw/ops/mvau/test_mvau_estimates.py` has the trees beside what yosys makes of them.
"""

from math import ceil

from hw.ops.mvau.unit import MatrixUnit
from hw.synth.estimates import counter_bits, lut_rom_luts, lutram_luts, memory_bram18


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


def mvau_luts(unit: MatrixUnit) -> int:
    """LUTs of a unit: trees, accumulators, comparators, memories in LUTs, control."""
    simd, pe, sf, nf = unit.tree_lanes, unit.pe, unit.sf, unit.nf
    lane_bits, code_bits, acc_bits = unit.act_bits, unit.weight_bits, unit.acc_bits
    steps = unit.steps
    if unit.matrix_latency:  # adders that rows share: half of their trees, by a few matrices
        luts = pe * adder_tree_luts(simd, lane_bits) // 2 + 4 * pe * steps
        return luts + lutram_luts(16, pe * 4) + 30
    if code_bits == 1 and steps:
        luts = pe * signed_tree_luts(simd, lane_bits)
        luts += unit.groups.sets * unit.built_copies * lane_pairs_luts(simd, lane_bits)
    else:  # a tree behind masks for each bit, one for codes 0, 1, 2; of constants half is left
        tree = adder_tree_luts(simd, lane_bits)
        if unit.is_constant:
            luts = pe * tree // 2
        elif code_bits == 2:
            luts = pe * (adder_tree_luts(simd, lane_bits + 1) + simd * (lane_bits + 1))
        else:
            luts = pe * code_bits * (tree + simd * lane_bits)
        luts += unit.groups.sets * unit.built_copies * tree + pe * acc_bits
    luts += pe * acc_bits if sf > 1 else 0
    luts += pe * acc_bits * (2 if steps == 3 else steps)
    if nf > 1:  # the replay buffer and the choice between it and the input
        luts += simd * lane_bits + lutram_luts(sf, simd * lane_bits)
    rows = unit.weight_rows
    if memory_bram18(rows, simd * pe * code_bits, unit.ram_style) == 0:
        luts += lut_rom_luts(rows, simd * pe * code_bits)
    luts += lut_rom_luts(unit.turns * nf, pe * steps * acc_bits)
    return luts + 2 * counter_bits(sf, nf, rows) + lutram_luts(16, pe * 4) + 30
