"""DSP slices of a matrix-vector unit: as many as yosys makes of lane_products."""

import pytest

from hw.ops.mvau.unit import MatrixUnit


@pytest.mark.parametrize(
    ("kind", "bits", "pe", "slices", "in_luts"),
    [
        # yosys 0.70, two lanes: DSP48E1 of lane_products
        ("UINT8", 8, 4, 4, 0),  # two codes a word
        ("INT4", 4, 4, 2, 2),  # three codes a word, and one: 8 bits of product are LUTs
        ("UINT4", 4, 1, 0, 2),
        ("UINT4", 5, 1, 2, 0),
    ],
)
def test_words_of_codes(kind, bits, pe, slices, in_luts):
    sizes = {"mw": 8, "mh": 8, "simd": 2, "pe": pe, "vectors": 4}
    types = {"input_name": kind, "weight_name": "INT8", "acc_name": "INT24", "output_name": "UINT8"}
    unit = MatrixUnit("unit", **sizes, **types, code_bits=bits, products=True)
    assert (unit.dsp, unit.lut_products) == (slices, in_luts)
