"""The greatest index that each number of an input may be, by the tables that it looks rows up of.

An input's type is of its largest table. Where parts of it number the rows of smaller ones (a row of
categories), an index of no row gives row 0; a file does not say what it gives.
"""

from typing import Any

import numpy as np

from flows.graph.integer_graph import EMBEDDING, IntGraph
from flows.graph.moves import move_of


def index_limits(graph: IntGraph, name: str) -> Any:
    """(C, H, W): greatest integer of each number of an input; its type's where it is no index."""
    shape = graph.inputs[name]
    limits = np.full(shape, graph.type_of(name).hi, np.int64)
    flat = limits.reshape(-1)
    places = {name: np.arange(flat.size).reshape(shape)}
    for node in graph.nodes:
        source = places.get(node.inputs[0])
        if source is None:
            continue
        match node.op:
            case "Gather":
                places[node.name] = source.take(node.params["indices"], node.attrs["axis"] - 1)
            case "Shuffle":
                places[node.name] = move_of(node).sources(source)
            case op if op == EMBEDDING:
                own = source.reshape(-1)
                flat[own] = np.minimum(flat[own], len(node.params["table"]) - 1)
    return limits
