"""QONNX's operators that FINN's streamlining puts in place of layers, as layers again.

``Im2Col`` and a matrix are a convolution, ``MaxPoolNHWC`` is a maximum of channels as the last
axis, ``XnorPopcountMatMul`` counts where bits 0 and 1 are alike: a product with weights of -1 and
1, and a number for each column. Here they are ONNX's own operators between transpositions.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import GraphProto, NodeProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.fresh_name import fresh_name
from flows.graph.integer_builder import where
from flows.importing.domains import LOWERED
from flows.obstacles import Obstacles

_FIRST, _LAST = (0, 3, 1, 2), (0, 2, 3, 1)
_MATRIX = "expected a MatMul by a constant matrix behind it, and nothing else"


def raise_lowered(graph: GraphProto, obstacles: Obstacles) -> None:
    """Replace what was lowered; a node that cannot be is noted, and stays."""
    if not any(node.op_type in LOWERED for node in graph.node):
        return
    known = {tensor.name: tensor for tensor in graph.initializer}
    lowered = _Lowered(graph, known)
    for node in list(graph.node):
        if node.op_type in LOWERED:
            with obstacles.noting():
                lowered.replace(node)
    nodes = [made for node in graph.node for made in lowered.made.get(node.name, [node])]
    copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)


class _Lowered:
    """made: what stands for a node, by its name."""

    def __init__(self, graph: GraphProto, constants: Mapping[str, Any]) -> None:
        self.graph, self.constants = graph, constants
        self.made: dict[str, list[NodeProto]] = {}
        self.taken = {t.name for t in (*graph.initializer, *graph.input)}
        self.taken |= {name for node in graph.node for name in node.output}
        self.taken_by_nodes = {node.name for node in graph.node}

    def replace(self, node: NodeProto) -> None:
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Im2Col":
            self._windows(node, attrs)
        elif node.op_type == "MaxPoolNHWC":
            pool = {key: attrs[key] for key in ("kernel_shape", "strides", "pads", "ceil_mode")
                    if key in attrs}  # fmt: skip
            self.made[node.name] = self._between(node, node, "MaxPool", [], pool)
        else:
            self._alike(node)

    def _between(
        self, first: NodeProto, last: NodeProto, kind: str, others: Sequence[str], attrs: Any
    ) -> list[NodeProto]:
        """An operator on channels first, of the input of one node and the output of another."""
        made = last.output[0]
        front, back = (fresh_name(f"{made}_channels_first", self.taken) for _ in range(2))
        nodes = [
            helper.make_node("Transpose", [first.input[0]], [front], perm=_FIRST),
            helper.make_node(kind, [front, *others], [back], **attrs),
            helper.make_node("Transpose", [back], [made], perm=_LAST),
        ]
        names = (self._name(f"{last.name}_input"), last.name, self._name(f"{last.name}_output"))
        for node, name in zip(nodes, names, strict=True):
            node.name = name
        return nodes

    def _windows(self, node: NodeProto, attrs: Mapping[str, Any]) -> None:
        readers = [n for n in self.graph.node if node.output[0] in n.input]
        outputs = {info.name for info in self.graph.output}
        whole = len(readers) == 1 and node.output[0] not in outputs
        if not whole or readers[0].op_type not in ("MatMul", "XnorPopcountMatMul"):
            found = ", ".join(sorted(n.op_type for n in readers)) or "nothing"
            raise FlowError(f"{where(node)}: its windows are read by {found}; {_MATRIX}")
        reader = readers[0]
        pads = list(attrs.get("pad_amount", (0, 0, 0, 0)))
        if attrs.get("pad_value", 0) and any(pads):
            raise FlowError(
                f"{where(node)}: pads with {attrs['pad_value']}; expected pads of zeros"
            )
        height, width = attrs["kernel_size"]
        matrix = self._matrix(reader)
        channels = len(matrix) // (height * width)
        if matrix.ndim != 2 or channels * height * width != len(matrix):
            raise FlowError(
                f"{where(reader)}: a matrix of shape {list(matrix.shape)} on windows of {height} x "
                f"{width}; expected a row for each channel of each place"
            )
        if reader.op_type != "MatMul" and any(pads):
            raise FlowError(f"{where(node)}: pads bits with zeros, which stand for -1; expected "
                            "no pads")  # fmt: skip
        kernel = matrix.reshape(height, width, channels, -1).transpose(3, 2, 0, 1)
        groups = channels if attrs.get("depthwise", 0) and _is_diagonal(kernel) else 1
        if groups > 1:
            kernel = np.stack([kernel[c, c : c + 1] for c in range(channels)])
        layer = {
            "kernel_shape": [height, width],
            "strides": list(attrs["stride"]),
            "dilations": list(attrs.get("dilations", (1, 1))),
            "pads": pads,
            "group": groups,
        }
        self.made[node.name] = []
        if reader.op_type == "MatMul":
            weights = self._constant(f"{reader.name}_kernel", kernel)
            self.made[reader.name] = self._between(node, reader, "Conv", [weights], layer)
            return
        counted = NodeProto()
        counted.CopyFrom(reader)
        counted.output[0] = fresh_name(f"{reader.output[0]}_products", self.taken)
        weights = self._constant(f"{reader.name}_kernel", 2 * kernel - 1)
        layers = self._between(node, counted, "Conv", [weights], {**layer, "group": 1})
        self.made[reader.name] = [*layers, self._count(reader, counted.output[0], matrix)]

    def _alike(self, node: NodeProto) -> None:
        if node.name in self.made:  # behind windows
            return
        matrix = self._matrix(node)
        made = fresh_name(f"{node.output[0]}_products", self.taken)
        weights = self._constant(f"{node.name}_signs", 2 * matrix - 1)
        product = helper.make_node("MatMul", [node.input[0], weights], [made], name=node.name)
        self.made[node.name] = [product, self._count(node, made, matrix)]

    def _count(self, node: NodeProto, products: str, matrix: Any) -> NodeProto:
        """Of K bits a and w: K - sum(w) + sum(a (2 w - 1)) are alike."""
        rest = self._constant(f"{node.name}_zeros", len(matrix) - matrix.sum(axis=0))
        return helper.make_node(
            "Add", [products, rest], [node.output[0]], name=self._name(f"{node.name}_count")
        )

    def _name(self, name: str) -> str:
        """A node's name that no other has."""
        return fresh_name(name, self.taken_by_nodes)

    def _matrix(self, node: NodeProto) -> Any:
        if node.input[1] not in self.constants:
            raise FlowError(f"{where(node)}: its second factor is no constant; {_MATRIX}")
        matrix = numpy_helper.to_array(self.constants[node.input[1]])
        if node.op_type == "XnorPopcountMatMul" and not np.isin(matrix, (0, 1)).all():
            raise FlowError(f"{where(node)}: its matrix is not of bits; expected zeros and ones")
        return matrix

    def _constant(self, name: str, values: Any) -> str:
        name = fresh_name(name, self.taken)
        self.graph.initializer.append(
            numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name)
        )
        return name


def _is_diagonal(kernel: Any) -> bool:
    """Whether each of as many outputs as inputs reads its own channel alone."""
    outputs, inputs = kernel.shape[:2]
    others = kernel[~np.eye(outputs, inputs, dtype=bool)]
    return bool(outputs == inputs and not others.any())
