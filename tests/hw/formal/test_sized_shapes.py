"""The sizes in the catalogue's proofs are those that the operators write."""

import pytest

from hw.formal.run import PROOFS
from hw.ops.registry import operator_of
from hw.ops.single import one_node_model
from hw.ops.sizes import word_of

KERNEL = {"KernelSize": [2, 2]}
#: Module -> operator, its size and the greatest, attributes: what the harnesses have.
SHAPES = {
    "stream_pad": ("StreamPad", (2, 2), (3, 4), {"Padding": [1, 1, 1, 1]}),
    "upsample_nearest": ("UpsampleNearestNeighbour", (1, 2), (2, 3), {"HO": 2, "WO": 4}),
    "max_pool": ("StreamMaxPool", (2, 4), (4, 6), KERNEL),
    "sliding_window_parallel": (
        "SlidingWindow",
        (2, 3),
        (3, 4),
        {**KERNEL, "parallel_window": 1},
    ),
    "sliding_window_serial": ("SlidingWindow", (1, 2), (1, 3), {"KernelSize": [1, 2]}),
    "stream_pool": ("StreamPool", (2, 3), (3, 4), {**KERNEL, "Function": "MaxPool"}),
}


@pytest.mark.parametrize("module", SHAPES)
def test_sizes_are_the_operators(module):
    kind, size, greatest, attrs = SHAPES[module]
    params = {
        **attrs, "dynamic_mode": 1, "dynamicShape": [1, *greatest, 1], "inputDataType": "UINT1",
        "outputDataType": "UINT1",
    }  # fmt: skip
    op = operator_of(one_node_model(kind, (1, *size, 1), params).graph.node[0])
    op.check()
    word, bits = word_of(op.limits(op.greatest()))
    shapes = [shape for proof in PROOFS if proof.module == module for shape in proof.shapes]
    (found,) = (shape["Sizes"] for shape in shapes if "Dynamic" in shape)
    assert found == f"{bits}'d{word}"
