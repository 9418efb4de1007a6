"""The nodes between two quantizers of an imported file, in float64 by ONNX's own evaluator.

float32 may carry a value over a step that it lies next to, and a long sum by more than one unit.
Where the execution in float32 and our integers differ, this says which of the two is right: the
exact levels in front of a tensor go in, the file's own nodes run in float64.
"""

from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper
from onnx.reference import ReferenceEvaluator

from flows.importing.channels_last import usual
from flows.importing.domains import QONNX
from flows.reference import quantizers
from flows.reference.execution import ImportedModel, Tensors
from flows.reference.inference import OPERATORS
from flows.reference.lowered_operators import LOWERED_OPERATORS
from flows.reference.quantizers import QUANTIZERS

#: Operators of numbers, one by one: of constants beside a tensor of the image.
ELEMENTWISE = ("Add", "Sub", "Mul", "Div")


class Doubles:
    """Values in float64 of one execution. tensors: what ImportedModel.run returned.

    images: of each input, as it lies in the file, float64, exact; none where given says all that
    is needed. given: tensors that are to start from exact values.
    """

    def __init__(
        self, model: ImportedModel, tensors: Tensors, images: Tensors, given: Tensors | None = None
    ) -> None:
        self.model, self.tensors = model, tensors
        self.given = {**images, **(given or {})}

    def value(self, tensor: str) -> tuple[Any, float]:
        """(value of a tensor, the greatest magnitude on the way to it from the quantizers)."""
        nodes, stops = self._segment(tensor)
        feeds = {name: self._exact(name) for name in stops}
        if tensor in feeds:
            return feeds[tensor], float(np.abs(feeds[tensor]).max())
        made = [name for node in nodes for name in node.output if name]
        plain = [p for n in nodes for p in usual(n, self.tensors[n.output[0]].ndim)]
        plain = [self._without_region(node) for node in plain]
        graph = helper.make_graph(
            plain,
            "segment",
            [helper.make_tensor_value_info(name, _kind(feeds[name]), None) for name in stops],
            [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in made],
        )
        opsets = [o for o in self.model.proto.opset_import if o.domain in ("", "ai.onnx")]
        opsets.append(helper.make_opsetid(QONNX, 1))
        model = helper.make_model(graph, opset_imports=opsets)
        evaluator = ReferenceEvaluator(model, new_ops=[*OPERATORS, *LOWERED_OPERATORS])
        results = dict(zip(made, evaluator.run(None, feeds), strict=True))
        numbers = [v for v in [*results.values(), *feeds.values()] if v.dtype.kind == "f"]
        return results[tensor], max(float(np.abs(v).max(initial=0.0)) for v in numbers)

    def _without_region(self, node: NodeProto) -> NodeProto:
        """A Resize whose region of interest is empty, as exporters write none: without one."""
        region = node.input[1] if node.op_type == "Resize" and len(node.input) > 1 else ""
        if not region or self.tensors[region].size:
            return node
        made = NodeProto()
        made.CopyFrom(node)
        made.input[1] = ""
        return made

    def _segment(self, tensor: str) -> tuple[list[NodeProto], list[str]]:
        """(the nodes that make a tensor, what they start from)."""
        nodes, stops, waiting = set(), set(), [tensor]
        while waiting:
            name = waiting.pop()
            node = self.model.producers.get(name)
            if node is None or name in self.given or node.op_type in QUANTIZERS:
                stops.add(name)
            elif id(node) not in nodes:
                nodes.add(id(node))
                waiting += [source for source in node.input if source]
        return [n for n in self.model.nodes if id(n) in nodes], sorted(stops)

    def _exact(self, name: str) -> Any:
        node = self.model.producers.get(name)
        if name in self.given:
            return self.given[name]
        if node is not None and not self._is_number(name):  # a quantizer
            return quantizers.exact(self.tensors, node)
        value = self.tensors[name]
        return value.astype(np.float64) if value.dtype == np.float32 else value

    def _is_number(self, name: str) -> bool:
        """Whether a constant quantizer's values are numbers as the file computes them.

        Biases and factors are: no integers of ours stand for them, as they do for weights.
        """
        if name in self.model.varying:
            return False
        uses = [(node, place) for node in self.model.nodes for place, source in
                enumerate(node.input) if source == name]  # fmt: skip
        return all(
            place == 2 or (node.op_type in ELEMENTWISE and self.model.varying & set(node.input))
            for node, place in uses
        )

    def levels(self, node: NodeProto, margin: float) -> tuple[Any, Any, Any]:
        """Integers of a quantizer's output in float64: (those below, as it is, those above).

        Below and above are those of values less and more by margin times the greatest magnitude
        on the way: the two differ where float64 itself cannot tell on which side a tie falls.
        """
        producers = self.model.producers
        value, magnitude = self.value(quantizers.front(node, producers))
        slack = margin * magnitude
        below, here, above = (
            quantizers.in_float64(self.tensors, node, producers, value + d)
            for d in (-slack, 0.0, slack)
        )
        return below, here, above


def _kind(value: Any) -> int:
    return int(helper.np_dtype_to_tensor_dtype(value.dtype))
