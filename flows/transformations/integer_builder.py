"""Building an integer graph: what is emitted once, where pools go, how a sign is changed."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.transformations.channel_map import ChannelMap
from flows.transformations.integer_graph import IntGraph, IntNode


@dataclass(frozen=True)
class Value:
    """What is known of a tensor of the QONNX network: map(integers of tensor ``name``).

    pools: poolings that come after the map (they commute with it, so a quantizer's thresholds are
    put before them).
    """

    name: str
    map: ChannelMap
    pools: tuple[tuple[NodeProto, tuple[int, int, int]], ...] = ()


def where(node: NodeProto) -> str:
    return f"node {node.name or node.output[0]} ({node.op_type})"


class IntegerBuilder:
    """Appends nodes to an integer graph; equal nodes are emitted once."""

    def __init__(self, graph: IntGraph) -> None:
        self.graph = graph
        self.made: dict[tuple[Any, ...], str] = {}
        self.counts: dict[str, int] = {}
        self.sealed: set[str] = set()

    def shape(self, name: str) -> tuple[int, int, int]:
        """(C, H, W) of an integer tensor."""
        return self.graph.input_shape if name == "input" else self.graph.node(name).shape

    def range(self, name: str) -> tuple[int, int]:
        """Least and greatest integer that a tensor can hold."""
        if name == "input":
            return 0, 255
        node = self.graph.node(name)
        return node.lo, node.hi

    def emit(self, stem: str, node: IntNode) -> str:
        """Append node unless the same stands already; returns the tensor's name."""
        attrs = tuple(sorted((k, str(v)) for k, v in node.attrs.items()))
        params = tuple((k, v.shape, v.tobytes()) for k, v in node.params.items())
        key = (node.op, tuple(node.inputs), attrs, params)
        if key in self.made and self.made[key] not in self.sealed:
            return self.made[key]
        self.counts[stem] = self.counts.get(stem, 0) + 1
        layer = self.counts[stem] if stem == "conv" else self.counts.get("conv", 0)
        name = f"{stem}{layer}"
        taken = {other.name for other in self.graph.nodes}
        suffix = 0
        while name in taken:
            suffix += 1
            name = f"{stem}{layer}_{suffix}"
        node.name = name
        self.graph.nodes.append(node)
        self.made[key] = name
        return name

    def emit_pools(self, value: Value, place: str) -> Value:
        """Put the pending poolings behind the integers, which the map must not turn upside down."""
        if not value.pools:
            return value
        lo, hi = self.range(value.name)
        value = self.make_rising(value, lo, hi, place)
        name = value.name
        for node, shape in value.pools:
            lo, hi = self.range(name)
            attrs = pool_attrs(node)
            if any(attrs["pads"]) and lo < 0:
                raise FlowError(
                    f"{where(node)}: padding a pool of signed integers is not supported"
                )
            pool = IntNode("MaxPool", "", [name], shape, lo, hi, node.name, attrs)
            name = self.emit("pool", pool)
        return Value(name, value.map)

    def make_rising(self, value: Value, lo: int, hi: int, place: str) -> Value:
        """Change the sign of the producer's weights in the channels where the map falls."""
        falling = value.map.decreasing(lo, hi, self.shape(value.name)[0])
        if not falling.any():
            return value
        sign = np.where(falling, -1, 1)
        self.flip(value.name, sign, place)
        return replace(value, map=value.map.before("mul", sign))

    def flip(self, name: str, sign: Any, place: str) -> None:
        """Multiply the integers of a convolution (or a sum of them) by sign, shape (O,)."""
        users = [node for node in self.graph.nodes if name in node.inputs]
        node = None if name == "input" else self.graph.node(name)
        flippable = node is not None and node.op in ("Conv", "Add")
        if not flippable or (users and name not in self.sealed):
            raise FlowError(
                f"{place}: a falling function (a negative scale) stands where no convolution's "
                "weights can take the sign"
            )
        assert node is not None
        self.sealed.add(name)
        if node.op == "Add":
            for source in dict.fromkeys(node.inputs):  # once, also where both are the same
                self.sealed.add(source)
                self.flip(source, sign, place)
        else:
            node.params["weights"] = node.params["weights"] * sign[:, None, None, None]
        bound = max(abs(node.lo), abs(node.hi))
        node.lo, node.hi = -bound, bound


def pool_attrs(node: NodeProto) -> dict[str, Any]:
    """Attributes of a MaxPool whose windows do not overlap; FlowError for any other."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    kernel = [int(v) for v in attrs["kernel_shape"]]
    strides = [int(v) for v in attrs.get("strides", [1, 1])]
    if kernel != strides:
        raise FlowError(
            f"{where(node)}: kernel {kernel} with strides {strides} is not supported; expected "
            "equal ones"
        )
    if attrs.get("ceil_mode", 0) or any(d != 1 for d in attrs.get("dilations", [1, 1])):
        raise FlowError(f"{where(node)}: ceil_mode and dilations are not supported")
    if attrs.get("auto_pad", b"NOTSET") not in (b"NOTSET", "NOTSET"):
        raise FlowError(f"{where(node)}: auto_pad is not supported; expected pads")
    pads = [int(v) for v in attrs.get("pads", [0, 0, 0, 0])]
    return {"kernel_shape": kernel, "strides": strides, "pads": pads}
