"""LabelSelect: the numbers that ONNX's ArgMax, ArgMin and TopK give, output type, errors."""

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from hw.errors import HardwareError
from hw.ops.label_select import number_datatype
from tests.hw.ops.op_case import image, make_stream_op


def select(labels, pe, datatype="INT3", out=None, **attrs):
    out = out or number_datatype(labels).name
    attrs = {"Labels": labels, "PE": pe, "outputDataType": out, **attrs}
    return make_stream_op("LabelSelect", (2, 3, 2, labels), datatype, **attrs)


def by_onnx(x, op="ArgMax", k=None, **attrs):
    """ArgMax, ArgMin or TopK of onnxruntime along the channels."""
    info = helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)
    made = helper.make_tensor_value_info("y", TensorProto.INT64, None)
    names = (["x"], ["y"]) if k is None else (["x", "k"], ["v", "y"])
    node = helper.make_node(op, *names, axis=3, **attrs)
    constants = [] if k is None else [helper.make_tensor("k", TensorProto.INT64, [1], [k])]
    graph = helper.make_graph([node], "best", [info], [made], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {"x": x.astype(np.float32)})[0]


@given(st.integers(1, 12), st.sampled_from(["UINT1", "UINT8", "INT2", "INT9"]))
def test_reference_is_onnxs(labels, datatype):
    op = select(labels, 1, datatype)
    op.check()
    x = image(op)
    y = op.reference(x)
    assert y.shape == op.output_shape() == tuple(op.get_normal_output_shape())
    assert np.array_equal(y, by_onnx(x))
    assert op.get_exp_cycles() == x[0].size


@given(st.integers(1, 12), st.data(), st.sampled_from(["UINT1", "UINT8", "INT2"]), st.booleans())
def test_several_are_onnxs(labels, data, datatype, least):
    k = data.draw(st.integers(1, labels))
    op = select(labels, 1, datatype, K=k, Least=int(least))
    op.check()
    x = image(op)
    y = op.reference(x)
    assert y.shape == op.output_shape() == tuple(op.get_normal_output_shape())
    assert np.array_equal(y, by_onnx(x, "TopK", k, largest=int(not least)))
    if least:
        assert np.array_equal(y[..., :1], by_onnx(x, "ArgMin", keepdims=1))


@pytest.mark.parametrize(
    ("labels", "name"), [(1, "UINT1"), (2, "UINT1"), (3, "UINT2"), (256, "UINT8"), (257, "UINT9")]
)
def test_type_of_the_number(labels, name):
    assert number_datatype(labels).get_canonical_name() == name.replace("UINT1", "BINARY")


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (lambda: select(10, 4), "node node: PE = 4 does not divide 10"),
        (lambda: select(10, 2, Labels=5), "node node: Labels = 5, but its input has 10 channels"),
        (lambda: select(10, 2, K=11), "node node: K = 11; expected 1 to Labels = 10"),
        (lambda: select(10, 2, K=0), "node node: K = 0; expected 1"),
        (lambda: select(10, 2, "BIPOLAR"), "node node: BIPOLAR is neither an unsigned nor"),
        (
            lambda: select(10, 2, out="UINT3"),
            r"node node: outputDataType = UINT3 cannot hold the number of each of 10 labels "
            r"\(UINT4 can\)",
        ),
        (lambda: select(10, 2, out="INT8"), "node node: outputDataType = INT8 cannot hold"),
    ],
)
def test_errors(op, text):
    with pytest.raises(HardwareError, match=text):
        op().check()
