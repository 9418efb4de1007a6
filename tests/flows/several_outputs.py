"""Files of several outputs, or whose host's tail reads several tensors; their right values."""

from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from tests.flows.foreign_model import node, proto_of

RNG = np.random.default_rng(3)
SHAPE = (1, 2, 8, 6)
#: An image, a layer and its levels ``a``; ``h`` and ``g`` are sums of other layers behind them.
BODY = [
    node("Quant", "x one zero b8", "q", "qin", signed=0),
    node("Quant", "w s zero b2", "wq", "qw"),
    node("Conv", "q wq", "c", "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    node("Relu", "c", "r", "relu"),
    node("Quant", "r t zero b4", "a", "act", signed=0),
    node("Quant", "v s zero b2", "vq", "qv"),
    node("Conv", "a vq", "h", "head", kernel_shape=[1, 1]),
    node("Quant", "u k zero b4", "uq", "qu"),
    node("Conv", "a uq", "g", "deep", kernel_shape=[3, 3], strides=[2, 2]),
]
VALUES: dict[str, Any] = {
    "w": RNG.normal(size=(4, 2, 3, 3)), "v": RNG.normal(size=(3, 4, 1, 1)),
    "u": RNG.normal(size=(5, 4, 3, 3)), "s": 0.5, "t": 40.0, "k": 0.3,
}  # fmt: skip


def file(*tail: Any, outputs: str, kinds: str = "", **values: Any) -> ModelProto:
    """kinds: a letter an output, f (float32) or i (int64)."""
    proto = proto_of([*BODY, *tail], SHAPE, **{**VALUES, **values})
    del proto.graph.output[:]
    for name, kind in zip(outputs.split(), kinds or "f" * 99, strict=False):
        made = proto.graph.output.add(name=name)
        made.type.tensor_type.elem_type = TensorProto.INT64 if kind == "i" else TensorProto.FLOAT
    return proto


_JOINED = [
    node("Reshape", "h m", "hf", "flat_h"), node("Reshape", "g m", "gf", "flat_g"),
    node("Concat", "hf gf", "y", "join", axis=1),
]  # fmt: skip

#: name -> (file, operators that are the host's, tensors of the integer graph that leave it)
FILES: dict[str, tuple[ModelProto, list[str], int]] = {
    "two heads of two sizes": (file(outputs="h g"), [], 2),
    "the levels between, which go on": (file(outputs="g a"), [], 2),
    "sums between, in front of their quantizer": (file(outputs="g c"), [], 2),
    "one tensor, with two scales": (
        file(node("Mul", "h k", "y"), node("Add", "h k", "z"), outputs="y z h"), [], 1,
    ),
    "the input's levels": (file(outputs="q g"), [], 2),
    "ranks two, three and four": (
        file(node("Flatten", "g", "y"), node("Reshape", "h d", "z"), outputs="y z a",
             d=np.array([1, 3, 48])), [], 3,
    ),
    "one of them has a tail": (
        file(node("Sigmoid", "h", "y", "sigmoid"), outputs="y g"), ["Sigmoid"], 2,
    ),
    "numbers and their places": (
        file(node("TopK", "h n", "y z", "top", axis=1), node("ArgMax", "g", "i", "best", axis=1),
             outputs="y z i", kinds="fii", n=np.array([2])), ["TopK", "ArgMax"], 2,
    ),
    "a function on both sides": (file(outputs="r g"), ["Relu"], 2),
    "a constant": (
        file(node("Mul", "pairs k", "y", "anchors"), outputs="g y", pairs=np.array([1.0, 2.5])),
        ["Mul"], 1,
    ),
    "heads joined on the host": (
        file(*_JOINED, outputs="y", m=np.array([1, -1])), ["Concat"], 2,
    ),
    "a sum of floats behind two layers": (
        file(node("Quant", "w2 irrational zero b4", "w2q", "qw2"),
             node("Conv", "a w2q", "o", "other", kernel_shape=[1, 1]),
             node("Add", "h o", "e", "add"), node("Relu", "e", "y", "last"), outputs="y",
             w2=RNG.normal(size=(3, 4, 1, 1)), irrational=float(np.sqrt(0.1))),
        ["Add", "Relu"], 2,
    ),
    "a product of two quantizers": (
        file(node("Softmax", "h", "p", "soft", axis=1), node("Quant", "h t zero b4", "z", "qz"),
             node("Mul", "p z", "y", "mul"), outputs="y z"), ["Softmax", "Mul"], 2,
    ),
}  # fmt: skip


def by_file(proto: ModelProto, frame: Any) -> dict[str, Any]:
    """Outputs by name of a frame (H, W, C): QONNX and onnxruntime execute the file."""
    model = ModelWrapper(proto, make_deepcopy=True).transform(InferShapes())
    for tensor in model.get_all_tensor_names():
        model.get_tensor_shape(tensor, fix_missing_init_shape=True)
    image = frame.transpose(2, 0, 1)[None].astype(np.float32)
    return dict(execute_onnx(model, {"x": image}))


def frames(count: int) -> Any:
    """(N, H, W, C)"""
    return np.random.default_rng(1).integers(0, 256, (count, 8, 6, 2)).astype(np.uint8)


def check(proto: ModelProto, found: dict[str, Any], images: Any) -> None:
    """The host makes of the integers whatever the file gives, in order, shape and type."""
    assert list(found) == [info.name for info in proto.graph.output]
    for index, image in enumerate(images):
        for name, right in by_file(proto, image).items():
            whole = found[name]
            mine = whole[index : index + 1] if right.ndim and right.shape[0] == 1 else whole[index]
            assert (mine.shape, mine.dtype) == (right.shape, right.dtype)
            np.testing.assert_allclose(mine, right, rtol=2e-6, atol=2e-6 * np.abs(right).max())
