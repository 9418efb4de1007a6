"""The order of a file's nodes: ONNX asks for one, and not every tool keeps it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from heapq import heappop, heappush

from onnx import NodeProto

from flows.importing.loops.names import reads


def in_order(
    nodes: Sequence[NodeProto], known: Collection[str] | None = None
) -> tuple[list[NodeProto], list[NodeProto]]:
    """(nodes behind those that they read, nodes for which that cannot be as they stand).

    Of nodes that could be next the one that stands first is. A node's graphs (``Scan``, ``Loop``)
    are looked into. known: names of the tensors that are there before; None: all that no node
    makes.
    """
    if known is None:
        made = {name for node in nodes for name in node.output}
        known = {name for node in nodes for name in reads(node)} - made
    readers: defaultdict[str, list[int]] = defaultdict(list)
    missing: list[int] = []
    for position, node in enumerate(nodes):
        names = reads(node).difference(known)
        missing.append(len(names))
        for name in names:
            readers[name].append(position)
    ready = [position for position, count in enumerate(missing) if not count]
    order: list[NodeProto] = []
    while ready:
        node = nodes[heappop(ready)]
        order.append(node)
        for name in node.output:
            for reader in readers.pop(name, ()):
                missing[reader] -= 1
                if not missing[reader]:
                    heappush(ready, reader)
    return order, [node for node, count in zip(nodes, missing, strict=True) if count]
