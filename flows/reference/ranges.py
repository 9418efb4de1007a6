"""Which integers each channel of an integer graph's tensor can be, from weights and thresholds.

The data types of the graph are wider: outside of what a sum can be no threshold has a meaning.
The graph is one with all duplicates.
"""

from typing import Any

import numpy as np

from flows.graph.integer_graph import OF_TWO, REQUANT, IntGraph, IntNode
from flows.graph.moves import move_of
from flows.graph.multiply_shift import MultiplyShift

Range = tuple[Any, Any]


def _moved(node: IntNode, shape: tuple[int, int, int], given: Range) -> Range:
    """Of a Shuffle, whose input is of a shape (C, H, W) and a range."""
    move = move_of(node)
    low, high = (
        move.sources(np.broadcast_to(part[:, None, None], shape)).reshape(node.shape[0], -1)
        for part in given
    )
    return low.min(axis=1), high.max(axis=1)


def channel_ranges(graph: IntGraph) -> dict[str, Range]:  # noqa: PLR0912 - one case an operator
    """(least, greatest) of each channel, shape (C,) each, by tensor; inputs among them."""
    found = {name: _of_input(graph, name) for name in graph.inputs}
    for node in graph.nodes:
        sources = [found[name] for name in node.inputs]
        match node.op:
            case "MultiThreshold" | "Requant":
                found[node.name] = _levels(node, sources[0])
            case "ChannelSum":
                group = node.params["ones"].shape[1]
                low, high = (part.reshape(-1, group).sum(axis=1) for part in sources[0])
                # steps up and down of one function are summed: it has a narrower range
                found[node.name] = np.maximum(low, node.lo), np.minimum(high, node.hi)
            case "ArgMax" | "ArgMin" | "TopK":
                numbers = node.shape[0]
                found[node.name] = (np.zeros(numbers), np.full(numbers, float(node.hi)))
            case "Places":
                ends = [part * node.params["places"].max() for part in sources[0]]
                found[node.name] = (
                    np.minimum(ends[0], sources[0][0]),
                    np.maximum(ends[1], sources[0][1]),
                )
            case "PlaceSum" | "PlaceProduct":
                found[node.name] = _with_constants(node, sources[0])
            case "Embedding":
                table = node.params["table"].astype(float)
                found[node.name] = table.min(axis=0), table.max(axis=0)
            case "MaxPool" | "Upsample" | "Gather":
                found[node.name] = _of_part(node, sources[0])
            case "Spread":
                found[node.name] = np.minimum(sources[0][0], 0), np.maximum(sources[0][1], 0)
            case "Shuffle":
                found[node.name] = _moved(node, graph.shape(node.inputs[0]), sources[0])
            case "Concat":
                low, high = (np.concatenate(part) for part in zip(*sources, strict=True))
                found[node.name] = (low, high)
            case op if op in OF_TWO:
                found[node.name] = _of_two(op, *sources)
            case "Mul":
                ends = [part * float(node.params["factors"].item()) for part in sources[0]]
                found[node.name] = (np.minimum(*ends), np.maximum(*ends))
            case "SumPool":
                ((low, high),) = sources
                if any(node.attrs["pads"]):
                    low, high = np.minimum(low, 0), np.maximum(high, 0)
                pixels = node.params["taps"][0].size
                found[node.name] = (pixels * low, pixels * high)
            case _:  # sums with weights; the border may be zero
                ((low, high),) = sources
                low, high = np.minimum(low, 0), np.maximum(high, 0)
                taps = node.params["weights"]
                up, down = taps.clip(min=0).sum(axis=(2, 3)), taps.clip(max=0).sum(axis=(2, 3))
                # of each output channel those of its group
                group = node.attrs.get("group", 1)
                low, high = (
                    np.repeat(part.reshape(group, -1), len(taps) // group, axis=0)
                    for part in (low, high)
                )
                found[node.name] = (
                    (up * low + down * high).sum(axis=1),
                    (up * high + down * low).sum(axis=1),
                )
    return found


def _of_part(node: IntNode, source: Range) -> Range:
    """Of a tensor whose channels stay as they are, or of which some are taken."""
    if node.op != "Gather" or node.attrs["axis"] != 1:
        return source
    indices = node.params["indices"]
    return source[0][indices], source[1][indices]


def _with_constants(node: IntNode, source: Range) -> Range:
    """Of a sum or product with a constant of each place."""
    (table,) = node.params.values()
    ends = (table.min(axis=(0, 2, 3)).astype(float), table.max(axis=(0, 2, 3)).astype(float))
    return _of_two("Add" if node.op == "PlaceSum" else "Product", source, ends)


def _of_two(op: str, first: Range, second: Range) -> Range:
    """Of a sum, product, maximum or minimum of two tensors."""
    match op:
        case "Product":
            ends = np.stack([a * b for a in first for b in second])
            return ends.min(axis=0), ends.max(axis=0)
        case "Add":
            return first[0] + second[0], first[1] + second[1]
    choose = np.maximum if op == "Max" else np.minimum
    return choose(first[0], second[0]), choose(first[1], second[1])


def _of_input(graph: IntGraph, name: str) -> Range:
    low, high = graph.range(name)
    return np.full(graph.inputs[name][0], float(low)), np.full(graph.inputs[name][0], float(high))


def _levels(node: IntNode, source: Range) -> Range:
    if node.op == REQUANT:
        low, high = MultiplyShift.of_node(node)(np.stack(source, axis=1).astype(np.int64)).T
        return low.astype(float), high.astype(float)
    bias = np.full(node.shape[0], float(node.attrs["out_bias"]))
    return bias, bias + node.params["thresholds"].shape[1]
