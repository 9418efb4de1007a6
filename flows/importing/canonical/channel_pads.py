"""Channels of zeros beside a tensor's own: a layer whose kernels take one channel each, or none."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout
from flows.importing.canonical.shuffles import Shuffles


class ChannelPads(Shuffles):
    """Part of the walk."""

    def widened(self, node: NodeProto, name: str, pads: tuple[int, int], values: Any) -> str:
        """The input of a Pad with so many channels of zeros in front and behind; its name.

        values: the mode, and the number that stands there.
        """
        mode, number = values
        if mode != b"constant" or number != 0:
            text = f"by {mode.decode()} values" if mode != b"constant" else f"with {number:g}"
            raise FlowError(f"{where(node)}: pads channels {text}; expected zeros")
        layout = self.layouts[name]
        channels = layout.shape[0]
        weights = np.pad(np.eye(channels, dtype=np.float32), (pads, (0, 0)))
        kernel = self.constant(f"{node.name}_channels", weights[:, :, None, None])
        made = self.fresh(f"{node.output[0]}_channels")
        self.emit("Conv", node, [self.names[name], kernel], made, kernel_shape=[1, 1])
        self.names[made] = made
        shape = (channels + sum(pads), *layout.shape[1:])
        self.layouts[made] = Layout(shape, layout.steps)
        return made


def number_of(node: NodeProto, inputs: Sequence[Any]) -> tuple[bytes, float]:
    """A Pad's mode, and the number that it puts there; inputs: values of its third, if it has."""
    mode = next((a.s for a in node.attribute if a.name == "mode"), b"constant")
    value = next((a.f for a in node.attribute if a.name == "value"), 0.0)  # up to opset 10
    return mode, float(np.asarray(inputs[0]).reshape(-1)[0]) if len(inputs) else value
