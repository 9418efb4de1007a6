"""mvau_results, within mvau: thresholds at once, in turn or searched, or sums; many levels."""

from dataclasses import replace

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.ops.registry import operator_of
from tests.hw.bench import one_node_model, run_bench
from tests.hw.rtl.three_thresholds import Unit

#: (shape, MH, SIMD, PE, least and greatest weight, input, thresholds or 0, output, ActVal, resType,
#: threshold_search). Thresholds fill a tree (15, 255) or not; values at both ends of their range.
CASES = [
    ((1, 2, 3, 12), 6, 3, 3, (-7, 7), "INT4", 15, "UINT4", 0, "dsp", 1),
    ((1, 2, 3, 12), 8, 4, 8, (-8, 7), "UINT4", 15, "UINT4", 0, "dsp", 0),
    ((1, 2, 3, 12), 5, 6, 5, (-127, 127), "UINT8", 255, "UINT8", 0, "dsp", 1),
    ((1, 2, 3, 12), 7, 1, 7, (-128, 127), "INT8", 255, "INT8", -128, "dsp", 1),
    ((1, 2, 3, 12), 4, 6, 2, (-128, 127), "INT8", 0, "", 0, "dsp", 0),
    ((1, 2, 3, 12), 4, 6, 4, (-2, 1), "UINT2", 3, "UINT2", 0, "dsp", 1),
    ((1, 2, 3, 12), 6, 4, 6, (-7, 7), "UINT4", 100, "UINT7", 0, "lut", 1),
    ((1, 2, 3, 12), 6, 4, 1, (-1, 1), "UINT2", 16, "UINT5", 0, "lut", 1),
    ((1, 2, 3, 12), 6, 12, 6, (-1, 1), "UINT2", 20, "UINT5", 0, "lut", 1),
]
#: One comparator takes a row's thresholds one after the other.
_IN_TURN = [
    Unit(16, 8, 8, 2),  # a value every other clock
    Unit(24, 6, 8, 1, "INT4", style="block"),  # sums of either sign
    Unit(32, 8, 8, 4, parts=2),  # sums in DSP slices
    Unit(18, 3, 3, 3, "UINT3", (-2, 0, 2), style="distributed"),  # a row of results
    Unit(36 * 2, 8, 6, 2, groups=4, window=(9, 1)),  # groups that come in turns
]
IN_TURN = [replace(unit, in_turn=1) for unit in _IN_TURN]


def model_of(case: tuple, seed: int):
    shape, mh, simd, pe, (low, high), in_type, number, out_type, bias, multiplier, search = case
    rng = np.random.default_rng(seed)
    weights = rng.integers(low, high + 1, (shape[-1], mh))
    weights[:, 0], weights[:, -1] = high, low  # sums at both ends
    initializers = [(weights, "INT16")]
    if number:
        reach = int(np.abs(weights).sum(axis=0).max() * 2 ** int(in_type.strip("UINT")) * 0.6)
        values = np.sort(rng.integers(-reach, reach + 1, (mh, number)), axis=1)
        values[0, -1] = reach * 4  # never reached
        initializers.append((values, "INT24"))
    params = {
        "MW": shape[-1], "MH": mh, "SIMD": simd, "PE": pe, "weightDataType": "INT8",
        "noActivation": int(not number), "ActVal": bias, "inputDataType": in_type,
        "outputDataType": out_type or "INT24", "resType": multiplier, "threshold_search": search,
    }  # fmt: skip
    return one_node_model("MultiLevelMVAU", shape, params, initializers)


def test_bench(tmp_path):
    models = [model_of(case, seed) for seed, case in enumerate(CASES)]
    models += [unit.model(seed) for seed, unit in enumerate(IN_TURN)]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"resType": "dsp", "SIMD": 12, "PE": 6}, "all weights at once are constants"),
        ({"resType": "dsp", "inputDataType": "UINT1"}, "activations 1"),
        ({"noActivation": 1, "threshold_search": 1}, "it has no thresholds"),
    ],
)
def test_what_cannot_be_built_is_refused(change, message):
    op = operator_of(model_of(CASES[0], 0).graph.node[0])
    for name, value in change.items():
        op.set_nodeattr(name, value)
    with pytest.raises(HardwareError, match=message):
        op.check()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SIMD": 16}, "with 3 thresholds and 1 beats of a vector; expected 3 thresholds, 2 beats"),
        ({"outputDataType": "UINT3"}, "with 7 thresholds and 2 beats"),
        ({"threshold_search": 1}, ".* that are searched; expected .* threshold_search = 0"),
    ],
)
def test_what_cannot_be_compared_in_turn_is_refused(changes, message):
    op = operator_of(IN_TURN[0].model(1).graph.node[0])
    for name, value in changes.items():
        op.set_nodeattr(name, value)
    with pytest.raises(HardwareError, match=f"threshold_in_turn = 1, {message}"):
        op.check()
