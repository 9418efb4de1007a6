"""Building an integer graph: what is emitted once, where pools go, how a sign is changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.graph.channel_map import ChannelMap, FloatArray
from flows.graph.integer_graph import FACTORED, IntGraph, IntNode

#: Operator of a node that stands where the file's could not be read; such a graph is never used.
UNKNOWN = "Unknown"
#: Operators whose copies give other signs, channel by channel.
NEGATED = (
    *("Conv", "Add", "Product", "Mul", "SumPool", "Upsample", "Gather", "Embedding", "Places"),
    "PlaceSum",
)
#: What a choice of two numbers becomes where both change their signs.
_TURNED = {"Max": "Min", "Min": "Max"}
#: What the tensors behind nodes that wait are called.
STEMS = {"MaxPool": "pool", "Upsample": "upsample"}


@dataclass(frozen=True, eq=False)
class PlaceMap:
    """real = gain * integer + offset, both (C, H, W) (``flows.graph.places``); origin: a node."""

    gain: FloatArray
    offset: FloatArray
    origin: str


@dataclass(frozen=True)
class Value:
    """A tensor of the QONNX network in integers: map(integers of tensor ``name``).

    pools: nodes without inputs that come after the map, MaxPool and Upsample (they commute with it,
    so a quantizer's thresholds are put before them). places: in front of the map, where a constant
    differs by place; then nothing waits.
    """

    name: str
    map: ChannelMap
    pools: tuple[IntNode, ...] = ()
    places: PlaceMap | None = None


def where(node: NodeProto) -> str:
    return f"node {node.name or node.output[0]} ({node.op_type})"


class _NoWeightsError(Exception):
    """No weights can take a sign."""


class IntegerBuilder:
    """Appends nodes to an integer graph; equal nodes are emitted once."""

    def __init__(self, graph: IntGraph) -> None:
        self.graph = graph
        self.made: dict[tuple[Any, ...], str] = {}
        #: Of a tensor: its copies with other signs, (name, sign of each channel).
        self.copies: dict[str, list[tuple[str, Any]]] = {}

    def shape(self, name: str) -> tuple[int, int, int]:
        """(C, H, W) of an integer tensor."""
        return self.graph.shape(name)

    def range(self, name: str) -> tuple[int, int]:
        """Least and greatest integer that a tensor can hold."""
        return self.graph.range(name)

    def emit(self, stem: str, node: IntNode) -> str:
        """Append node unless the same stands already; returns the tensor's name.

        The name is provisional, ``<stem>#<number>``: ``finish`` gives the final ones.
        """
        attrs = tuple(sorted((k, str(v)) for k, v in node.attrs.items()))
        params = tuple((k, v.shape, v.tobytes()) for k, v in node.params.items())
        key = (node.op, tuple(node.inputs), attrs, params)
        if key not in self.made:
            node.name = f"{stem}#{len(self.made)}"
            self.graph.nodes.append(node)
            self.made[key] = node.name
        return self.made[key]

    def finish(self, outputs: Sequence[str]) -> None:
        """Keep what outputs need, and name it: convN, and what stands behind it after its N."""
        graph, needed = self.graph, set(outputs)
        for node in reversed(graph.nodes):
            if node.name in needed:
                needed |= set(node.inputs)
        graph.nodes = [node for node in graph.nodes if node.name in needed]
        names = {name: name for name in graph.inputs}
        layer = 0
        for node in graph.nodes:
            stem = node.name.partition("#")[0]
            layer += stem == "conv"
            name, count = f"{stem}{layer}", 0
            while name in names.values():
                count += 1
                name = f"{stem}{layer}_{count}"
            names[node.name] = name
            node.name = name
            node.inputs = [names[source] for source in node.inputs]
        graph.outputs = [names[name] for name in outputs]

    def emit_pools(self, value: Value) -> Value:
        """Put the pending poolings behind the integers, which the map must not turn upside down."""
        if not value.pools:
            return value
        lo, hi = self.range(value.name)
        value = self.make_rising(value, lo, hi)
        name = value.name
        for pool in value.pools:
            lo, hi = self.range(name)
            name = self.emit(STEMS[pool.op], replace(pool, inputs=[name], lo=lo, hi=hi))
        return Value(name, value.map)

    def make_rising(self, value: Value, lo: int, hi: int) -> Value:
        """The same value of a producer whose weights have the other sign where the map falls."""
        falling = value.map.decreasing(lo, hi, self.shape(value.name)[0])
        if not falling.any():
            return value
        sign = np.where(falling, -1, 1)
        name = self.negated(value.name, sign)
        return replace(value, name=name, map=value.map.before("mul", sign))

    def negated(self, name: str, sign: Any) -> str:
        """A tensor times sign, shape (O,); its name.

        A copy of a convolution (or of sums of them) takes the sign into its weights; behind
        anything else a convolution of one weight a channel does it. The original stays for whoever
        reads it; ``finish`` drops it if nobody does.
        """
        try:
            return self._negated(name, sign)
        except _NoWeightsError:
            return self.weighted(name, sign[:, None])

    def weighted(self, name: str, weights: Any) -> str:
        """Channels times weights of their own, (C, rows a channel): a depthwise convolution."""
        (channels, rows), (_, height, width) = weights.shape, self.shape(name)
        ends = np.multiply.outer(np.array(self.range(name)), weights)
        attrs = {"kernel_shape": [1, 1], "strides": [1, 1], "pads": [0] * 4, "group": channels}
        maker = self.graph.maker(name)
        origin = maker.origin if maker is not None else ""
        made = IntNode(
            "Conv", "", [name], (channels * rows, height, width), int(ends.min()), int(ends.max()),
            origin, attrs, {"weights": weights.reshape(-1, 1, 1, 1)},
        )  # fmt: skip
        return self.emit("conv", made)

    def _negated(self, name: str, sign: Any) -> str:
        node = self.graph.maker(name)
        if node is not None and node.op == UNKNOWN:
            return name
        if node is None or not (node.op in NEGATED or (node.op in _TURNED and np.all(sign == -1))):
            raise _NoWeightsError
        bound = max(abs(node.lo), abs(node.hi))
        inputs, params = node.inputs, node.params
        if node.op == "Gather" and node.attrs["axis"] == 1:
            inputs = [self._negated(node.inputs[0], self._source_sign(node, sign))]
        elif node.op == "Product":  # of either one
            inputs = self._one_turned(node, sign)
        elif node.op == "Embedding":
            params = {"table": params["table"] * sign}
        elif node.op == "PlaceSum":
            inputs = [self._turned(source, sign, node) for source in node.inputs]
            params = {"summands": params["summands"] * sign[:, None, None]}
        elif node.op != "Conv":
            inputs = [self._turned(source, sign, node) for source in node.inputs]
        else:
            params = {"weights": params["weights"] * sign[:, None, None, None]}
        op = _TURNED.get(node.op, node.op)
        copy = replace(node, op=op, inputs=inputs, params=params, lo=-bound, hi=bound)
        made = self.emit(name.partition("#")[0], copy)
        if all(made != other for other, _ in self.copies.get(name, [])):
            self.copies.setdefault(name, []).append((made, sign))
        return made

    def _turned(self, name: str, sign: Any, reader: IntNode) -> str:
        """An operand times sign: by weights, or as a product where all channels change theirs."""
        try:
            return self._negated(name, sign)
        except _NoWeightsError:
            if reader.op not in FACTORED or not np.all(sign == -1):
                raise
            return self.product(name, -1, reader.origin)

    def _source_sign(self, node: IntNode, sign: Any) -> Any:
        """Signs of the channels that a part is taken of, from those of the part."""
        indices, whole = node.params["indices"], np.ones(self.shape(node.inputs[0])[0], np.int64)
        whole[indices] = sign
        if np.any(whole[indices] != sign):  # of one that is taken twice
            raise _NoWeightsError
        return whole

    def _one_turned(self, node: IntNode, sign: Any) -> list[str]:
        """The operands of a product, the first times sign, or the second where only that can be."""
        first, second = node.inputs
        try:
            return [self._negated(first, sign), second]
        except _NoWeightsError:
            return [first, self._turned(second, sign, node)]

    def product(self, name: str, factor: int, origin: str) -> str:
        """The name of tensor name times factor: an operand. origin: of the node that reads it."""
        node = self.graph.maker(name)
        if node is not None and node.op == "Mul":
            factor *= int(node.params["factors"].item())
            name = node.inputs[0]
        if factor == 1:
            return name
        ends = [factor * end for end in self.range(name)]
        made = IntNode(
            "Mul",
            "",
            [name],
            self.shape(name),
            min(ends),
            max(ends),
            origin,
            {},
            {"factors": np.array([factor], dtype=np.int64)},
        )
        return self.emit("mul", made)

    def scaled_rows(self, name: str, factors: Any) -> str | None:
        """A convolution's copy with weights times factors (O,); None where name is none."""
        node = self.graph.maker(name)
        if node is None or node.op != "Conv":
            return None
        weights = node.params["weights"] * factors[:, None, None, None]
        bound = max(abs(node.lo), abs(node.hi)) * int(np.abs(factors).max())
        copy = replace(node, params={"weights": weights}, lo=-bound, hi=bound)
        return self.emit("conv", copy)
