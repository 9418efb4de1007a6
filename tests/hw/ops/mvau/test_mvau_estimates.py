"""Estimates of the MVAU's parts, beside what yosys 0.70 (xc7) makes of the modules alone."""

import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.ops.mvau.estimates import adder_tree_luts, lane_pairs_luts, signed_tree_luts
from hw.synth.estimates import lut_rom_luts
from tests.hw.rtl.test_mvau_copies import CASES, copies_model


@pytest.mark.parametrize(("lanes", "bits", "yosys"), [(4, 4, 8), (36, 4, 110)])
def test_adder_tree(lanes, bits, yosys):
    assert adder_tree_luts(lanes, bits) == pytest.approx(yosys, rel=0.03)


def test_signed_tree():
    assert signed_tree_luts(144, 2) == pytest.approx(326, rel=0.03)


@pytest.mark.parametrize(("lanes", "bits", "luts"), [(4, 2, 5), (5, 2, 8), (4, 4, 16), (3, 1, 4)])
def test_lane_pairs(lanes, bits, luts):
    assert lane_pairs_luts(lanes, bits) == luts


@pytest.mark.parametrize(
    ("rows", "columns", "luts"), [(1, 9, 0), (2, 9, 4), (6, 9, 9), (64, 9, 9), (65, 9, 18)]
)
def test_lut_rom(rows, columns, luts):
    assert lut_rom_luts(rows, columns) == luts


@pytest.mark.parametrize(("case", "whole", "one"), [(0, 2, 2), (1, 2, 1), (4, 2, 1)])
def test_bits_of_a_copys_weights_are_those_without_the_zeros_around_it(case, whole, one):
    """-2, 0, 2 are two bits in any case; -1, 1 are one, and two with the zeros of the matrix."""
    op = getCustomOp(copies_model(CASES[case], 1).graph.node[0])
    assert op.get_nodeattr("weightCodeBits") == whole
    assert op.get_nodeattr("copyCodeBits") == one
