"""Images of one size, then of another in the same RTL: every beat is the operator's integers."""

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper

from hw.load import load_words
from hw.ops.registry import operator_of
from hw.sim.run import LoadRun, simulate
from tests.hw.bench import build_bench, check_run, model_beats, one_node_model

WINDOW = {"KernelSize": [3, 3], "Stride": [1, 1], "SIMD": 2}
POOL = {"KernelSize": [3, 3], "Stride": [2, 2], "PE": 2, "Function": "MaxPool"}
#: (operator, greatest rows, columns and channels, attributes). Borders on all sides, on one, and
#: zeros between; windows of one row of windows too, with strides beyond the kernel, by fold, with
#: gaps; maxima of one and of two beats a pixel; sums; rows repeated and pixels repeated.
CASES = [
    ("StreamPad", (5, 7, 4), {"Padding": [1, 1, 1, 1], "SIMD": 2}),
    ("StreamPad", (5, 7, 2), {"Padding": [2, 0, 0, 1], "SIMD": 2}),
    ("StreamPad", (5, 7, 2), {"Padding": [0, 1, 1, 0], "SIMD": 1, "Stride": [2, 3]}),
    ("SlidingWindow", (7, 9, 4), WINDOW),
    ("SlidingWindow", (7, 9, 2), {**WINDOW, "Stride": [2, 2]}),
    ("SlidingWindow", (7, 9, 2), {**WINDOW, "KernelSize": [2, 1], "Stride": [3, 4]}),
    ("SlidingWindow", (7, 9, 4), {**WINDOW, "SIMD": 1, "depthwise": 1}),
    ("SlidingWindow", (7, 9, 4), {**WINDOW, "SIMD": 2, "depthwise": 1, "Stride": [2, 1]}),
    ("SlidingWindow", (7, 9, 4), {**WINDOW, "KernelSize": [2, 2], "Dilation": [2, 3]}),
    ("SlidingWindow", (7, 9, 4), {**WINDOW, "parallel_window": 1}),
    ("SlidingWindow", (7, 9, 2), {**WINDOW, "parallel_window": 1, "Stride": [2, 3]}),
    ("SlidingWindow", (7, 9, 2), {**WINDOW, "parallel_window": 1, "KernelSize": [1, 2]}),
    ("StreamMaxPool", (7, 9, 4), {"KernelSize": [2, 2], "PE": 4}),
    ("StreamMaxPool", (7, 9, 4), {"KernelSize": [2, 3], "PE": 2}),
    ("StreamMaxPool", (7, 9, 3), {"KernelSize": [3, 2], "PE": 1}),
    ("StreamPool", (7, 9, 4), POOL),
    ("StreamPool", (7, 9, 2), {**POOL, "KernelSize": [1, 2], "Stride": [1, 1]}),
    ("StreamPool", (7, 9, 2), {**POOL, "KernelSize": [3, 1], "Stride": [1, 1]}),
    ("StreamPool", (7, 9, 2), {**POOL, "Function": "AccPool", "Dilation": [2, 1]}),
    ("UpsampleNearestNeighbour", (5, 7, 4), {"SIMD": 2}),
    ("UpsampleNearestNeighbour", (5, 7, 2), {"SIMD": 2}),
]
#: What is taken off the greatest rows and columns, one size after the other.
LESS = [(2, 3), (0, 1), (1, 0), (2, 4)]


def model(case, less: tuple[int, int] = (0, 0), dynamic: int = 1) -> ModelWrapper:
    """One node of the greatest size, set to one smaller by less rows and columns."""
    kind, (rows, columns, channels), attrs = case
    shape = (1, rows - less[0], columns - less[1], channels)
    made = "UINT6" if attrs.get("Function") == "AccPool" else "UINT3"
    params = {
        **attrs, "dynamic_mode": dynamic, "inputDataType": "UINT3", "outputDataType": made,
        "dynamicShape": [1, rows, columns, channels] if dynamic else [],
    }  # fmt: skip
    if kind == "StreamPad" and dynamic and less[0]:  # a border that fits the size
        top, left, bottom, right = attrs["Padding"]
        params |= {"Padding": [top, left, bottom + 1, right], "dynamicPadding": attrs["Padding"]}
    if kind.startswith("Upsample"):
        scale = (2, 3) if channels == 4 else (3, 1)
        params |= {"HO": scale[0] * shape[1], "WO": scale[1] * shape[2]}
    return one_node_model(kind, shape, params)


def like(before: ModelWrapper, after: ModelWrapper) -> None:
    """Give the one node of after, and its input, the names of before's."""
    node, wanted = after.graph.node[0], before.graph.node[0]
    node.name, node.op_type, node.domain = wanted.name, wanted.op_type, wanted.domain
    after.rename_tensor(after.graph.input[0].name, before.graph.input[0].name)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Models of the greatest sizes, design and simulator."""
    models = [model(case) for case in CASES]
    return (models, *build_bench(models, tmp_path_factory.mktemp("sizes")))


def beats(models, design) -> dict[str, int]:
    """Beats of a frame of every stream."""
    found = {}
    for one in models:
        op = operator_of(one.graph.node[0])
        found[op.name] = int(np.prod(op.get_folded_output_shape()[1:-1]))
        found[one.graph.input[0].name] = int(np.prod(op.get_folded_input_shape()[1:-1]))
    assert set(found) == {stream.name for stream in design.streams}
    return found


@pytest.mark.parametrize("less", LESS)
@pytest.mark.parametrize("stalls", [(0.0, 0.0), (0.5, 0.5)])
def test_frames_of_two_sizes(bench, less, stalls):
    models, design, simulator = bench
    small = [model(case, less) for case in CASES]
    for before, after in zip(models, small, strict=True):
        like(before, after)
    inputs, first = model_beats(models, 2, 3)
    later, second = model_beats(small, 3, 4)
    words = load_words(small, design)
    run = simulate(
        simulator,
        {name: np.concatenate([inputs[name], later[name]]) for name in inputs},
        5,
        stalls[1],
        2,
        idle=stalls[0],
        load=LoadRun(words, 2, beats(small, design)),
    )
    check_run(run, [np.concatenate(pair) for pair in zip(first, second, strict=True)], f"{less}")
