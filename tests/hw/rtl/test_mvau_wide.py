"""mvau: accumulators above 32 bits, against sums in Python's integers of any size."""

import numpy as np
import pytest

from hw.ops.registry import operator_of
from tests.hw.bench import one_node_model, run_bench

#: (shape, MH, SIMD, PE, bits of a weight, input type, thresholds, resType, threshold_search)
CASES = [
    ((1, 1, 3, 12), 4, 3, 2, 16, "INT16", 0, "lut", 0),
    ((1, 1, 3, 12), 4, 12, 4, 16, "UINT16", 0, "lut", 0),
    ((1, 1, 3, 12), 4, 4, 1, 16, "UINT16", 7, "lut", 0),
    ((1, 1, 3, 12), 4, 4, 2, 16, "INT16", 15, "dsp", 1),
    ((1, 1, 3, 12), 4, 6, 2, 16, "UINT16", 0, "dsp", 0),
    ((1, 1, 2, 40), 4, 10, 1, 2, "INT32", 3, "lut", 0),
    ((1, 1, 2, 12), 4, 2, 2, 16, "INT40", 0, "lut", 0),
    ((1, 1, 2, 8), 4, 4, 1, 16, "INT44", 0, "lut", 0),
]


def model_of(case, seed):
    shape, mh, simd, pe, bits, given, number, multiplier, search = case
    rng = np.random.default_rng(seed)
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1
    weights = rng.integers(low, high + 1, (shape[-1], mh))
    weights[:, 0], weights[:, -1] = high, low  # sums at both ends
    initializers = [(weights, f"INT{bits}")]
    if number:
        values = np.sort(rng.integers(-(1 << 36), 1 << 36, (mh, number)), axis=1)
        initializers.append((values, "INT40"))
    params = {
        "MW": shape[-1], "MH": mh, "SIMD": simd, "PE": pe, "weightDataType": f"INT{bits}",
        "noActivation": int(not number), "inputDataType": given,
        "outputDataType": f"UINT{number.bit_length()}" if number else "INT64",
        "resType": multiplier, "threshold_search": search,
    }  # fmt: skip
    return one_node_model("MultiLevelMVAU", shape, params, initializers)


def test_bench(tmp_path):
    models = [model_of(case, seed) for seed, case in enumerate(CASES)]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)


@pytest.mark.parametrize("case", [CASES[0], CASES[-1]])
def test_sums_are_those_of_python(case):
    given = model_of(case, 1)
    op = operator_of(given.graph.node[0])
    weights = np.rint(given.get_initializer(op.onnx_node.input[1])).astype(np.int64)
    kind = op.get_input_datatype()
    ends = np.array([int(kind.min()), int(kind.max())], object)
    x = np.random.default_rng(0).choice(ends, (1, 2, 3, case[0][-1]))
    found = op.reference(x.astype(np.int64), weights)
    right = [
        [sum(int(a) * int(w) for a, w in zip(pixel, column, strict=True)) for column in weights.T]
        for pixel in x.reshape(-1, case[0][-1])
    ]
    assert found.reshape(-1, case[1]).tolist() == right
    assert max(abs(value) for row in right for value in row) > 1 << 32
