"""mvau with sums of parts in DSP slices: exact, and as quick as its timing machine says."""

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.ops.registry import operator_of
from tests.hw.bench import one_node_model, run_bench

#: MW, MH, SIMD, PE, bits of an activation, parts; groups, the kernel's taps, channels of a window.
CASES = [
    (16, 4, 8, 4, 2, 2, 1, 1, 0),  # two fours, no level of trees
    (72, 4, 36, 2, 4, 3, 1, 1, 0),  # parts of three fours, several rows of results
    (54, 3, 27, 3, 3, 4, 1, 1, 0),  # a lane without a partner, in a part of one four
    (40, 2, 40, 1, 4, 3, 1, 1, 0),  # a vector a beat, and a part that is done sooner
    (24, 7, 12, 7, 8, 3, 1, 1, 0),  # rows that fill no slice
    (36 * 2, 4, 12, 4, 2, 3, 2, 9, 8),  # groups side by side
]


def _model(case, seed):
    mw, mh, simd, pe, bits, parts, groups, taps, channels = case
    rng = np.random.default_rng(seed)
    weights = rng.choice((-1, 1), size=(mw // groups, mh))
    reach = len(weights) * (2**bits - 1) // 2
    thresholds = np.sort(rng.integers(-reach, reach + 1, size=(mh, 3)), axis=1)
    attrs = {
        "MW": mw, "MH": mh, "SIMD": simd, "PE": pe, "weightDataType": "BIPOLAR",
        "inputDataType": f"UINT{bits}", "outputDataType": "UINT2", "sum_parts": parts,
        "Groups": groups, "Kernel": [1, taps], "window_taps": taps if channels else 0,
        "window_simd": channels,
    }  # fmt: skip
    initializers = [(weights, "BIPOLAR"), (thresholds, "INT24")]
    return one_node_model("MultiLevelMVAU", (1, 2, 3, mw), attrs, initializers)


def test_bench(tmp_path):
    models = [_model(case, seed) for seed, case in enumerate(CASES)]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sum_parts": 4, "SIMD": 36}, "sum_parts = 4 with SIMD = 36: 9 fours .* of 2, 3, 5, 9"),
        ({"sum_parts": 2, "inputDataType": "INT4"}, "not negative, they are INT4"),
        ({"sum_parts": 2, "noActivation": 1}, "expected weights -1 and 1, and thresholds"),
    ],
)
def test_what_cannot_be_in_parts_is_refused(changes, message):
    node = operator_of(_model(CASES[1], 1).graph.node[0])
    for key, value in changes.items():
        node.set_nodeattr(key, value)
    with pytest.raises(HardwareError, match=message):
        node.check()
