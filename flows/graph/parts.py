"""Parts of a tensor: some of its channels, rows or columns. Part of the walk."""

from dataclasses import replace

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.integer_builder import Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.products import Products


class Parts(Products):
    """Part of the walk, as Products."""

    def _on_gather(self, node: NodeProto) -> Value:
        """Constant indices along one axis; the functions behind the integers stay what they are."""
        axis = next((a.i for a in node.attribute if a.name == "axis"), 0)
        indices = np.rint(self._constant(node, 1)).astype(np.int64)
        value = self._value(node)
        if value.map.is_monotone:  # so that all parts read the same integers
            lo, hi = self.builder.range(value.name)
            value = self.builder.make_rising(value, lo, hi)
        value = self.builder.emit_pools(value)
        shape = list(self._shape(value))
        if axis not in (1, 2, 3) or indices.ndim != 1:
            raise FlowError(
                f"{where(node)}: takes places of axis {axis}; expected channels, rows or columns"
            )
        steps = np.diff(indices)
        if axis > 1 and len(steps) and (np.ptp(steps) or steps[0] < 1):
            raise FlowError(
                f"{where(node)}: takes {'rows' if axis == 2 else 'columns'} out of their order, or "
                "at different distances; expected every one, or every so many, of a range"
            )
        count, shape[axis - 1] = shape[axis - 1], len(indices)
        lo, hi = self.builder.range(value.name)
        made = IntNode(
            "Gather",
            "",
            [value.name],
            (shape[0], shape[1], shape[2]),
            lo,
            hi,
            node.name,
            {"axis": int(axis)},
            {"indices": indices},
        )
        name = self.builder.emit("part", made)
        return replace(
            value, name=name, map=value.map.of_channels(indices, count) if axis == 1 else value.map
        )
