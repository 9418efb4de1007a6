"""Names within graphs that nodes have of their own (the bodies of Scan and Loop)."""

from collections.abc import Iterator, Mapping

from onnx import GraphProto, NodeProto


def graphs_of(node: NodeProto) -> Iterator[GraphProto]:
    """The graphs that are attributes of a node."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def reads(node: NodeProto) -> set[str]:
    """The tensors that a node reads: its inputs, and what its graphs take from around them."""
    found = {name for name in node.input if name}
    for graph in graphs_of(node):
        found |= taken_from_around(graph)
    return found


def taken_from_around(graph: GraphProto) -> set[str]:
    """The tensors that a node's graph reads and does not make."""
    read = {name for node in graph.node for name in reads(node)}
    return (read | {info.name for info in graph.output}) - _own(graph)


def rename(graph: GraphProto, new: Mapping[str, str]) -> None:
    """Let a graph read other tensors from around it. new: by the names until now."""
    new = {old: name for old, name in new.items() if old not in _own(graph)}
    for node in graph.node:
        node.input[:] = [new.get(name, name) for name in node.input]
        for inner in graphs_of(node):
            rename(inner, new)
    for info in graph.output:
        info.name = new.get(info.name, info.name)


def _own(graph: GraphProto) -> set[str]:
    return {
        *(info.name for info in graph.input),
        *(tensor.name for tensor in graph.initializer),
        *(name for node in graph.node for name in node.output),
    }
