"""Every operator that is folded where it is constant is refused by its name on an activation."""

from collections.abc import Callable

import numpy as np
import pytest
from onnx import TensorProto, helper

from flows.build.steps.import_model import import_file, load_qonnx, prepare
from flows.errors import FlowError
from flows.importing.operators import FOLDABLE, SUPPORTED
from tests.flows.importing.features.files import File, save

OF_TRUTH = ("And", "Or", "Xor", "Not")
COMPARED = ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual")
#: What makes no number of an activation's numbers.
OF_SHAPES = {"Shape", "Size", "Constant"}
ON_ACTIVATIONS = sorted(FOLDABLE - SUPPORTED[""] - OF_SHAPES)

ARGUMENTS: dict[str, Callable[[File], tuple[list[str], dict[str, object]]]] = {
    "CastLike": lambda f: ([f.const(1.0)], {}),
    "Compress": lambda f: ([f.const([1, 0], bool)], {"axis": 1}),
    "CumSum": lambda f: ([f.const(1, np.int32)], {}),
    "Einsum": lambda f: (["t3"], {"equation": "nchw,nchw->nchw"}),
    "GatherElements": lambda f: ([f.const(np.zeros((1, 2, 6, 6)), np.int64)], {"axis": 1}),
    "GatherND": lambda f: ([f.const(np.zeros((1, 4)), np.int64)], {}),
    "LpNormalization": lambda f: ([], {"axis": 1}),
    "Mod": lambda f: ([f.const(2.0)], {"fmod": 1}),
    "OneHot": lambda f: ([f.const(4, np.int64), f.const([0.0, 1.0])], {}),
    "Range": lambda f: ([f.const(5.0), f.const(1.0)], {}),
    "ScatterElements": lambda f: (
        [f.const(np.zeros((1, 2, 6, 6)), np.int64), f.const(np.zeros((1, 2, 6, 6)))],
        {"axis": 1},
    ),
    "ScatterND": lambda f: ([f.const(np.zeros((1, 4)), np.int64), f.const([0.0])], {}),
    "Tile": lambda f: ([f.const([1, 2, 1, 1], np.int64)], {}),
    **dict.fromkeys(COMPARED, lambda f: ([f.const(1.0)], {})),
    **dict.fromkeys(OF_TRUTH[:3], lambda f: ([f.const(True, bool)], {})),
}


def with_operator(kind: str) -> File:
    """Operator kind on a quantized tensor, with a function and a quantizer behind."""
    f = File((1, 2, 6, 6), opset=18)
    t = f.quant(f.conv(f.image(), 2, 2, pads=[1] * 4), 0.5, 3)
    if kind == "Where":
        t = f.op(kind, f.const(True, bool), t, f.const(1.0))
    else:
        others, attrs = ARGUMENTS.get(kind, lambda f: ([], {}))(f)
        t = f.op(kind, t, *others, **attrs)
    if kind in (*OF_TRUTH, *COMPARED):
        t = f.op("Cast", t, to=TensorProto.FLOAT)
    f.quant(f.op("Relu", t), 0.5, 3)
    return f


@pytest.mark.parametrize("kind", ON_ACTIVATIONS)
def test_it_is_refused_by_its_name_alone(kind, tmp_path):
    f = with_operator(kind)
    save(f.finish(f.nodes[-1].output[0]), tmp_path / "file.onnx")
    with pytest.raises(FlowError) as caught:
        prepare(load_qonnx(tmp_path / "file.onnx"))
    (node,) = (node.name for node in f.nodes if node.op_type == kind)
    said, what_to_do = str(caught.value).split("\n")
    assert said == (
        f"node {node} ({kind}): operator {kind} is not supported on activations, but of constants "
        "alone"
    )
    assert "docs/why-refused.md#operators" in what_to_do


def test_what_stands_behind_is_looked_at_too(tmp_path):
    """A comparison and one more fault; what comes of the type of truth values is no fault."""
    f = with_operator("Greater")
    t = f.op("Conv", f.nodes[-1].output[0], f.const(f.rng.normal(size=(3, 2, 1, 1))))
    save(f.finish(f.quant(t, 0.5, 3)), tmp_path / "file.onnx")
    with pytest.raises(FlowError) as caught:
        import_file(tmp_path / "file.onnx")
    assert [text.split(":")[0] for text in caught.value.texts] == [
        "node Greater_4 (Greater)",
        "node Conv_8 (Conv)",
    ]


def test_shapes_of_activations_are_constants(tmp_path):
    """As exporters write a view whose sizes are computed of a shape."""
    f = File((1, 2, 6, 6), opset=18)
    t = f.quant(f.conv(f.image(), 2, 2, pads=[1] * 4), 0.5, 3)
    half = f.op("Div", f.op("Shape", t), f.const([1, 1, 1, 1], np.int64))
    ones = f.op("ConstantOfShape", half, value=helper.make_tensor("v", 1, [1], [2.0]))
    save(f.finish(f.quant(f.op("Add", t, f.op("Sin", ones)), 0.5, 3)), tmp_path / "file.onnx")
    prepare(load_qonnx(tmp_path / "file.onnx"))
