"""Numbers moved inside of a frame: the part of the walk that has neither weights nor sums.

In the model a move is a Reshape, a Transpose and a Reshape behind each other
(flows/importing/canonical/shuffles.py). Its integers are those in front; so they need one map for
all channels that come together in one.
"""

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, Step
from flows.graph.elementwise import Elementwise
from flows.graph.integer_builder import Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.moves import Move


class Shuffles(Elementwise):
    """Part of the walk, as Elementwise."""

    def _on_transpose(self, node: NodeProto) -> Value:
        """Of a move; what is said of it is said at its end."""
        return self._value(node)

    def _on_reshape(self, node: NodeProto) -> Value:
        value = self._value(node)
        before = self.model.find_producer(node.input[0])
        if before is None or before.op_type != "Transpose":
            return value  # the beginning
        parts = tuple(int(size) for size in self.model.get_tensor_shape(before.input[0])[1:])
        perm = next(helper.get_attribute_value(a) for a in before.attribute if a.name == "perm")
        _, channels, height, width = (
            int(size) for size in self.model.get_tensor_shape(node.output[0])
        )
        move = Move(parts, tuple(axis - 1 for axis in perm[1:]), (channels, height, width))
        value = self.builder.emit_pools(value)
        given = self._shape(value)
        made = IntNode(
            "Shuffle",
            "",
            [value.name],
            move.shape,
            *self.builder.range(value.name),
            node.name,
            {"parts": list(move.parts), "perm": list(move.perm)},
        )
        moved = self._moved(node, value.map, move, given)
        return Value(self.builder.emit("shuffle", made), moved)

    def _moved(
        self, node: NodeProto, given: ChannelMap, move: Move, shape: tuple[int, int, int]
    ) -> ChannelMap:
        """The map of the numbers where they are now."""
        channels = np.arange(shape[0]).reshape(-1, 1, 1)
        sources = move.sources(np.broadcast_to(channels, shape)).reshape(move.shape[0], -1)
        steps = []
        for step in given.steps:
            column = np.broadcast_to(step.value.reshape(-1), (shape[0],))
            values = column[sources]
            if step.function is not None or np.any(values != values[:, :1]):
                raise FlowError(
                    f"{where(node)}: numbers of several channels come together in one where a "
                    "tensor is transposed or reshaped, and their scale, offset or function may "
                    "differ; expected a quantizer of one scale in front of it"
                )
            value = values[:1, :1] if np.all(values == values[0, 0]) else values[:, :1]
            steps.append(Step(step.kind, value))
        return ChannelMap(tuple(steps))
