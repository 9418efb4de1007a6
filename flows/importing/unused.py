"""Nodes, constants and inputs that no output needs are taken away."""

from typing import Any

from onnx import GraphProto, NodeProto


def remove_unused(graph: GraphProto) -> None:
    """Keep the nodes, initializers and inputs that the outputs are made of, in any order."""
    makers: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.output:
            makers.setdefault(name, []).append(node)  # several: refused where that is looked at
    waiting = [info.name for info in graph.output]
    if not waiting:
        return  # refused where the outputs are counted
    wanted: set[str] = set()
    nodes: set[int] = set()
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        wanted.add(name)
        for maker in makers.get(name, []):
            nodes.add(id(maker))
            waiting += [source for source in maker.input if source]
    _keep(graph.node, [node for node in graph.node if id(node) in nodes])
    for field in (graph.initializer, graph.input):
        _keep(field, [entry for entry in field if entry.name in wanted])


def _keep(field: Any, entries: list[Any]) -> None:
    if len(entries) < len(field):
        copies = [type(entry).FromString(entry.SerializeToString()) for entry in entries]
        del field[:]
        field.extend(copies)
