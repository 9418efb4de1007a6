"""ONNX models as others write them, run by QONNX itself and by our integers."""

from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.run.emulator import Emulator
from tests.flows.builder import DOMAIN
from tests.flows.flow import decoded

CUSTOM = ("Quant", "IntQuant", "BipolarQuant", "Trunc", "QuantAvgPool2d")


def node(op: str, source: str, result: str, name: str = "", **attrs: Any) -> Any:
    """source: names of the inputs; "-" is the empty name of an input that is left out."""
    inputs = ["" if word == "-" else word for word in source.split()]
    domain = DOMAIN if op in CUSTOM else ""
    if op in CUSTOM[:2]:
        attrs = {"signed": 1, "narrow": 0, "rounding_mode": "ROUND", **attrs}
    return helper.make_node(op, inputs, result.split(), name=name, domain=domain, **attrs)


def proto_of(
    nodes: list[Any], shape: Any, opset: int = 18, custom: int = 1, **values: Any
) -> ModelProto:
    """Model of an image x of this shape; values: initializers, float32
    where they are no array of another type than float64, nor a TensorProto."""
    values = {"one": 1.0, "zero": 0.0, "b1": 1.0, "b2": 2.0, "b4": 4.0, "b8": 8.0, **values}
    used = {name for n in nodes for name in n.input}
    initializers = [_tensor(k, v) for k, v in values.items() if k in used]
    output = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)
    graph = helper.make_graph(
        nodes,
        "foreign",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [output],
        initializers,
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(DOMAIN, custom)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def _tensor(name: str, value: Any) -> TensorProto:
    if isinstance(value, TensorProto):
        value.name = name
        return value
    value = np.asarray(value)
    return numpy_helper.from_array(
        value.astype(np.float32) if value.dtype == float else value, name
    )


def by_qonnx(proto: ModelProto, image: Any) -> Any:
    """The output (1, C, H, W) of an image (1, C, H, W), float32: QONNX executes the model."""
    model = ModelWrapper(proto, make_deepcopy=True).transform(InferShapes())
    for tensor in model.get_all_tensor_names():
        model.get_tensor_shape(tensor, fix_missing_init_shape=True)
    result = execute_onnx(model, {"x": np.asarray(image, np.float32)})
    return next(iter(result.values()))


def by_integers(proto: ModelProto, folder: Any, frame: Any, scale: float | None = None) -> Any:
    """The output (1, C, H, W) that our integer graph gives for a frame (H, W, C), decoded."""
    path = folder / "model.onnx"
    onnx.save(proto, str(path))
    emulator = Emulator(streamline(prepare(load_qonnx(path)), scale), 1)
    values = decoded(emulator, emulator.boundaries(frame)[emulator.graph.output][0])
    return np.asarray(values)


def compare(
    proto: ModelProto, folder: Any, expected: Any = None, scale: float | None = None
) -> None:
    """Our integers give what QONNX gives (or what expected says of a float64 image).

    scale: what one step of the pixels stands for, where no quantizer at the input says it.
    """
    _, channels, height, width = (
        d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim
    )
    rng = np.random.default_rng(0)
    for _ in range(2):
        frame = rng.integers(0, 256, (height, width, channels)).astype(np.uint8)
        image = frame.transpose(2, 0, 1)[None].astype(np.float64)
        right = by_qonnx(proto, image) if expected is None else expected(image)
        assert np.ptp(right) > 0, "the frames reach one level alone"
        mine = by_integers(proto, folder, frame, scale)
        np.testing.assert_allclose(mine.reshape(right.shape), right, rtol=1e-5, atol=1e-5)
