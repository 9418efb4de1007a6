"""mvau: exact for few-level and other integer weights, all foldings, with thresholds or without."""

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper

from hw.sim.run import simulate
from tests.hw.bench import assert_beats, build_bench, model_beats, one_node_model, run_bench

BINARY, THREE, DOUBLED, ANY = (-1, 1), (-1, 0, 1), (-2, 0, 2), tuple(range(-7, 8))
#: Cases by what sums them up: (shape, MH, SIMD, PE, weights' values, input type, thresholds or 0,
#: output type, ActVal, style, (window_taps, window_simd)).
CASES = {
    "trees": [
        ((1, 3, 3, 8), 4, 8, 4, (0, 1), "UINT2", 3, "UINT2", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 6, 4, 6, DOUBLED, "UINT2", 3, "UINT2", 0, "distributed", (0, 0)),
        ((1, 2, 3, 12), 6, 12, 1, THREE, "UINT8", 1, "UINT1", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 6, 3, 3, ANY, "INT4", 15, "UINT4", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 5, 12, 1, ANY, "INT8", 0, "", 0, "auto", (0, 0)),
        ((1, 1, 4, 54), 16, 27, 4, DOUBLED, "UINT2", 3, "UINT2", 0, "auto", (9, 3)),
        ((1, 2, 3, 12), 4, 12, 4, DOUBLED, "UINT8", 3, "UINT2", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 4, 4, 2, DOUBLED, "INT4", 0, "", 0, "auto", (0, 0)),
        # nodes of two terms, of which the sum has a bit more; weights of 5 and of 8 bits; weights
        # that are all positive, and a step of two bits
        ((1, 2, 3, 12), 4, 6, 2, ANY, "INT3", 0, "", 0, "auto", (0, 0)),
        ((1, 2, 3, 10), 4, 5, 2, tuple(range(-9, 9)), "INT4", 0, "", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 4, 6, 4, tuple(range(-100, 81)), "INT3", 0, "", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 4, 6, 2, tuple(range(2, 9)), "INT3", 0, "", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 4, 6, 2, (-4, -1, 2, 5), "UINT3", 0, "", 0, "auto", (0, 0)),
    ],
    # signs (signed_tree): lanes without a partner, one and several fours, types
    "signs": [
        ((1, 3, 3, 8), 4, 8, 4, BINARY, "UINT2", 3, "UINT2", 0, "auto", (0, 0)),
        ((1, 3, 3, 8), 4, 2, 1, BINARY, "UINT2", 3, "UINT2", 0, "auto", (0, 0)),
        ((1, 3, 3, 8), 4, 1, 2, BINARY, "INT2", 3, "INT2", -2, "block", (0, 0)),
        ((1, 2, 3, 12), 5, 6, 5, BINARY, "UINT3", 0, "INT16", 0, "auto", (0, 0)),
        ((1, 2, 2, 36), 8, 18, 2, BINARY, "UINT2", 3, "UINT2", 0, "block", (9, 2)),
        ((1, 2, 2, 36), 8, 9, 4, BINARY, "UINT2", 3, "UINT2", 0, "auto", (9, 1)),
        ((1, 1, 2, 288), 16, 16, 4, BINARY, "UINT2", 3, "UINT2", 0, "block", (0, 0)),
        ((1, 2, 3, 15), 4, 1, 2, BINARY, "UINT2", 3, "UINT2", 0, "auto", (0, 0)),
        ((1, 2, 3, 15), 4, 3, 4, BINARY, "INT2", 3, "UINT2", 0, "auto", (0, 0)),
        ((1, 2, 3, 15), 4, 5, 1, BINARY, "UINT1", 2, "UINT2", 0, "auto", (0, 0)),
        ((1, 2, 3, 15), 4, 15, 4, BINARY, "INT5", 15, "UINT4", 0, "distributed", (0, 0)),
        ((1, 2, 3, 42), 6, 21, 3, BINARY, "UINT4", 1, "UINT1", 0, "auto", (0, 0)),
        ((1, 2, 3, 42), 6, 21, 3, BINARY, "INT4", 7, "UINT3", 0, "auto", (0, 0)),
        ((1, 2, 3, 42), 6, 7, 6, BINARY, "UINT5", 7, "INT4", -3, "auto", (0, 0)),
        ((1, 1, 2, 144), 8, 72, 8, BINARY, "UINT2", 3, "UINT2", 0, "auto", (0, 0)),
    ],
    # thresholds that are searched; of the last two an accumulator reaches its greatest value, for
    # which the tree of 31 and of 63 is filled up with thresholds that are never reached
    "search": [
        ((1, 2, 3, 42), 6, 2, 2, BINARY, "INT8", 16, "UINT5", 0, "auto", (0, 0)),
        (
            (1, 2, 3, 15),
            2,
            15,
            1,
            (0, 1),
            "UINT1",
            tuple(range(-1, 15)),
            "UINT5",
            0,
            "auto",
            (0, 0),
        ),
        (
            (1, 2, 3, 15),
            2,
            5,
            2,
            (0, 1),
            "UINT1",
            tuple(range(-15, 15)),
            "UINT5",
            0,
            "auto",
            (0, 0),
        ),
    ],
    # constants (constant_matrix): the first layer, signs behind a window, any weights, zeros
    "constants": [
        ((1, 1, 6, 27), 16, 27, 16, DOUBLED, "UINT8", 3, "UINT2", 0, "auto", (0, 0)),
        ((1, 2, 3, 36), 8, 36, 8, BINARY, "UINT2", 3, "UINT2", 0, "auto", (9, 2)),
        ((1, 2, 3, 12), 5, 12, 5, ANY, "INT4", 15, "UINT4", 0, "auto", (0, 0)),
        ((1, 2, 3, 12), 5, 12, 5, tuple(range(-100, 81)), "INT3", 0, "", 0, "auto", (0, 0)),
        ((1, 2, 3, 42), 6, 42, 6, BINARY, "INT4", 16, "UINT5", 0, "auto", (0, 0)),
        ((1, 2, 3, 1), 3, 1, 3, (-1, 0), "INT8", 0, "", 0, "auto", (0, 0)),
        ((1, 2, 3, 4), 2, 4, 2, (0,), "UINT2", 0, "", 0, "auto", (0, 0)),
    ],
}


def _model(case: tuple, seed: int) -> ModelWrapper:
    shape, mh, simd, pe, levels, in_type, number, out_type, bias, style, window = case
    rng = np.random.default_rng(seed)
    mw = shape[-1]
    weights = rng.choice(levels, size=(mw, mh))
    initializers = [(weights, "INT8")]
    if number and isinstance(number, tuple):  # thresholds of every row, whose first has all weights
        weights[:, 0] = max(levels)
        initializers.append((np.tile(number, (mh, 1)), "INT24"))
    elif number:
        reach = int(np.abs(weights).sum(axis=0).max() * 2)
        values = np.sort(rng.integers(-reach, reach + 1, size=(mh, number)), axis=1)
        initializers.append((values, "INT24"))
    params = {
        "MW": mw,
        "MH": mh,
        "SIMD": simd,
        "PE": pe,
        "weightDataType": "INT8",
        "noActivation": int(not number),
        "ActVal": bias,
        "ram_style": style,
        "window_taps": window[0],
        "window_simd": window[1],
        "inputDataType": in_type,
        "outputDataType": out_type or "INT16",
    }
    return one_node_model("MultiLevelMVAU", shape, params, initializers)


@pytest.mark.parametrize("kind", CASES)
def test_bench(tmp_path, kind):
    models = [_model(case, seed) for seed, case in enumerate(CASES[kind])]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)


def test_mutated_memory_is_caught(tmp_path):
    model = _model(CASES["signs"][1], 1)
    design, simulator = build_bench([model], tmp_path, top="mutated")
    inputs, (expected,) = model_beats([model], 3, 1)
    name = design.streams[-1].name
    assert_beats(simulate(simulator, inputs, 3).beats(name), expected, "as written")
    for memory in sorted(tmp_path.glob("*.mem")):
        good = memory.read_text()
        rows = good.splitlines()
        last = rows[-1]
        rows[-1] = ("0" if int(last, 16) else "1") * len(last)
        memory.write_text("\n".join(rows) + "\n")
        with pytest.raises(AssertionError, match="beats differ, first beat"):
            assert_beats(simulate(simulator, inputs, 3).beats(name), expected, memory.name)
        memory.write_text(good)
