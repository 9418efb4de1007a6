"""Parameters of the matrix-vector templates, by hand: biases and bits of a beat's sum."""

import numpy as np
import pytest

from hw.ops.mvau.parameters import mvau_parameters
from tests.hw.ops.mvau.test_multi_level_mvau import THRESHOLDS, make, random_weights


def test_bias_is_the_output_where_no_threshold_is_reached():
    model, node = make(random_weights(), THRESHOLDS, outputDataType="INT3", ActVal=-2)
    params = mvau_parameters(node.loaded(model))
    assert params.out_bias == -2
    assert (params.num_thresholds, params.thresholds.shape) == (3, (3, 2, 3))
    model, node = make(random_weights(), None, outputDataType="INT8")
    params = mvau_parameters(node.loaded(model))
    assert (params.out_bias, params.num_thresholds, params.threshold_bits) == (0, 0, 1)


@pytest.mark.parametrize(
    ("levels", "datatype", "bits"),
    [
        # step 2, minimum -1, codes up to 1: 3 for each of 4 lanes of up to 3: 36 and a sign
        ((-1, 1), "UINT2", 7),
        ((-1, 1), "INT2", 6),  # lanes down to -2: 24
        ((-1, 1), "INT3", 7),  # down to -4: 48
        # step 5, minimum 0, codes up to 1: 5 * 4 * 3 = 60
        ((0, 5), "UINT2", 7),
        # step 1, minimum -3, codes up to 7 in 3 bits: 10 * 4 * 3 = 120
        ((-3, -2, 4), "UINT2", 8),
    ],
)
def test_bits_of_the_sum_of_a_beat(levels, datatype, bits):
    model, node = make(random_weights(levels), None, inputDataType=datatype, outputDataType="INT16")
    assert mvau_parameters(node.loaded(model)).term_bits(node.unit) == bits


def test_accumulators_have_the_bits_of_their_range():
    weights = np.array([[1, -1], [1, 1], [1, -1]])  # of lanes 0..3: 0..9 and -6..3
    model, node = make(weights, None, SIMD=1, PE=1, outputDataType="INT5")
    assert mvau_parameters(node.loaded(model)).acc_bits == 5
    model, node = make(weights * 2, None, SIMD=1, PE=1, outputDataType="INT6")
    assert mvau_parameters(node.loaded(model)).acc_bits == 6
