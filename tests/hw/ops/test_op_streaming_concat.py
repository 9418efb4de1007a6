"""StreamingConcat: integers, types, streams and error texts."""

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.synth.cost.model import load_cost_model
from tests.hw.bench import one_node_model


def concat(channels=(2, 4), simd=2, kinds=("UINT2", "INT4"), pixels=(1, 2, 3)):
    params = {
        "SIMD": simd, "ChannelsPerStream": list(channels), "inputDataTypes": list(kinds),
        "numInputVectors": list(pixels),
    }  # fmt: skip
    model = one_node_model("StreamingConcat", (*pixels, channels[0]), params)
    return getCustomOp(model.graph.node[0])


def test_integers_and_execution():
    op = concat(pixels=(1, 1, 2))
    op.check()
    first = np.array([[[[0, 1], [2, 3]]]])
    second = np.array([[[[-1, -2, -3, -4], [-5, -6, -7, -8]]]])
    expected = [[[[0, 1, -1, -2, -3, -4], [2, 3, -5, -6, -7, -8]]]]
    assert op.reference(first, second).tolist() == expected
    context = {"x0": first.astype(np.float32), "x1": second.astype(np.float32)}
    op.execute_node(context, None)
    assert context["y"].tolist() == expected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("UINT2", "INT4"), "INT4"),
        (("UINT4", "INT4"), "INT5"),
        (("UINT1", "UINT8"), "UINT8"),
        (("INT2", "INT2"), "INT2"),
    ],
)
def test_type_of_the_output_holds_all(kinds, expected):
    assert concat(kinds=kinds).get_output_datatype().name == expected


def test_streams_one_behind_the_other_and_whole_pixels():
    op = concat()
    assert op.get_folded_input_shape(0) == [1, 2, 3, 1, 2]
    assert op.get_folded_input_shape(1) == [1, 2, 3, 2, 2]
    assert op.get_folded_output_shape() == [1, 2, 3, 3, 2]
    assert [op.get_instream_width(port) for port in range(3)] == [4, 8, 0]
    assert (op.get_outstream_width(), op.get_exp_cycles()) == (8, 18)
    assert [op.frame_beats(port) for port in range(2)] == [6, 12]
    op = concat(simd=6)
    assert [op.get_folded_input_shape(port)[-2:] for port in range(2)] == [[1, 2], [1, 4]]
    assert [op.get_instream_width(port) for port in range(2)] == [4, 16]
    assert (op.get_outstream_width(), op.get_exp_cycles()) == (24, 6)


def test_foldings():
    op = concat((4, 8, 6), kinds=("UINT1", "UINT1", "UINT1"))
    found = [folding.settings["SIMD"] for folding in op.foldings(100, {})]
    assert found == [1, 2, 18]


def test_costs_grow_with_the_beat():
    costs = [load_cost_model().of(concat((4, 8), simd)).lut for simd in (1, 4, 12)]
    assert costs == sorted(costs)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"simd": 3}, r"SIMD = 3 neither divides the channels \[2, 4\] of its inputs nor is their"),
        ({"simd": 0}, "SIMD = 0 neither divides"),
        ({"kinds": ("UINT2", "BIPOLAR")}, "BIPOLAR is neither an unsigned nor a two's complement"),
    ],
)
def test_errors(changes, text):
    with pytest.raises(HardwareError, match=f"node StreamingConcat_rtl: {text}"):
        concat(**changes).check()


def test_inputs_of_another_number_are_refused():
    op = concat()
    del op.onnx_node.input[1]
    with pytest.raises(HardwareError, match="and 1 inputs; expected as many of each, 2 or more"):
        op.check()
