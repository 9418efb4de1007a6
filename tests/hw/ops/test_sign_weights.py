"""Weights as signs: the constants that inversion leaves, against the RTL's arithmetic in numpy."""

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from hw.ops.sign_weights import lane_constants, row_offsets


def _inverted_sum(lanes: np.ndarray, codes: np.ndarray, bits: int, is_signed: bool) -> int:
    """What signed_tree.sv adds up, pair by pair, in Python integers."""

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
    folds, pe, rows = 3, 2, 2
    codes = rng.integers(0, 2, size=(rows * folds, pe, simd))
    offsets = row_offsets(codes, folds, idt)
    assert offsets.shape == (rows, pe)
    for _ in range(20):
        x = rng.integers(int(idt.min()), int(idt.max()) + 1, size=(folds, simd))
        for row in range(rows):
            for p in range(pe):
                mine = codes[row * folds : (row + 1) * folds, p]
                true = int(((2 * mine - 1) * x).sum())
                rtl = sum(
                    _inverted_sum(x[f], mine[f], idt.bitwidth(), idt.signed()) for f in range(folds)
                )
                assert rtl == true + offsets[row, p]


def test_constants_by_lane():
    assert lane_constants(3, DataType["UINT2"]).tolist() == [4, 3, 7]
    assert lane_constants(4, DataType["INT3"]).tolist() == [0, -1, 0, -1]
    assert lane_constants(1, DataType["INT3"]).tolist() == [-1]
