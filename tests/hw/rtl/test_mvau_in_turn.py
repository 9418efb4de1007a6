"""mvau that compares with a row's three thresholds one after the other, from block RAM or LUTs."""

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.ops.registry import operator_of
from tests.hw.bench import one_node_model, run_bench

#: MW, MH, SIMD, PE, input type, weights, sum_parts, memory of thresholds; groups, taps, channels of
#: a window.
CASES = [
    (16, 8, 8, 2, "UINT2", (-1, 1), 0, "auto", 1, 1, 0),  # a value every other clock
    (24, 6, 8, 1, "INT4", (-1, 1), 0, "block", 1, 1, 0),  # sums of either sign
    (32, 8, 8, 4, "UINT2", (-1, 1), 2, "block", 1, 1, 0),  # sums in DSP slices
    (18, 3, 3, 3, "UINT3", (-2, 0, 2), 0, "distributed", 1, 1, 0),  # a row of results
    (36 * 2, 8, 6, 2, "UINT2", (-1, 1), 0, "auto", 4, 9, 1),  # groups that come in turns
]


def _model(case, seed):
    mw, mh, simd, pe, given, levels, parts, style, groups, taps, channels = case
    rng = np.random.default_rng(seed)
    weights = rng.choice(levels, size=(mw // groups, mh))
    reach = len(weights) * 3
    thresholds = np.sort(rng.integers(-reach, reach + 1, size=(mh, 3)), axis=1)
    thresholds[0, 1:] = thresholds[0, 1]  # equal ones
    attrs = {
        "MW": mw, "MH": mh, "SIMD": simd, "PE": pe, "weightDataType": "INT3",
        "inputDataType": given, "outputDataType": "UINT2", "sum_parts": parts,
        "ram_style_thresholds": style, "threshold_in_turn": 1, "Groups": groups,
        "Kernel": [1, taps], "window_taps": taps if channels else 0, "window_simd": channels,
    }  # fmt: skip
    initializers = [(weights, "INT3"), (thresholds, "INT24")]
    return one_node_model("MultiLevelMVAU", (1, 2, 3, mw), attrs, initializers)


def test_bench(tmp_path):
    models = [_model(case, seed) for seed, case in enumerate(CASES)]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SIMD": 16}, "with 3 thresholds and 1 beats of a vector; expected 3 thresholds, 2 beats"),
        ({"outputDataType": "UINT3"}, "with 7 thresholds and 2 beats"),
        ({"threshold_search": 1}, ".* that are searched; expected .* threshold_search = 0"),
    ],
)
def test_what_cannot_be_compared_in_turn_is_refused(changes, message):
    node = operator_of(_model(CASES[0], 1).graph.node[0])
    for key, value in changes.items():
        node.set_nodeattr(key, value)
    with pytest.raises(HardwareError, match=f"threshold_in_turn = 1, {message}"):
        node.check()
