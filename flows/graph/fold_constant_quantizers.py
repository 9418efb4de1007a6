"""Fold constant quantizers that are no layer's weights (biases, factors) into their values."""

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_node
from qonnx.transformation.base import Transformation

from flows.graph.weight_quantizers import CONVOLUTIONS

QUANTIZERS = ("Quant", "BipolarQuant")


class FoldConstantQuantizers(Transformation):  # type: ignore[misc]
    """apply(QONNX model) -> (the same with those quantizers as constants, whether it changed).

    Quantized weights of a convolution stay: FINN's FoldQuantWeights keeps their integers.
    """

    def apply(self, model: ModelWrapper) -> tuple[ModelWrapper, bool]:
        for node in model.graph.node:
            if node.op_type not in QUANTIZERS:
                continue
            values = {name: model.get_initializer(name) for name in node.input}
            users = model.find_consumers(node.output[0]) or []
            weights = any(u.op_type in CONVOLUTIONS and u.input[1] == node.output[0] for u in users)
            if weights or any(value is None for value in values.values()):
                continue
            context = {**values, node.output[0]: np.zeros((), dtype=np.float32)}
            execute_node(node, context, model.graph, model.get_opset_imports().get(node.domain, 1))
            model.set_initializer(node.output[0], np.asarray(context[node.output[0]], np.float32))
            model.graph.node.remove(node)
            return model, True
        return model, False
