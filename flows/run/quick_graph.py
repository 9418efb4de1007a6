"""The integer graph for its outputs alone, as fast as onnxruntime takes it.

Every sum stays within the integers that its type holds, each of them (``flows.run.plain_graph``),
so that no order of sums and no fusion changes one. A pool takes the greatest of a window, and
thresholds never fall: pooled first, a quarter of the integers are left to compare with thresholds.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flows.graph.integer_graph import IntGraph, IntNode


def pools_first(graph: IntGraph) -> IntGraph:
    """The graph with each MaxPool that alone reads thresholds in front of them.

    Tensors between the two are others; the pool's output keeps its name and its integers.
    """
    readers: dict[str, list[IntNode]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    pools: dict[str, IntNode] = {}
    for node in graph.nodes:
        behind = readers.get(node.name, [])
        alone = len(behind) == 1 and node.name not in graph.outputs
        if node.op == "MultiThreshold" and alone and behind[0].op == "MaxPool":
            pools[node.name] = behind[0]
    moved = {pool.name for pool in pools.values()}
    nodes = []
    for node in graph.nodes:
        pool = pools.get(node.name)
        if pool is not None:
            # "~" is in no name of a node
            sums = replace(pool, name=f"{pool.name}~sums", inputs=list(node.inputs))
            nodes += [sums, replace(node, name=pool.name, inputs=[sums.name], shape=pool.shape)]
        elif node.name not in moved:
            nodes.append(node)
    return replace(graph, nodes=nodes)


def only_outputs(model: Any, names: Sequence[str]) -> Any:
    """An ONNX model (changed in place) that returns the tensors of names and no others."""
    infos = {info.name: info for info in model.graph.output}
    wanted = [infos[name] for name in names]
    del model.graph.output[:]
    model.graph.output.extend(wanted)
    return model
