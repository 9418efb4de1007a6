"""Where a file is cut: what stands behind the last quantized tensor stays on the host.

Quantizers of activations, and convolutions and dense layers of quantized weights, are the
accelerator's. No such node comes behind a node of the *tail*. Of the tail the accelerator keeps
what its output's scale and bias say (constants that are multiplied and added), and what it has
operators for (pools, sums); everything from the first other operator on is the host's: Softmax,
Sigmoid, TopK, ArgMax, a last Relu, float layers, and what only moves numbers. It is cut off
before anything else looks at the file, which is then a smaller one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto, numpy_helper
from onnx.defs import has

from flows.graph.host_tail import name_of
from flows.importing.limits import MAX_NODES

_QUANTIZERS = """
    Quant IntQuant BipolarQuant Trunc MultiThreshold QuantizeLinear DequantizeLinear
"""
_CARRIED = """
    MaxPool AveragePool GlobalAveragePool GlobalMaxPool Concat Resize Upsample Pad Cast Reshape
    Flatten Transpose Squeeze Unsqueeze
"""
#: Quantizers of activations, of whatever domain.
QUANTIZERS = frozenset(_QUANTIZERS.split())
#: Layers with weights.
LAYERS = frozenset(["Conv", "ConvTranspose", "Gemm", "MatMul"])
#: What a scale and a bias of the output say.
AFFINE = frozenset(["Identity", "Dropout", "Mul", "Div", "Add", "Sub", "BatchNormalization"])
#: What the accelerator may have an operator for, so that it is tried.
CARRIED = AFFINE | frozenset(_CARRIED.split())
ONNX_DOMAINS = ("", "ai.onnx")


@dataclass(frozen=True)
class Cut:
    """A file in two. front: the file up to the tensors of ``names``, which are its outputs now.

    tail: the nodes behind, from those tensors to the file's own outputs; None where all is front.
    """

    front: ModelProto
    tail: ModelProto | None = None
    names: tuple[str, ...] = ()

    @property
    def nodes(self) -> list[str]:
        """Such as "softmax (Softmax)", of the tail's nodes."""
        return [name_of(node) for node in self.tail.graph.node] if self.tail is not None else []


def cuts(model: ModelProto) -> list[Cut]:
    """Where the file may be cut, with as much for the accelerator as can be first.

    The first is the file itself where its tail is but a scale and a bias. Files that are no
    graphs at all are left as they are, for others to refuse.
    """
    whole = [Cut(model)]
    order = _in_order(model.graph)
    if order is None or len(order) > MAX_NODES:
        return whole
    graph = _Graph(model.graph, order)
    tail = graph.tail()
    if all(graph.is_affine(node) for node in tail) or not graph.has_layer_before(tail):
        return whole
    if not all(node.domain in ONNX_DOMAINS and has(node.op_type) for node in tail):
        return whole  # operators that nobody knows
    found: dict[int, Cut] = {}
    for behind in (
        [node for node in tail if not graph.is_carried(node)],
        [node for node in tail if not graph.is_affine(node)],
        tail,
    ):
        nodes = graph.behind(behind)
        found.setdefault(len(nodes), _cut(model, graph, nodes) if nodes else whole[0])
    return list(found.values())


def _cut(model: ModelProto, graph: "_Graph", behind: list[NodeProto]) -> Cut:
    read = dict.fromkeys(name for node in behind for name in node.input if name)
    made = {name for node in behind for name in node.output}
    names = tuple(name for name in read if name in graph.varying and name not in made)
    return Cut(_front(model, behind, names), _tail(model, graph, behind, names), names)


class _Graph:
    """The nodes in order, and what is known of them."""

    def __init__(self, graph: GraphProto, order: list[NodeProto]) -> None:
        self.graph, self.order = graph, order
        self.constants = {tensor.name: tensor for tensor in graph.initializer}
        self.makers = {name: node for node in order for name in node.output if name}
        self.varying = {info.name for info in graph.input if info.name not in self.constants}
        for node in order:
            if self.varying.intersection(node.input):
                self.varying.update(name for name in node.output if name)

    def tail(self) -> list[NodeProto]:
        """Nodes on activations behind which no quantized tensor comes, in order."""
        wanted: set[str] = set()  # tensors that a quantized one is made of
        found = []
        for node in reversed(self.order):
            varies = bool(self.varying.intersection(node.input))
            if varies and not self._is_quantized(node) and not wanted.intersection(node.output):
                found.append(node)
            else:
                wanted.update(node.input)
        return found[::-1]

    def has_layer_before(self, tail: list[NodeProto]) -> bool:
        """Whether a quantized layer is in front of the tail; without one nothing is cut off."""
        behind = {id(node) for node in tail}
        return any(
            id(node) not in behind and node.op_type in LAYERS and self._is_quantized(node)
            for node in self.order
        )

    def is_carried(self, node: NodeProto) -> bool:
        """Whether the accelerator may do a node of the tail."""
        return node.domain in ONNX_DOMAINS and node.op_type in CARRIED

    def is_affine(self, node: NodeProto) -> bool:
        """Whether a node of the tail is but a scale and a bias: of all, or of each channel."""
        if node.domain not in ONNX_DOMAINS or node.op_type not in AFFINE:
            return False
        if node.op_type not in ("Mul", "Div", "Add", "Sub"):
            return True
        constants = [self._sizes(name) for name in node.input if name not in self.varying]
        return len(constants) == 1 and all(size == 1 for size in constants[0])

    def _sizes(self, name: str) -> tuple[int, ...]:
        """Sizes of a constant's axes without that of channels; (0,) where it is not known."""
        tensor = self.constants.get(name)
        maker = self.makers.get(name)
        if tensor is None and maker is not None and maker.op_type == "Constant":
            tensor = next((a.t for a in maker.attribute if a.name == "value"), None)
        if tensor is None:
            return (0,)
        sizes = tuple(tensor.dims)
        return sizes if len(sizes) < 3 else (*sizes[:-3], *sizes[-2:])

    def behind(self, first: Iterable[NodeProto]) -> list[NodeProto]:
        """Those nodes, and all that read what they make."""
        made: set[str] = set()
        chosen = {id(node) for node in first}
        found = []
        for node in self.order:
            if id(node) in chosen or made.intersection(node.input):
                made.update(name for name in node.output if name)
                found.append(node)
        return found

    def constant_nodes(self, nodes: list[NodeProto]) -> list[NodeProto]:
        """Nodes that make the constants which these nodes read."""
        wanted = {name for node in nodes for name in node.input}
        found = []
        for node in reversed(self.order):
            if wanted.intersection(node.output) and not self.varying.intersection(node.output):
                wanted.update(node.input)
                found.append(node)
        return found[::-1]

    def _is_quantized(self, node: NodeProto) -> bool:
        if node.op_type in QUANTIZERS:
            return True
        if node.op_type not in LAYERS:
            return False
        return any(self._is_integral(name) for name in node.input[:2] if name not in self.varying)

    def _is_integral(self, name: str) -> bool:
        """Whether a constant comes of a quantizer, or is of integers as quantized weights are."""
        if name in self.constants:
            try:
                value = numpy_helper.to_array(self.constants[name])
            except (ValueError, TypeError):  # said where constants are checked
                return False
            return bool(value.size and np.all(value == np.rint(value)))
        node = self.makers.get(name)
        while node is not None and node.op_type not in QUANTIZERS:
            node = self.makers.get(node.input[0]) if node.input else None
        return node is not None


def _in_order(graph: GraphProto) -> list[NodeProto] | None:
    """The nodes, each behind those that it reads; None where that cannot be.

    None too where a node has a graph of its own, which may read what no input of it names.
    """
    known = {info.name for info in graph.input} | {t.name for t in graph.initializer} | {""}
    waiting, order = list(graph.node), []
    while waiting:
        later = []
        for node in waiting:
            if any(a.HasField("g") or len(a.graphs) for a in node.attribute):
                return None
            if known.issuperset(node.input):
                known.update(node.output)
                order.append(node)
            else:
                later.append(node)
        if len(later) == len(waiting):
            return None
        waiting = later
    return order


def _front(model: ModelProto, behind: list[NodeProto], names: tuple[str, ...]) -> ModelProto:
    front = ModelProto()
    front.CopyFrom(model)
    gone = {id(node) for node in behind}
    kept = [index for index, node in enumerate(model.graph.node) if id(node) not in gone]
    copies = [NodeProto.FromString(model.graph.node[i].SerializeToString()) for i in kept]
    del front.graph.node[:]
    front.graph.node.extend(copies)
    del front.graph.output[:]
    for name in names:
        info = front.graph.output.add(name=name)
        info.type.tensor_type.elem_type = 1
    return front


def _tail(
    model: ModelProto, graph: _Graph, behind: list[NodeProto], names: tuple[str, ...]
) -> ModelProto:
    tail = ModelProto()
    tail.ir_version = model.ir_version
    tail.opset_import.extend(o for o in model.opset_import if o.domain in ONNX_DOMAINS)
    tail.graph.name = "host_tail"
    nodes = [*graph.constant_nodes(behind), *behind]
    tail.graph.node.extend(NodeProto.FromString(node.SerializeToString()) for node in nodes)
    read = {name for node in nodes for name in node.input}
    constants = [t for name, t in graph.constants.items() if name in read]
    tail.graph.initializer.extend(type(t).FromString(t.SerializeToString()) for t in constants)
    for name in names:
        tail.graph.input.add(name=name).type.tensor_type.elem_type = 1
    tail.graph.output.extend(
        ValueInfoProto.FromString(info.SerializeToString()) for info in model.graph.output
    )
    return tail
