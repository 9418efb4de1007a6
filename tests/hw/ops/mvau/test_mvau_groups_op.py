"""Groups of a matrix-vector unit: the product beside onnxruntime's, and what is refused."""

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from tests.hw.bench import one_node_model


def convolution(x, weights, groups):
    """onnxruntime's Conv; x (1, C, H, W), weights (O, C / groups, KH, KW), integers."""

    def info(name, value):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, value)

    node = helper.make_node("Conv", ["x", "w"], ["y"], group=groups)
    graph = helper.make_graph([node], "conv", [info("x", x.shape), info("w", weights.shape)],
                              [info("y", None)])  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    session = onnxruntime.InferenceSession(made.SerializeToString())
    given = {"x": x.astype(np.float32), "w": weights.astype(np.float32)}
    return session.run(None, given)[0].astype(np.int64)


def unit(channels, groups, rows, kernel, weights, **attrs):
    taps = kernel[0] * kernel[1]
    params = {
        "MW": taps * channels, "MH": rows, "SIMD": 1, "PE": 1, "Groups": groups,
        "Kernel": list(kernel), "weightDataType": "INT8", "noActivation": 1,
        "inputDataType": "INT4", "outputDataType": "INT20", "window_taps": taps, "window_simd": 1,
    }  # fmt: skip
    shape = (1, 2, 2, taps * channels)
    made = one_node_model("MultiLevelMVAU", shape, params, [(weights, "INT8")])
    op = getCustomOp(made.graph.node[0])
    for name, value in attrs.items():
        op.set_nodeattr(name, value)
    return op


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_product_is_a_grouped_convolution(data):
    draw = data.draw
    groups, width, rows = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kernel = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.integers(-8, 8, (1, groups * width, kernel[0] + 1, kernel[1] + 1))
    weights = rng.integers(-8, 8, (groups * rows, width, *kernel))
    matrix = weights.transpose(2, 3, 1, 0).reshape(-1, groups * rows)
    op = unit(groups * width, groups, groups * rows, kernel, matrix)
    windows = [
        x[0, :, r : r + kernel[0], c : c + kernel[1]].transpose(1, 2, 0).reshape(-1)
        for r in range(2)
        for c in range(2)
    ]
    found = op.reference(np.array(windows).reshape(1, 2, 2, -1), matrix)
    assert np.array_equal(found.transpose(0, 3, 1, 2), convolution(x, weights, groups))


@pytest.mark.parametrize(
    ("attrs", "text"),
    [
        ({"Groups": 3}, "Groups = 3 does not divide MH = 8"),
        ({"PE": 3}, "PE = 3 does not divide MH = 8"),
        ({"Kernel": [2, 3]}, r"MW = 36 is not taps of Kernel = \[2, 3\] of channels of 4 groups"),
        ({"SIMD": 2}, "SIMD = 2 does not divide 9"),
        # two groups at once, of a window of one channel; and without a window
        ({"PE": 4}, "Groups = 4 with PE = 4 needs a window of 2 channels in a beat, fold by fold; "
                    "it has 1"),
        ({"PE": 1, "window_taps": 0, "window_simd": 0}, "needs a window of a divisor of 1 channels "
                                                        "in a beat, fold by fold; it has another"),
        ({"PE": 2, "window_simd": 2}, "needs a window of a divisor of 1 channels in a beat"),
    ],
)  # fmt: skip
def test_refused(attrs, text):
    op = unit(4, 4, 8, (3, 3), np.ones((9, 8), np.int64), **attrs)
    with pytest.raises(HardwareError, match=f"node {op.name}: .*{text}"):
        op.check()


def test_a_group_has_all_rows_or_comes_alone():
    op = unit(4, 2, 8, (1, 1), np.ones((2, 8), np.int64), PE=8, SIMD=1)
    with pytest.raises(
        HardwareError, match="SIMD = 1 is no multiple of 2, the channels of a group"
    ):
        op.check()
    op = unit(4, 2, 12, (1, 1), np.ones((2, 12), np.int64), PE=4, SIMD=1)
    with pytest.raises(HardwareError, match="PE = 4 is neither a divisor nor a multiple of 6"):
        op.check()


def test_clocks_are_groups_taps_and_rows():
    op = unit(4, 4, 8, (3, 3), np.ones((9, 8), np.int64), SIMD=3, PE=1)
    assert op.get_exp_cycles() == 4 * 4 * 3 * 2  # pixels, groups, parts of 9 taps, rows
    op = unit(4, 4, 8, (3, 3), np.ones((9, 8), np.int64), SIMD=3, PE=4, window_simd=2)
    assert op.get_exp_cycles() == 4 * 2 * 3  # two groups at once
    assert (op.lanes_in(), op.lanes_out()) == (6, 4)
