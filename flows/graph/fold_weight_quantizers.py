"""Quantized weights become integers, and their scale a factor behind the layer: all in one pass.

What FINN's FoldQuantWeights does, which infers all shapes anew for each of them. The quantizers
are those that ``settle_weight_quantizers`` leaves: one reader each, a scale of shape () or of one
number an output channel, no zero point.
"""

import numpy as np
from onnx import helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_node
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from flows.graph.fresh_name import fresh_name
from flows.graph.weight_quantizers import CONVOLUTIONS, QUANTIZERS


class FoldWeightQuantizers(Transformation):  # type: ignore[misc]
    """apply(QONNX model) -> (the same with integer weights, False: nothing is left to do)."""

    def apply(self, model: ModelWrapper) -> tuple[ModelWrapper, bool]:
        constants = {i.name for i in model.graph.initializer}
        makers = {
            node.output[0]: node
            for node in model.graph.node
            if node.op_type in QUANTIZERS and constants.issuperset(node.input)
        }
        taken = set(model.get_all_tensor_names())
        made = []
        for node in model.graph.node:
            maker = makers.get(node.input[1]) if node.op_type in CONVOLUTIONS else None
            if makers.get(node.output[0]) is not node:
                made.append(node)
            if maker is None:
                continue
            name = maker.output[0]
            context = {source: model.get_initializer(source) for source in maker.input}
            scale = context[maker.input[1]]
            context[name] = np.zeros((), np.float32)
            version = model.get_opset_imports().get(maker.domain, 1)
            execute_node(maker, context, model.graph, version)
            integers = np.rint(context[name] / scale)
            kind = getCustomOp(maker).get_integer_datatype(model)
            model.set_initializer(name, integers.astype(np.float32))
            model.set_tensor_datatype(name, kind)
            if np.all(scale == 1):
                continue
            shape = () if scale.size == 1 else (1, -1, 1, 1)
            output = node.output[0]
            inner = fresh_name(f"{output}_of_integers", taken)
            factor = fresh_name(f"{output}_scale", taken)
            node.output[0] = inner
            model.set_tensor_shape(inner, model.get_tensor_shape(output))
            model.set_initializer(factor, scale.reshape(shape))
            made.append(helper.make_node("Mul", [inner, factor], [output]))
        copies = [type(node).FromString(node.SerializeToString()) for node in made]
        del model.graph.node[:]
        model.graph.node.extend(copies)
        return model, False
