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


def model(quantizer=True, scale=1.0, bits=8, front=(), annotation="", zero=0, **attrs):
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
    values = {"s": scale, "z": zero, "b": bits}
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


@pytest.mark.parametrize(
    ("annotation", "integers"),
    [
        ("UINT8", (0, 255, 1)),
        ("UINT4", (0, 15, 1)),
        ("BINARY", (0, 1, 1)),
        ("INT5", (-16, 15, 1)),
        ("INT16", (-32768, 32767, 1)),
        ("TERNARY", (-1, 1, 1)),
        ("BIPOLAR", (-1, 1, 2)),
    ],
)
def test_an_annotated_input_has_scale_1(annotation, integers):
    found = scale_of_input(model(quantizer=False, annotation=annotation), None)
    assert found.scale == 1
    assert annotation in found.source
    assert (found.type.lo, found.type.hi, found.type.step) == integers


@pytest.mark.parametrize(
    ("bits", "attrs", "zero", "integers"),
    [
        (8, {}, 0, (0, 255, 1)),
        (3, {}, 0, (0, 7, 1)),
        (8, {"signed": 1}, 0, (-128, 127, 1)),
        (8, {"signed": 1, "narrow": 1}, 0, (-127, 127, 1)),
        (8, {}, 128, (-128, 127, 1)),
        (8, {"signed": 1}, -128, (0, 255, 1)),
        (16, {"signed": 1}, 0, (-32768, 32767, 1)),
        (16, {}, 0, (0, 65535, 1)),
        (1, {"signed": 1}, 0, (-1, 1, 2)),
        (1, {}, 0, (0, 1, 1)),
    ],
)
def test_the_quantizer_decides_the_integers(bits, attrs, zero, integers):
    """Levels less the zero point, counted by hand."""
    found = scale_of_input(model(scale=0.5, bits=bits, zero=zero, **attrs), None)
    assert (found.type.lo, found.type.hi, found.type.step) == integers
    assert (found.scale, found.zero_point) == (0.5, zero)


def test_the_configuration_says_the_integers():
    """Where no quantizer does, and before one that does; without it they are pixels."""
    found = scale_of_input(model(quantizer=False), 0.25, "INT4")
    assert (found.type.name, found.scale) == ("INT4", 0.25)
    assert scale_of_input(model(quantizer=False), 0.25).type.name == "UINT8"
    assert scale_of_input(model(bits=8), None, "UINT7").type.name == "UINT7"
    with pytest.raises(FlowError, match="input_type = FLOAT32 of the configuration; expected INT"):
        scale_of_input(model(), None, "FLOAT32")


@pytest.mark.parametrize(("front", "scale"), [((), 1.0), (("MaxPool", "Identity"), 0.5)])
def test_a_signed_quantizer_under_another_scale_is_asked_for(front, scale):
    """Pixels would never reach its levels below zero."""
    asked = model(scale=0.5, signed=1, front=front)
    with pytest.raises(FlowError, match="input t0: quantizer qin keeps numbers below zero, and"):
        scale_of_input(asked, 1.0)
    assert scale_of_input(asked, 0.5, "INT8").type.name == "INT8"
    assert scale_of_input(asked, 1.0, "UINT8").type.name == "UINT8"


def test_the_configuration_says_it_where_nothing_else_does():
    found = scale_of_input(model(quantizer=False), 1 / 255)
    assert (found.scale, found.source) == (1 / 255, "input_scale of the configuration")


@pytest.mark.parametrize(
    ("front", "annotation"), [((), ""), ((), "INT17"), ((), "FIXED<8,4>"), (("Relu",), "")]
)
def test_what_nobody_says_is_asked_for(front, annotation):
    """A quantizer behind an operator is not that of the input."""
    asked = model(quantizer=bool(front), front=front, annotation=annotation)
    with pytest.raises(FlowError) as error:
        scale_of_input(asked, None)
    assert str(error.value) == (
        "input t0: what its integers stand for is not known, for there is no quantizer at the "
        "input and no annotation of it as integers of at most 16 bits; write `input_scale: 1` into "
        "the configuration if the network takes pixels of 0..255, `input_scale: "
        "0.00392156862745098` if it takes them as [0, 1], and `input_type: INT8` or another if "
        "they are no pixels"
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
