"""Files of several inputs, which meet in every way; their right values."""

from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from tests.flows.foreign_model import node, proto_of

RNG = np.random.default_rng(5)


def file(
    *nodes: Any, inputs: dict[str, tuple[int, ...]], outputs: str = "", **values: Any
) -> ModelProto:
    """A file whose inputs have these shapes; its output is the last node's, or those named."""
    first, *others = inputs
    proto = proto_of(list(nodes), inputs[first], **{**VALUES, **values})
    proto.graph.input[0].name = first
    for name in others:
        made = helper.make_tensor_value_info(name, TensorProto.FLOAT, inputs[name])
        proto.graph.input.append(made)
    if outputs:
        del proto.graph.output[:]
    for name in outputs.split():
        proto.graph.output.add(name=name).type.tensor_type.elem_type = TensorProto.FLOAT
    return proto


VALUES: dict[str, Any] = {
    "w": RNG.normal(size=(4, 2, 3, 3)), "v": RNG.normal(size=(4, 1, 3, 3)),
    "u": RNG.normal(size=(3, 4, 1, 1)), "s": 0.5, "t": 30.0, "k": 0.25, "half": 0.5,
    "b3": 3.0, "b6": 6.0, "b16": 16.0,
}  # fmt: skip


def branch(given: str, weights: str, kind: str = "b8", scale: str = "one", signed: int = 0) -> Any:
    """From an input to levels called <input>_a: a quantizer, a layer of 2-bit weights, another."""
    return [
        node("Quant", f"{given} {scale} zero {kind}", f"{given}_q", f"{given}_in", signed=signed),
        node("Quant", f"{weights} s zero b2", f"{weights}_q", f"{weights}_qw"),
        node("Conv", f"{given}_q {weights}_q", f"{given}_c", f"{given}_conv",
             kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Quant", f"{given}_c t zero b4", f"{given}_a", f"{given}_act"),
    ]  # fmt: skip


HEAD = [
    node("Quant", "u s zero b2", "u_q", "u_qw"),
    node("Conv", "joined u_q", "y", "head", kernel_shape=[1, 1]),
]
TWO = {"left": (1, 2, 8, 6), "right": (1, 1, 8, 6)}

#: name -> file
FILES: dict[str, ModelProto] = {
    "a sum of two images": file(
        *branch("left", "w"), *branch("right", "v", "b3", "half", 1),
        node("Add", "left_a right_a", "joined", "add"), *HEAD, inputs=TWO,
    ),
    "channels of two images": file(
        *branch("left", "w"), *branch("right", "v"),
        node("Concat", "left_a right_a", "joined", "join", axis=1), *HEAD,
        inputs=TWO, u=RNG.normal(size=(3, 8, 1, 1)),
    ),
    "an input joined as it is": file(
        *branch("left", "w", "b4"), node("Quant", "right t zero b4", "right_q", "right_in"),
        node("Concat", "left_a right_q", "joined", "join", axis=1), *HEAD,
        inputs=TWO, u=RNG.normal(size=(3, 5, 1, 1)),
    ),
    "two rates": file(
        *branch("left", "w"), node("MaxPool", "left_a", "left_p", "pool", kernel_shape=[2, 2],
                                   strides=[2, 2]),
        *branch("right", "v", "b6"), node("Add", "left_p right_a", "joined", "add"), *HEAD,
        inputs={"left": (1, 2, 16, 12), "right": (1, 1, 8, 6)},
    ),
    "an image and a vector": file(
        *branch("image", "w"), node("GlobalMaxPool", "image_a", "image_g", "pool"),
        node("Flatten", "image_g", "image_f", "flat"),
        node("Quant", "vector k zero b4", "vector_q", "vector_in"),
        node("Quant", "m s zero b2", "m_q", "m_qw"),
        node("MatMul", "vector_q m_q", "vector_d", "dense"),
        node("Quant", "vector_d t zero b4", "vector_a", "vector_act"),
        node("Concat", "image_f vector_a", "both", "join", axis=1),
        node("Quant", "n s zero b2", "n_q", "n_qw"),
        node("Gemm", "both n_q", "y", "last", transB=1),
        inputs={"image": (1, 2, 8, 6), "vector": (1, 7)},
        m=RNG.normal(size=(7, 3)), n=RNG.normal(size=(2, 7)),
    ),
    "the vector first, of 16 bits": file(
        node("Quant", "vector k zero b16", "vector_q", "vector_in"),
        node("Quant", "m s zero b2", "m_q", "m_qw"),
        node("Gemm", "vector_q m_q", "vector_d", "dense", transB=1),
        node("Quant", "vector_d big zero b4", "vector_a", "vector_act"),
        node("Reshape", "vector_a d", "vector_r", "reshape"),
        *branch("image", "w"), node("GlobalMaxPool", "image_a", "image_g", "pool"),
        node("Concat", "vector_r image_g", "joined", "join", axis=1), *HEAD,
        inputs={"vector": (1, 5), "image": (1, 2, 8, 6)}, big=9000.0,
        m=RNG.normal(size=(3, 5)), u=RNG.normal(size=(3, 7, 1, 1)), d=np.array([1, 3, 1, 1]),
    ),
    "readers of one input, and of the other": file(
        *branch("left", "w"), *branch("right", "v"),
        node("Quant", "z s zero b2", "z_q", "z_qw"),
        node("Conv", "left_q z_q", "skip_c", "skip", kernel_shape=[1, 1]),
        node("Quant", "skip_c t zero b4", "skip_a", "skip_act"),
        node("Add", "left_a right_a", "sum", "add"), node("Concat", "sum skip_a", "joined", "join",
                                                          axis=1), *HEAD,
        inputs=TWO, z=RNG.normal(size=(2, 2, 1, 1)), u=RNG.normal(size=(3, 6, 1, 1)),
    ),
    "a picture laid flat beside a vector": file(
        *branch("image", "w", "b4"), node("Flatten", "image_a", "image_f", "flat"),
        node("Quant", "vector t zero b4", "vector_q", "vector_in"),
        node("Concat", "vector_q image_f", "both", "join", axis=1),
        node("Quant", "n s zero b2", "n_q", "n_qw"),
        node("Gemm", "both n_q bias", "z", "last", transB=1, alpha=0.5),
        node("Quant", "z t zero b6", "y", "act"),
        inputs={"image": (1, 2, 4, 3), "vector": (1, 5)},
        n=RNG.normal(size=(2, 53)), bias=np.array([4.0, -6.0]),
    ),
    "one leaves as it is": file(
        *branch("left", "w", "b4"), node("Quant", "right t zero b4", "right_q", "right_in"),
        node("Identity", "left_a", "joined", "id"), *HEAD, inputs=TWO, outputs="y right_q",
    ),
    "one is the host's to add": file(
        *branch("left", "w", "b4"), node("Quant", "right t zero b4", "right_q", "right_in"),
        node("Identity", "left_a", "joined", "id"), *HEAD,
        node("Softmax", "y", "p", "soft", axis=1), node("Mul", "p right_q", "z", "gate"),
        inputs=TWO,
    ),
    "one is not used": file(
        *branch("left", "w", "b4"), node("Identity", "left_a", "joined", "id"),
        node("Relu", "right", "nobody", "dead"), *HEAD, inputs=TWO,
    ),
    "three": file(
        *branch("left", "w"), *branch("right", "v"),
        *branch("third", "x", "b1", signed=0),
        node("Add", "left_a right_a", "sum", "add"), node("Add", "sum third_a", "joined", "more"),
        *HEAD, inputs={**TWO, "third": (1, 3, 8, 6)}, x=RNG.normal(size=(4, 3, 3, 3)),
    ),
}  # fmt: skip


def by_file(proto: ModelProto, images: dict[str, Any]) -> dict[str, Any]:
    """Outputs by name of inputs as they lie in the file: QONNX and onnxruntime execute it."""
    model = ModelWrapper(proto, make_deepcopy=True).transform(InferShapes())
    for tensor in model.get_all_tensor_names():
        model.get_tensor_shape(tensor, fix_missing_init_shape=True)
    return dict(execute_onnx(model, {k: v.astype(np.float32) for k, v in images.items()}))


def reals(proto: ModelProto, frame: dict[str, Any]) -> dict[str, Any]:
    """Inputs as they lie in the file, of a frame of integers (H, W, C) by the file's names.

    An integer stands for a step of the quantizer <input>_in; an input without one is of no use.
    """
    constants = {t.name: numpy_helper.to_array(t) for t in proto.graph.initializer}
    steps = {n.name: constants[n.input[1]] for n in proto.graph.node if n.op_type == "Quant"}
    found = {}
    for info in proto.graph.input:
        dims = tuple(d.dim_value for d in info.type.tensor_type.shape.dim)
        if info.name not in frame:
            found[info.name] = np.zeros(dims)
            continue
        image = frame[info.name].transpose(2, 0, 1)
        found[info.name] = image.reshape(dims) * steps[f"{info.name}_in"].astype(np.float64)
    return found


def check(proto: ModelProto, outputs: dict[str, Any], frames: dict[str, Any]) -> None:
    """Outputs (N, ...) by name are what the file gives for each frame, and not all alike."""
    count = len(next(iter(frames.values())))
    for index in range(count):
        images = {name: array[index] for name, array in frames.items()}
        for name, right in by_file(proto, reals(proto, images)).items():
            mine = outputs[name][index].reshape(right.shape)
            np.testing.assert_allclose(mine, right, rtol=2e-6, atol=2e-6 * np.abs(right).max())
    assert all(np.ptp(values) > 0 for values in outputs.values())


def save(name: str, folder: Any, more: str = "target_fps: 10000") -> Any:
    """The file and a configuration in a folder; the latter's path."""
    onnx.save(FILES[name], str(folder / "net.onnx"))
    config = folder / "c.yaml"
    config.write_text(f"model: net.onnx\noutput_dir: b\n{more}\n")
    return config
