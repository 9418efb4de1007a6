"""The value of a pixel: asked for where nothing says it, refused where two contradict."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from flows.graph.input_scale import scale_of_input

DOMAIN = "qonnx.custom_op.general"


def model(quantizer=True, scale=1.0, bits=8, front=(), annotation="", **attrs):
    """The input, what stands in front of the quantizer, the quantizer, an Identity."""
    nodes = [helper.make_node(op, [f"t{i}"], [f"t{i + 1}"]) for i, op in enumerate(front)]
    last = f"t{len(front)}"
    if quantizer:
        attrs = {"signed": 0, "narrow": 0, "rounding_mode": "ROUND", **attrs}
        nodes.append(
            helper.make_node("Quant", [last, "s", "z", "b"], ["q"], "qin", domain=DOMAIN, **attrs)
        )
        last = "q"
    nodes.append(helper.make_node("Identity", [last], ["y"]))
    values = {"s": scale, "z": 0, "b": bits}
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info("t0", TensorProto.FLOAT, [1, 2, 4, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2, 4, 4])],
        [numpy_helper.from_array(np.asarray(v, np.float32), k) for k, v in values.items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(DOMAIN, 1)]
    wrapped = ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=10))
    if annotation:
        wrapped.set_tensor_datatype("t0", DataType[annotation])
    return ModelWrapper(onnx.ModelProto.FromString(wrapped.model.SerializeToString()))


@pytest.mark.parametrize("front", [(), ("Identity",), ("Identity", "Dropout")])
def test_the_quantizers_scale(front):
    found = scale_of_input(model(scale=0.25, front=front), None)
    assert (found.scale, found.source, found.note) == (0.25, "quantizer qin", "")


@pytest.mark.parametrize("annotation", ["UINT8", "UINT4", "BINARY"])
def test_an_annotated_input_has_scale_1(annotation):
    found = scale_of_input(model(quantizer=False, annotation=annotation), None)
    assert found.scale == 1
    assert annotation in found.source


def test_the_configuration_says_it_where_nothing_else_does():
    found = scale_of_input(model(quantizer=False), 1 / 255)
    assert (found.scale, found.source) == (1 / 255, "input_scale of the configuration")


@pytest.mark.parametrize(
    ("front", "annotation"), [((), ""), ((), "INT8"), ((), "UINT16"), (("Relu",), "")]
)
def test_what_nobody_says_is_asked_for(front, annotation):
    """A quantizer behind an operator is not that of the input."""
    asked = model(quantizer=bool(front), front=front, annotation=annotation)
    with pytest.raises(FlowError) as error:
        scale_of_input(asked, None)
    assert str(error.value) == (
        "input t0: what a pixel's integers 0..255 stand for is not known, for there is no "
        "quantizer at the input and no annotation of it as an unsigned integer of 8 bits or less; "
        "write `input_scale: 1` into the configuration if the network takes 0..255, "
        "`input_scale: 0.00392156862745098` if it takes [0, 1]"
    )


def test_scales_that_differ_between_channels_are_refused():
    different = model(scale=np.float32([1, 2]).reshape(1, 2, 1, 1))
    with pytest.raises(FlowError, match="quantizer qin at the input: its scale differs"):
        scale_of_input(different, None)


@pytest.mark.parametrize(
    ("own", "given", "levels"), [(1.0, 1 / 255, 2), (1 / 256, 1.0, 2), (1 / 255, 1 / 1020, 65)]
)
def test_a_scale_that_cannot_be_meant_is_refused(own, given, levels):
    """Counted by hand: 1/255 of 255 is level 1, 1 of 1/256 is the highest at once."""
    with pytest.raises(FlowError, match=f"reaches {levels} of the 256 levels of quantizer qin"):
        scale_of_input(model(scale=own), given)


def test_a_few_levels_that_are_not_reached_are_told():
    """Pixels of 1/255 before a quantizer of 1/256: one level is passed over."""
    found = scale_of_input(model(scale=1 / 256), 1 / 255)
    assert found.scale == 1 / 255
    assert "reaches 255 of the 256 levels" in found.note


@pytest.mark.parametrize("bits", [3, 4, 7])
def test_a_narrow_quantizer_under_the_scale_of_8_bit_pixels(bits):
    found = scale_of_input(model(scale=2.0**-bits, bits=bits), 2.0**-8)
    assert (found.scale, found.note) == (2.0**-8, "")
