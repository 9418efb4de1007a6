"""Operators of the dataflow graph that compute nothing: parts, moves, repeats and views."""

from typing import Any

import numpy as np

from flows.errors import FlowError
from flows.graph.dataflow_builder import DataflowBuilder
from flows.graph.integer_graph import IntGraph, IntNode
from flows.graph.moves import move_of


class DataflowMoves(DataflowBuilder):
    """Part of the step to_hardware."""

    def __init__(self, graph: IntGraph) -> None:
        super().__init__(graph)
        #: Parts that a part is taken of: the tensor that they are of, and what is kept of its axes.
        self.parts: dict[str, tuple[str, dict[int, Any]]] = {}

    def _upsample(self, node: IntNode) -> None:
        _, height, width = node.shape
        source = node.inputs[0]
        kind = self.types[source]
        self._alone("UpsampleNearestNeighbour", node, source, kind, HO=height, WO=width, SIMD=1)

    def _shuffle(self, node: IntNode) -> None:
        (source,) = node.inputs
        move, given = move_of(node), self.graph.shape(source)
        if move.is_in_order(given):  # another shape of the same stream
            if node.name in self.graph.outputs:
                raise FlowError(
                    f"node {node.origin}: the network's output {node.name} is another tensor in "
                    "another shape alone; expected that one, or an operator between the two"
                )
            self._view(node)
            return
        parts, perm = move.streamed(given)
        channels, height, width = node.shape
        attrs = {"transpose_in_shape": parts, "perm": perm, "SIMD": 1}
        made = (1, height, width, channels)
        self._alone("StreamShuffle", node, source, self.types[source], **attrs, out_shape=made)

    def _part(self, node: IntNode) -> None:
        """Some channels, rows or columns; parts of parts, of other axes, are one operator."""
        source, kept = self.parts.get(node.inputs[0], (node.inputs[0], {}))
        kept = {**kept, node.attrs["axis"]: node.params["indices"]}
        if self._is_part_of_part(node, kept):
            self.parts[node.name] = source, kept
            return
        _, height, width, channels = self._seen(source)[1]
        sides: dict[str, Any] = {"Steps": [1, 1]}
        if 1 in kept:
            sides["Channels"] = kept[1].tolist()
        for axis, size, begin, end in ((2, height, "North", "South"), (3, width, "West", "East")):
            indices = kept.get(axis, np.arange(size))
            sides[f"Crop{begin}"], sides[f"Crop{end}"] = (
                int(indices[0]),
                size - 1 - int(indices[-1]),
            )
            sides["Steps"][axis - 2] = int(indices[1] - indices[0]) if len(indices) > 1 else 1
        rows = (1, *node.shape[1:], node.shape[0])
        self._put(
            "Crop", node.name, [source], node.name, rows, self.types[source],
            DataType=self.types[source], ImgDim=[height, width], NumChannels=channels,
            SIMD=channels, numInputVectors=[1], **sides,
        )  # fmt: skip

    def _is_part_of_part(self, node: IntNode, kept: dict[int, Any]) -> bool:
        """Whether all that reads a part is a part of it along an axis that is whole yet."""
        readers = [other for other in self.graph.nodes if node.name in other.inputs]
        if node.name in self.graph.outputs or len(readers) != 1 or readers[0].op != "Gather":
            return False
        return readers[0].attrs["axis"] not in kept

    def _spread(self, node: IntNode) -> None:
        """Let the one layer that reads it put the zeros between pixels, with its padding."""
        (source,) = node.inputs
        readers = [other.op for other in self.graph.nodes if node.name in other.inputs]
        if readers != ["Conv"] or node.name in self.graph.outputs:
            raise FlowError(f"node {node.origin}: its input spread apart has to be of one layer")
        self.strides[node.name] = node.attrs["strides"]
        self.views[node.name] = self._seen(source)
        self.types[node.name] = self.types[source]

    def _view(self, node: IntNode) -> None:
        """Let the reader of a view read the tensor itself, in the view's shape."""
        channels, height, width = node.shape
        source = self._seen(node.inputs[0])[0]
        self.views[node.name] = (source, (1, height, width, channels))
        if node.inputs[0] in self.factors:
            self.factors[node.name] = self.factors[node.inputs[0]]
        self.types[node.name] = self.types[source]

    def _alone(self, op: str, node: IntNode, stream: str, kind: str, **attrs: Any) -> None:
        """One operator that gives a node's tensor."""
        channels, height, width = node.shape
        shape = (1, height, width, channels)
        self._add(op, node.name, stream, node.name, shape, kind, None, **attrs)
