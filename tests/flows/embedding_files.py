"""Files whose input numbers rows of a table, as exporters write them; their right values."""

from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from flows.run.host_tail import HostTail
from tests.flows.foreign_model import node, proto_of

RNG = np.random.default_rng(7)
ROWS = 20
#: Constants, by name. t: a table of reals; t8: of integers with a zero point.
VALUES: dict[str, Any] = {
    "t": RNG.normal(size=(ROWS, 6)), "ts": 0.25, "ws": 0.25, "as": 0.5, "b3": 3.0,
    "t8": RNG.integers(-90, 90, (ROWS, 6)).astype(np.int8), "z8": np.int8(3), "s8": 0.03125,
    "columns": RNG.uniform(0.02, 0.05, 6), "rows": RNG.uniform(0.1, 0.3, (ROWS, 1)),
    "w": RNG.normal(size=(5, 6, 3)), "v": RNG.normal(size=(5, 3)), "u": RNG.normal(size=(54, 3)),
    "k": RNG.normal(size=(4, 6, 3, 3)), "m": RNG.normal(size=(8, 4)), "flat": np.array([1, -1]),
}  # fmt: skip


def file(
    *nodes: Any, shape: tuple[int, ...] = (1, 9), kind: int = TensorProto.INT64, **values: Any
) -> ModelProto:
    """A file of one input x of indices, of this type; its output is the last node's."""
    proto = proto_of(list(nodes), shape, **{**VALUES, **values})
    proto.graph.input[0].type.tensor_type.elem_type = kind
    return proto


def table(scale: str = "ts") -> list[Any]:
    """Rows of the quantized table, called e."""
    return [
        node("Quant", f"t {scale} zero b4", "tq", "table"), node("Gather", "tq x", "e", "embedding")
    ]  # fmt: skip


def text(source: str = "e") -> list[Any]:
    """A classifier of texts behind rows (1, words, elements): convolution, maximum, dense layer."""
    return [
        node("Transpose", source, "et", "channels", perm=[0, 2, 1]),
        node("Quant", "w ws zero b3", "wq", "w_quant"),
        node("Conv", "et wq", "c", "conv", kernel_shape=[3], pads=[1, 1]),
        node("Relu", "c", "r", "relu"),
        node("Quant", "r as zero b4", "a", "act", signed=0),
        node("GlobalMaxPool", "a", "p", "pool"),
        node("Flatten", "p", "f", "flatten"),
        *dense("f", "v", "y"),
    ]


def dense(source: str, weights: str, result: str) -> list[Any]:
    return [
        node("Quant", f"{weights} ws zero b3", f"{weights}_q", f"{weights}_quant"),
        node("MatMul", f"{source} {weights}_q", result, f"{result}_dense"),
    ]


def behind(name: str) -> Any:
    """A quantizer of what the Gather gives, called name."""
    return node("Quant", f"{name} ts zero b4", "e", "rows_quant")


#: name -> file
FILES: dict[str, ModelProto] = {
    "quantized table": file(*table(), *text()),
    "table of reals": file(node("Gather", "t x", "e0", "embedding"), behind("e0"), *text()),
    "a function behind reals": file(
        node("Gather", "t x", "e0", "embedding"), node("Tanh", "e0", "e1", "tanh"), behind("e1"),
        *text(),
    ),
    "a scale a row": file(
        node("Quant", "t rows zero b4", "tq", "table"), node("Gather", "tq x", "e0", "embedding"),
        behind("e0"), *text(),
    ),
    "a scale a column": file(
        node("DequantizeLinear", "t8 columns", "tq", "table", axis=1),
        node("Gather", "tq x", "e0", "embedding"), behind("e0"), *text(),
    ),
    "dequantized in front": file(
        node("DequantizeLinear", "t8 s8 z8", "tq", "table"),
        node("Gather", "tq x", "e", "embedding"), *text(),
    ),
    "dequantized behind": file(
        node("Gather", "t8 x", "e8", "embedding"),
        node("DequantizeLinear", "e8 s8 z8", "e", "rows"), *text(),
    ),
    "dequantized behind, a scale a column": file(
        node("Gather", "t8 x", "e8", "embedding"),
        node("DequantizeLinear", "e8 columns", "e0", "rows", axis=2), behind("e0"), *text(),
    ),
    "all words at once": file(
        *table(), node("Reshape", "e flat", "f", "flatten"), *dense("f", "u", "y"),
        kind=TensorProto.INT32,
    ),
    "a picture of a palette": file(
        *table(), node("Transpose", "e", "et", "channels", perm=[0, 3, 1, 2]),
        node("Quant", "k ws zero b3", "kq", "k_quant"),
        node("Conv", "et kq", "y", "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        shape=(1, 5, 4),
    ),
    "categories of a row": file(
        node("Gather", "x first", "i", "one", axis=1), node("Gather", "x last", "j", "two", axis=1),
        node("Quant", "p ts zero b4", "pq", "p_quant"),
        node("Quant", "q ts zero b4", "qq", "q_quant"),
        node("Gather", "pq i", "ep", "of_p"), node("Gather", "qq j", "eq", "of_q"),
        node("Concat", "ep eq", "f", "join", axis=1), *dense("f", "m", "y"),
        shape=(1, 3), p=RNG.normal(size=(7, 5)), q=RNG.normal(size=(11, 3)), first=np.array(0),
        last=np.array(2),
    ),
    "cast indices": file(
        node("Cast", "x", "i", "cast", to=TensorProto.INT64),
        node("Quant", "t ts zero b4", "tq", "table"), node("Gather", "tq i", "e", "embedding"),
        *text(), kind=TensorProto.FLOAT,
    ),
    "a mean of words": file(
        *table(), node("ReduceMean", "e axes", "p", "mean", keepdims=0), *dense("p", "v6", "y"),
        axes=np.array([1]), v6=RNG.normal(size=(6, 3)),
    ),
}  # fmt: skip


def by_the_file(proto: ModelProto, indices: Any) -> Any:
    """The file's own output of each frame of indices, as the file has them: QONNX executes it."""
    model = ModelWrapper(proto, make_deepcopy=True).transform(InferShapes())
    kind = helper.tensor_dtype_to_np_dtype(proto.graph.input[0].type.tensor_type.elem_type)
    found = [next(iter(execute_onnx(model, {"x": f[None].astype(kind)}).values())) for f in indices]
    return np.concatenate(found)


def by_integers(build: Any, integers: Any) -> Any:
    """The file's output of our integers (N, H, W, C), by host_tail.onnx."""
    return next(iter(HostTail.load(build.paths.host_tail).run(integers).values()))


def save(proto: ModelProto, folder: Any, more: str = "") -> Any:
    """The file and its configuration, of which it is the path."""
    onnx.save(proto, str(folder / "file.onnx"))
    path = folder / "config.yaml"
    path.write_text(f"model: file.onnx\noutput_dir: build\ntarget_fps: 20000\n{more}\n")
    return path
