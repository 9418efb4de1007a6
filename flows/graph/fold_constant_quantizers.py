"""Fold constant quantizers that are no layer's weights (biases, factors) into their values."""

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_node
from qonnx.transformation.base import Transformation

from flows.graph.weight_quantizers import CONVOLUTIONS

QUANTIZERS = ("Quant", "BipolarQuant")


class FoldConstantQuantizers(Transformation):  # type: ignore[misc]
    """apply(QONNX model) -> (the same with those quantizers as constants, False: all are).

    Quantized weights of a convolution stay: FoldWeightQuantizers keeps their integers.
    """

    def apply(self, model: ModelWrapper) -> tuple[ModelWrapper, bool]:
        constants = {i.name for i in model.graph.initializer}
        weights = {node.input[1] for node in model.graph.node if node.op_type in CONVOLUTIONS}
        for node in list(model.graph.node):
            is_constant = node.op_type in QUANTIZERS and constants.issuperset(node.input)
            if not is_constant or node.output[0] in weights:
                continue
            context = {name: model.get_initializer(name) for name in node.input}
            context[node.output[0]] = np.zeros((), dtype=np.float32)
            execute_node(node, context, model.graph, model.get_opset_imports().get(node.domain, 1))
            model.set_initializer(node.output[0], np.asarray(context[node.output[0]], np.float32))
            constants.add(node.output[0])
            model.graph.node.remove(node)
        return model, False
