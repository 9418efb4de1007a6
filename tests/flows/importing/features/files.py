"""Writing such files by ``onnx.helper``: a tensor at a time."""

from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper

QONNX = "qonnx.custom_op.general"


class File:
    """A file of one input x. Methods append nodes and return the name of what they make."""

    def __init__(
        self, shape: tuple[Any, ...], opset: int = 13, domain: str = QONNX, seed: int = 0
    ) -> None:
        self.shape, self.opset, self.domain = shape, opset, domain
        self.rng = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: list[Any] = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]

    def const(self, value: Any, dtype: Any = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def op(self, kind: str, *inputs: str, domain: str = "", **attrs: Any) -> str:
        name = f"t{len(self.nodes)}"
        made = helper.make_node(
            kind, list(inputs), [name], name=f"{kind}_{len(self.nodes)}", domain=domain, **attrs
        )
        self.nodes.append(made)
        return name

    def quant(
        self,
        source: str,
        scale: Any = 0.25,
        bits: int = 4,
        signed: int = 0,
        narrow: int = 0,
        kind: str = "Quant",
    ) -> str:
        parameters = (self.const(scale), self.const(0.0), self.const(bits))
        attrs = {"signed": signed, "narrow": narrow, "rounding_mode": "ROUND"}
        return self.op(kind, source, *parameters, domain=self.domain, **attrs)

    def image(self) -> str:
        """The input as unsigned integers of 8 bits, as k / 256."""
        return self.quant("x", 2.0**-8, 8)

    def weights(self, *shape: int, scale: Any = 0.25, bits: int = 4) -> str:
        """Quantized weights of that shape."""
        values = self.rng.integers(-7, 8, shape) * np.float32(0.25)
        return self.quant(self.const(values), scale, bits, 1)

    def conv(
        self, source: str, inputs: int, outputs: int, kernel: Any = (3, 3), **attrs: Any
    ) -> str:
        weights = self.weights(outputs, inputs, *kernel)
        return self.op("Conv", source, weights, kernel_shape=list(kernel), **attrs)

    def dense(self, source: str, inputs: int, outputs: int, **attrs: Any) -> str:
        """Gemm with weights (outputs, inputs), as exporters of PyTorch write it."""
        weights = self.weights(outputs, inputs)
        return self.op("Gemm", source, weights, transB=1, **attrs)

    def norm(self, source: str, channels: int, domain: str = "") -> str:
        draw = self.rng.uniform
        parameters = [
            self.const(draw(low, high, channels))
            for low, high in ((0.5, 1.5), (-0.5, 0.5), (-0.5, 0.5), (0.5, 2.0))
        ]
        return self.op("BatchNormalization", source, *parameters, domain=domain, epsilon=1e-5)

    def finish(self, output: str, **versions: int) -> ModelProto:
        """The model that ends in a tensor."""
        graph = helper.make_graph(
            self.nodes,
            "feature",
            self.inputs,
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            self.constants,
        )
        domains = {node.domain for node in self.nodes} - {"", "ai.onnx"}
        opsets = [helper.make_opsetid("", self.opset)]
        opsets += [helper.make_opsetid(d, versions.get("custom", 1)) for d in sorted(domains)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def save(model: ModelProto, path: Any) -> None:
    onnx.save(model, str(path))
