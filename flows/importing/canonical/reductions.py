"""Means, maxima and sums over axes: pools of all rows and columns, of rows or of columns."""

from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout
from flows.graph.moves import channels_at
from flows.importing.canonical.shuffles import Shuffles

#: Of an operator the pool of all pixels, and the one of a window.
POOLS = {
    "ReduceMean": ("GlobalAveragePool", "AveragePool"),
    "ReduceSum": ("GlobalAveragePool", "AveragePool"),
    "ReduceMax": ("GlobalMaxPool", "MaxPool"),
}


class Reductions(Shuffles):
    """Part of the walk."""

    def on_reduction(self, node: NodeProto) -> None:
        """A pool; of a sum the mean, times how many numbers it is of."""
        name, output = node.input[0], node.output[0]
        dims, which = self.dims(node, name), self._reduced(node)
        kept = [axis for axis, size in enumerate(dims) if size > 1 and axis not in which]
        if len(kept) == 1:
            self.shuffle(node, name, channels_at(dims, kept[0]))
        layout = self.layouts[name]
        axes = layout.axes()
        pooled: set[int | None] = set() if axes is None else {axes[axis] for axis in which}
        sizes = [layout.shape[axis - 1] if axis in pooled else 1 for axis in (2, 3)]
        if axes is None or not pooled <= {2, 3, None} or pooled == {None}:
            raise FlowError(
                f"{where(node)}: reduces axes {sorted(which)} of an input of shape {dims}; "
                "expected rows, columns or both, and nothing else"
            )
        channels, *size = layout.shape
        whole, window = POOLS[node.op_type]
        is_sum = node.op_type == "ReduceSum"
        made = self.fresh(f"{output}_mean") if is_sum else output
        if size == sizes:
            self.emit(whole, node, [self.names[name]], made)
        else:
            self.emit(window, node, [self.names[name]], made, kernel_shape=sizes, strides=sizes)
        if is_sum:
            count = self.constant(f"{node.name}_count", np.float32(np.prod(sizes)))
            self.emit("Mul", node, [made, count], output)
        left = [total // taken for total, taken in zip(size, sizes, strict=True)]
        self.names[output] = output
        # an axis of one number may stand anywhere, or be gone
        lies = Layout((channels, left[0], left[1]), layout.steps)
        if left == [1, 1]:
            lies = Layout((channels, 1, 1))
        self.layouts[output] = lies.reshaped(self.dims(node, output))

    def _reduced(self, node: NodeProto) -> set[int]:
        axes = len(self.dims(node, node.input[0]))
        given: Any = next((list(a.ints) for a in node.attribute if a.name == "axes"), None)
        if given is None and len(node.input) > 1 and node.input[1]:
            given = self.value(node, node.input[1]).reshape(-1)
        return {int(axis) % axes for axis in (range(axes) if given is None else given)}
