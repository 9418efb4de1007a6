"""Rows of a constant table that the network's input numbers: an Embedding of our own.

The indices lie as one channel. The integers of a quantized table are the Embedding's, its scale
stands behind; a table whose scale differs between rows, or that is of reals, stays as it is, for a
quantizer behind it to make integers of.
"""

import math
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout
from flows.importing.canonical.shuffles import Shuffles
from flows.importing.domains import QONNX
from flows.importing.embedding import MOST_ROWS, NAME


class Embeddings(Shuffles):
    """Part of the walk."""

    def on_lookup(self, node: NodeProto) -> None:
        """Gather of a constant by indices that are the network's."""
        name, indices, output = node.input[0], node.input[1], node.output[0]
        weights = self.weights(node, name)
        values = np.asarray(weights.values)
        axis = next((a.i for a in node.attribute if a.name == "axis"), 0)
        if not values.ndim or axis not in (0, -values.ndim):
            raise FlowError(
                f"{where(node)}: looks its constant of shape {values.shape} up along axis {axis} "
                "by the network's input; expected rows, along axis 0"
            )
        rows, elements = len(values), math.prod(values.shape[1:])
        if not 1 <= rows <= MOST_ROWS or not elements:
            raise FlowError(
                f"{where(node)}: looks rows of a table of shape {values.shape} up; expected 1 to "
                f"{MOST_ROWS:,} rows"
            )
        self._be_one_channel(node, indices)
        weights = weights.moved(lambda array: np.reshape(array, (rows, elements)))
        table, scale = self._table(node, weights)
        source = [self.names[indices], self.constant(f"{node.name}_table", table)]
        made = output if scale is None else self.fresh(f"{output}_integers")
        self.emit(NAME, node, source, made, domain=QONNX, elements=elements)
        if scale is not None:
            factor = self.constant(f"{node.name}_table_scale", scale)
            self.emit("Mul", node, [made, factor], output)
        self.names[output] = output
        laid = _with_elements(self.layouts[indices], elements)
        self.layouts[output] = laid.reshaped(self.dims(node, output))

    def _be_one_channel(self, node: NodeProto, name: str) -> None:
        """Let indices lie as one channel, moved where they do not."""
        layout = self.layouts[name]
        if layout.shape[0] != 1:
            self.shuffle(node, name, one_channel(layout.dims))

    def _table(self, node: NodeProto, weights: Any) -> tuple[Any, Any]:
        """(table, scale behind it or None): float32, of integers where there is a scale."""
        if weights.quantizer is None:
            return np.asarray(weights.values, np.float32), None
        maker = weights.quantizer
        real = np.reshape(self.value(node, node.input[0]), weights.values.shape)
        scale = np.broadcast_to(np.asarray(weights.scale, np.float64), real.shape)
        if np.any(scale <= 0):
            raise FlowError(f"{where(maker)}: expected a positive scale")
        if np.any(scale != scale[:1]):  # of each row
            return np.asarray(real, np.float32), None
        integers = np.rint(np.asarray(real, np.float64) / scale).astype(np.float32)
        columns = scale[0].astype(np.float32)
        if np.all(columns == columns[0]):
            return integers, columns[0]
        return integers, columns.reshape(1, -1, 1, 1)


def one_channel(dims: tuple[int, ...]) -> Layout:
    """A tensor of a file as one channel: of three axes an image, else one row."""
    if len(dims) == 3 and dims[0] == 1:
        return Layout((1, dims[1], dims[2])).reshaped(dims)
    return Layout((1, 1, math.prod(dims))).reshaped(dims)


def _with_elements(layout: Layout, elements: int) -> Layout:
    """How rows lie that are looked up by indices of a layout: elements as one more, last axis."""
    _, height, width = layout.shape
    made = Layout((elements, height, width)).transposed((0, 2, 3, 1))
    made, before = made.reshaped((1, 1, height, width, elements)), Layout(layout.shape)
    for kind, numbers in layout.steps:
        if kind == "transpose":
            made = made.transposed((*numbers, len(numbers)))
            before = before.transposed(numbers)
        else:
            before = Layout(layout.shape, (*before.steps, (kind, numbers)))
            made = made.reshaped((*before.dims, elements))
    return made
