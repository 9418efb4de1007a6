"""Where a file is cut: what stands behind the last quantized tensors stays on the host.

Quantizers of activations, and convolutions and dense layers of quantized weights, are the
accelerator's. The nodes from the last of them to the file's outputs are the *tail*. Of the tail the
accelerator keeps what an output's scale and bias say (constants that are multiplied and added), and
what it has operators for (pools, sums); everything from the first other operator on is the host's:
Softmax, Sigmoid, TopK, ArgMax, a last Relu, float layers, and what only moves numbers. It is cut
off before anything else looks at the file, which is then a smaller one. The host may read several
tensors. What a node of the tail makes may go on to a quantizer, too: then both sides do it.

What the accelerator may do is tried (``Search``): what turns out not to map goes to the host with
the reason, and the rest is tried again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto, numpy_helper
from onnx.defs import has

from flows.errors import FlowError
from flows.graph.host_tail import name_of
from flows.importing.limits import MAX_NODES
from flows.importing.loops.names import graphs_of
from flows.importing.node_order import in_order
from flows.importing.unused import remove_unused
from flows.obstacles import ObstaclesError

_QUANTIZERS = """
    Quant IntQuant BipolarQuant Trunc MultiThreshold QuantizeLinear DequantizeLinear QuantAvgPool2d
"""
_CARRIED = """
    MaxPool AveragePool GlobalAveragePool GlobalMaxPool Concat Resize Upsample Pad Cast Reshape
    Flatten Transpose Squeeze Unsqueeze
"""
#: Quantizers of activations, of whatever domain.
QUANTIZERS = frozenset(_QUANTIZERS.split())
#: Layers with weights.
LAYERS = frozenset(["Conv", "ConvTranspose", "Gemm", "MatMul", "XnorPopcountMatMul"])
#: What a scale and a bias of the output say.
AFFINE = frozenset(["Identity", "Dropout", "Mul", "Div", "Add", "Sub", "BatchNormalization"])
#: What the accelerator may have an operator for, so that it is tried.
CARRIED = AFFINE | frozenset(_CARRIED.split())
#: What only the host does, whatever stands behind it.
HOSTS_ALONE = frozenset(["Softmax", "LogSoftmax", "ArgMax", "ArgMin", "TopK"])
_ONNX_QUANTIZERS = ("QuantizeLinear", "DequantizeLinear")
_HANDING_ON = ("Clip", "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose")
#: Version of ONNX's format from which on constants need not be inputs, too.
CONSTANTS_ALONE = 4
ONNX_DOMAINS = ("", "ai.onnx")


@dataclass(frozen=True)
class Cut:
    """A file in two. front: the file up to the tensors of ``names``, which are its outputs now.

    tail: the nodes behind, from those tensors to the file's own outputs; None where all is front.
    reasons: why they are the host's, by node (as in ``nodes``); those behind such a node have none.
    """

    front: ModelProto
    tail: ModelProto | None = None
    names: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def nodes(self) -> list[str]:
        """Such as "softmax (Softmax)", of the tail's nodes."""
        return [name_of(node) for node in self.tail.graph.node] if self.tail is not None else []


class Search:
    """Cuts of a file, one after another, with as much for the accelerator as can be first.

    The first is the file itself where its tail is but scales and biases. Files that are no graphs
    at all are left as they are, for others to refuse.
    """

    def __init__(self, model: ModelProto) -> None:
        self.model = model
        self.graph: _Graph | None = None
        #: Nodes of the tail that are the host's whatever is in front of them, and why.
        self.reasons: dict[int, str] = {}
        self.tail: list[NodeProto] = []
        order = _in_order(model.graph)
        outputs = [info.name for info in model.graph.output]
        if order is None or len(order) > MAX_NODES or len(set(outputs)) < len(outputs):
            return
        graph = _Graph(model.graph, order)
        tail = graph.tail()
        known = all(node.domain in ONNX_DOMAINS and has(node.op_type) for node in tail)
        if not known or not graph.has_layer_before(tail):
            return
        if all(graph.is_affine(node) for node in tail) and not graph.constant_outputs:
            return
        self.graph, self.tail = graph, tail
        for node in tail:
            node.name = node.name or node.output[0]  # what stands in the way is said by name
            if not graph.is_carried(node):
                self.reasons[id(node)] = _no_operator(node)

    def first(self) -> Cut:
        """The cut that leaves most to the accelerator."""
        return self._cut()

    @property
    def is_open(self) -> bool:
        """Whether other cuts may follow: nodes are in front that might as well be the host's."""
        return bool(self._left())

    def after(self, fault: FlowError) -> Cut | None:
        """The next cut, where the one before was refused; None where there is none.

        The nodes that the fault names go to the host; where it names none of the tail, all that is
        more than a scale and a bias does, then all of it.
        """
        left = self._left()
        if not left or self.graph is None:
            return None
        texts = fault.texts if isinstance(fault, ObstaclesError) else [str(fault)]
        said = [(node, _reason(text, node)) for node in left for text in texts]
        named = {id(node): reason for node, reason in said if reason}
        if not named:
            more = [node for node in left if not self.graph.is_affine(node)] or left
            named = dict.fromkeys(map(id, more), texts[0])
        self.reasons |= named
        return self._cut()

    def _left(self) -> list[NodeProto]:
        """Nodes of the tail that are in front of the cut."""
        behind = {id(node) for node in self._behind()}
        return [node for node in self.tail if id(node) not in behind]

    def _behind(self) -> list[NodeProto]:
        """Those that are the host's, and all of the tail that read what they make."""
        made: set[str] = set()
        found = []
        for node in self.tail:
            if id(node) in self.reasons or made.intersection(node.input):
                made.update(name for name in node.output if name)
                found.append(node)
        return found

    def _cut(self) -> Cut:
        behind, graph = self._behind(), self.graph
        if graph is None:
            return Cut(self.model)
        if not (behind or graph.constant_outputs):
            whole = ModelProto()
            whole.CopyFrom(self.model)  # what is tried is changed, and others may follow
            return Cut(whole)
        made = {name for node in behind for name in node.output}
        read = [name for node in behind for name in node.input if name]
        leaving = dict.fromkeys([*read, *(info.name for info in self.model.graph.output)])
        names = tuple(name for name in leaving if name in graph.varying and name not in made)
        self._check_inputs(names, behind)
        reasons = {
            name_of(node): self.reasons[id(node)] for node in behind if id(node) in self.reasons
        }
        tail = _tail(self.model, graph, behind, names)
        return Cut(_front(self.model, names), tail, names, reasons)

    def _check_inputs(self, names: tuple[str, ...], behind: list[NodeProto]) -> None:
        """FlowError for an input of the file that the host reads as it is."""
        inputs = {info.name for info in self.model.graph.input}
        for name in names:
            if name in inputs:
                readers = [name_of(node) for node in behind if name in node.input]
                raise ObstaclesError(
                    [
                        f"input {name}: is an input of the host's alone: "
                        f"{', '.join(readers) or 'an output of the file'} would read it as it is, "
                        "without the accelerator; expected a quantizer of the input's own in front "
                        "of that, or a file that ends before it"
                    ]
                )


def _no_operator(node: NodeProto) -> str:
    if node.op_type in ("ArgMax", "ArgMin", "TopK"):
        return "the accelerator numbers the greatest channels where argmax_in_hardware asks for it"
    return f"the accelerator has no operator {node.op_type}"


def _reason(text: str, node: NodeProto) -> str:
    """The part of a text on a node, or on an output that it makes; "" where it is of another."""
    start = f"node {name_of(node)}: "
    if text.startswith(start):
        return text[len(start) :]
    output = re.match(r"output (\S+?):? ", text)
    return text if output is not None and output.group(1) in node.output else ""


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
        """Nodes on activations from the last quantized tensors to the outputs, in order."""
        wanted = {info.name for info in self.graph.output}
        found: list[NodeProto] = []
        for node in reversed(self.order):
            varies = bool(self.varying.intersection(node.input))
            if not (varies and wanted.intersection(node.output)):
                continue
            if not self._is_quantized(node) or self._is_of_host(node, found):
                found.append(node)
                wanted.update(node.input)
        return found[::-1]

    def _is_of_host(self, node: NodeProto, tail: list[NodeProto]) -> bool:
        """Whether a quantizer of ONNX makes levels of what only the host makes, for it alone.

        Tools that calibrate each tensor quantize a last Softmax, too. tail: what is known of it.
        """
        if node.op_type not in _ONNX_QUANTIZERS or node.domain not in ONNX_DOMAINS:
            return False
        known = {id(each) for each in tail}
        readers = [each for each in self.order if set(node.output).intersection(each.input)]
        if any(id(each) not in known for each in readers):
            return False
        maker = self.makers.get(node.input[0])
        made = maker is not None and maker.op_type == "DequantizeLinear"
        if made and node.op_type == "QuantizeLinear" and not readers:
            return True  # levels that the hardware has made already, in the file's type
        while maker is not None and maker.op_type in (*_ONNX_QUANTIZERS, *_HANDING_ON):
            maker = self.makers.get(maker.input[0])
        return maker is not None and maker.op_type in HOSTS_ALONE

    @property
    def constant_outputs(self) -> list[str]:
        """Outputs that nodes make of constants alone."""
        names = [info.name for info in self.graph.output if info.name in self.makers]
        found = [name for name in names if name not in self.varying]
        return found if len(found) < len(names) else []

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

    def constant_nodes(self, nodes: Iterable[NodeProto]) -> list[NodeProto]:
        """Nodes that make the constants which these nodes read, and those that are outputs."""
        wanted = {name for node in nodes for name in node.input} | set(self.constant_outputs)
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
    if any(True for node in graph.node for _ in graphs_of(node)):
        return None
    known = {info.name for info in graph.input} | {t.name for t in graph.initializer}
    order, left = in_order(graph.node, known)
    return None if left else order


def _front(model: ModelProto, names: tuple[str, ...]) -> ModelProto:
    front = ModelProto()
    front.CopyFrom(model)
    del front.graph.output[:]
    for name in names:
        info = front.graph.output.add(name=name)
        info.type.tensor_type.elem_type = 1
    remove_unused(front.graph)
    return front


def _tail(
    model: ModelProto, graph: _Graph, behind: list[NodeProto], names: tuple[str, ...]
) -> ModelProto:
    tail = ModelProto()
    tail.ir_version = max(model.ir_version, CONSTANTS_ALONE)
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
