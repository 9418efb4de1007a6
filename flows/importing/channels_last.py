"""QONNX's operators with channels as the last axis, as the usual ones between transpositions."""

from onnx import GraphProto, NodeProto, helper

from flows.graph.fresh_name import fresh_name
from flows.importing.domains import CHANNELS_LAST

OPERATORS = frozenset(["Conv", "MaxPool", "BatchNormalization"])


def rewrite(graph: GraphProto) -> None:
    """Replace each node of the domain by Transpose, the operator of ONNX, Transpose."""
    nodes: list[NodeProto] = []
    taken = {tensor.name for tensor in (*graph.initializer, *graph.input)}
    taken |= {name for node in graph.node for name in (node.name, *node.output)}
    for node in graph.node:
        last = node.domain == CHANNELS_LAST
        nodes += usual(node, _axes(graph, node), taken) if last else [node]
    if len(nodes) > len(graph.node):
        copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
        del graph.node[:]
        graph.node.extend(copies)


def usual(node: NodeProto, axes: int, taken: set[str] | None = None) -> list[NodeProto]:
    """Nodes of the same meaning in ONNX's own operators; [node] for one of another domain.

    axes: of the tensor that it works on. Weights of a convolution have their channels last too.
    taken: names of tensors and nodes that the graph has; what is new is added.
    """
    taken = set() if taken is None else taken
    if node.domain != CHANNELS_LAST or node.op_type not in OPERATORS:
        return [node]
    first = [0, axes - 1, *range(1, axes - 1)]
    last = [0, *range(2, axes), 1]
    made = NodeProto()
    made.CopyFrom(node)
    made.domain = ""
    nodes = []
    for index in range(2 if node.op_type == "Conv" else 1):
        made.input[index] = fresh_name(f"{node.output[0]}_channels_first_{index}", taken)
        nodes.append(
            helper.make_node(
                "Transpose",
                [node.input[index]],
                [made.input[index]],
                name=fresh_name(f"{node.name}_input_{index}", taken),
                perm=first,
            )
        )
    made.output[0] = fresh_name(f"{node.output[0]}_channels_first", taken)
    name = fresh_name(f"{node.name}_output", taken)
    back = helper.make_node("Transpose", made.output[:], node.output[:], name=name, perm=last)
    return [*nodes, made, back]


def _axes(graph: GraphProto, node: NodeProto) -> int:
    kernel = next((len(a.ints) for a in node.attribute if a.name == "kernel_shape"), 0)
    constants = {constant.name for constant in graph.initializer}
    inputs = {info.name: info for info in graph.input if info.name not in constants}
    if kernel or not inputs:
        return kernel + 2
    name = _origin(graph, node, set(inputs))
    return len(inputs[name or next(iter(inputs))].type.tensor_type.shape.dim)


def _origin(graph: GraphProto, node: NodeProto, inputs: set[str]) -> str:
    """One of the inputs that a node's first input is made of; "" where there is none."""
    makers = {name: other for other in graph.node for name in other.output}
    waiting, seen = [str(name) for name in node.input[:1]], set[str]()
    while waiting:
        name = waiting.pop()
        if name in inputs:
            return name
        if name in makers and name not in seen:
            waiting += reversed(makers[name].input)
        seen.add(name)
    return ""
