"""Weights as signs: the constants that inversion leaves, against the RTL's arithmetic in numpy."""

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from hw.ops.mvau.signs import is_signs, lane_constants, row_offsets, rtl_parameters
from tests.hw.ops.mvau.test_multi_level_mvau import make


def _inverted_sum(lanes: np.ndarray, codes: np.ndarray, bits: int, is_signed: bool) -> int:
    """The sum of signed_tree.sv, pair by pair, in Python integers."""

    def value(pattern: int, width: int) -> int:
        pattern &= (1 << width) - 1
        return pattern - (1 << width) if is_signed and pattern >> (width - 1) else pattern

    result = 0
    for p in range(0, len(lanes), 2):
        a, alone = int(lanes[p]), p + 1 == len(lanes)
        b = 0 if alone else int(lanes[p + 1])
        second = codes[p] if alone else codes[p + 1]
        made = a + b if codes[p] == second else a + value(~b, bits)
        made = made if codes[p] else value(~made, bits + 1)
        result += value(made, bits + 1)
    return result


@pytest.mark.parametrize("datatype", ["UINT1", "UINT2", "UINT5", "INT2", "INT4"])
@pytest.mark.parametrize("simd", [1, 2, 3, 4, 7, 8])
def test_constants_are_what_the_inversions_add(datatype, simd):
    rng, idt = np.random.default_rng(simd), DataType[datatype]
    sf, pe, rows = 3, 2, 2
    codes = rng.integers(0, 2, size=(rows * sf, pe, simd))
    offsets = row_offsets(codes, sf, idt)
    assert offsets.shape == (rows, pe)
    for _ in range(20):
        x = rng.integers(int(idt.min()), int(idt.max()) + 1, size=(sf, simd))
        for row in range(rows):
            for p in range(pe):
                mine = codes[row * sf : (row + 1) * sf, p]
                true = int(((2 * mine - 1) * x).sum())
                rtl = sum(
                    _inverted_sum(x[f], mine[f], idt.bitwidth(), idt.signed()) for f in range(sf)
                )
                assert rtl == true + offsets[row, p]


def test_constants_by_lane():
    assert lane_constants(3, DataType["UINT2"]).tolist() == [4, 3, 7]
    assert lane_constants(4, DataType["INT3"]).tolist() == [0, -1, 0, -1]
    assert lane_constants(1, DataType["INT3"]).tolist() == [-1]


def test_accumulators_hold_the_constants():
    """Rows -1 -1 -1 1 of lanes 0..3: -9..3, of which 4 + 3 + 4 make 2..14, in five bits."""
    weights = np.tile([[-1], [-1], [-1], [1]], (1, 2))
    model, node = make(weights, np.array([[-5, 0, 2]]), SIMD=4, PE=1)
    params = rtl_parameters(node.loaded(model), is_graph=bool(node.matrix_latency()))
    assert params.acc_bits == 5
    assert params.thresholds.tolist() == [[[6, 11, 13]]] * 2


def test_weights_are_signs_only_in_front_of_thresholds():
    """Which take the constants; accumulators as they are have nothing that does."""
    weights = np.tile([[-1], [-1], [-1], [1]], (1, 2))
    model, node = make(weights, np.array([[-5, 0, 2]]), SIMD=2, PE=1)
    assert is_signs(rtl_parameters(node.loaded(model), is_graph=bool(node.matrix_latency())))
    assert ".Signs(1)" in node.rtl_body(model)
    model, node = make(weights, None, SIMD=2, PE=1, outputDataType="INT8")
    assert not is_signs(rtl_parameters(node.loaded(model), is_graph=bool(node.matrix_latency())))
    assert ".Signs(0)" in node.rtl_body(model)
    for other in (weights * 2, weights + 1, weights * 3):
        model, node = make(other, np.array([[-5, 0, 2]]), SIMD=2, PE=1)
        assert not is_signs(
            rtl_parameters(node.loaded(model), is_graph=bool(node.matrix_latency()))
        )
