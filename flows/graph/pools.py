"""Pools, and pixels repeated: the part of the walk that changes an image's size without weights.

A maximum commutes with functions that rise, and repetition with all of them, so both may wait until
a quantizer has made few bits of the numbers. An average is a sum of the integers, and a division
that the map takes: exact, if all windows have as many pixels.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.elementwise import Elementwise
from flows.graph.integer_builder import Value, where
from flows.graph.integer_graph import LEVEL_GIVING, LEVEL_KEEPING, IntNode
from flows.graph.resizing import repetitions
from flows.graph.windows import Windows, windows_of, windows_of_node

#: Operators whose integers are few: a pool behind them need not wait.
LEVEL_MAKING = (*LEVEL_GIVING, "Shuffle", *LEVEL_KEEPING)


class Pools(Elementwise):
    """Part of the walk, as Elementwise."""

    # --- maxima -------------------------------------------------------------------------------

    def _on_maxpool(self, node: NodeProto) -> Value:
        value = self._value(node)
        if len(node.output) > 1 and any(node.output[1:]):
            raise FlowError(f"{where(node)}: the places of its maxima are not supported")
        return self._maximum(node, value, windows_of_node(node, self._pooled(value)[1:]))

    def _on_globalmaxpool(self, node: NodeProto) -> Value:
        value = self._value(node)
        return self._maximum(node, value, _whole(self._pooled(value)[1:]))

    def _maximum(self, node: NodeProto, value: Value, windows: Windows) -> Value:
        self._check_shape(node, windows.out)
        if not value.map.is_monotone:
            raise FlowError(
                f"{where(node)}: takes the maximum of a function that may fall and rise; expected "
                "a quantizer in front of it"
            )
        if all(pool.op != "MaxPool" for pool in value.pools):
            lo, hi = self.builder.range(value.name)
            value = self.builder.make_rising(value, lo, hi)
        shape = (self._pooled(value)[0], *windows.out)
        made = IntNode("MaxPool", "", [], shape, 0, 0, node.name, windows.attributes())
        return self._behind(node, value, made)

    # --- averages -----------------------------------------------------------------------------

    def _on_averagepool(self, node: NodeProto) -> Value:
        value = self._value(node)
        windows = windows_of_node(node, self._pooled(value)[1:])
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        with_border = bool(attrs.get("count_include_pad", 0))
        counts = windows.counts(with_border)
        if len(counts) == 1:
            return self._average(node, value, windows, counts.pop(), with_border)
        summed = self._sum_pool(node, value, windows, with_border)
        # each sum times what its own number of pixels lacks to a multiple of all numbers
        axes = [np.array(axis, np.int64) for axis in windows.counts_of_axes(with_border)]
        whole = [int(np.lcm.reduce(axis)) for axis in axes]
        rows, columns = (total // axis for total, axis in zip(whole, axes, strict=True))
        places = np.multiply.outer(rows, columns)[None, None]
        lo, hi = self.builder.range(summed.name)
        most = int(places.max())
        made = IntNode(
            "Places", "", [summed.name], self.builder.shape(summed.name), min(lo, lo * most),
            max(hi, hi * most), node.name, {}, {"places": places},
        )  # fmt: skip
        name = self.builder.emit("places", made)
        return replace(summed, name=name, map=summed.map.before("div", whole[0] * whole[1]))

    def _on_globalaveragepool(self, node: NodeProto) -> Value:
        value = self._value(node)
        height, width = self._pooled(value)[1:]
        return self._average(node, value, _whole((height, width)), height * width)

    def _average(
        self, node: NodeProto, value: Value, windows: Windows, count: int, with_border: bool = False
    ) -> Value:
        summed = self._sum_pool(node, value, windows, with_border)
        if count == 1:
            return summed
        return replace(summed, map=summed.map.before("div", count))

    def _sum_pool(
        self, node: NodeProto, value: Value, windows: Windows, with_border: bool = True
    ) -> Value:
        """The sums of the windows' integers; the map is that of one of them.

        with_border: pixels of the border count, as zeros.
        """
        self._check_shape(node, windows.out)
        affine = value.map.affine()
        if affine is None:
            raise FlowError(
                value.map.reason
                or f"{where(node)}: a function that is not affine stands between the integers and "
                "this average; expected a quantizer in front of it"
            )
        reached = zip(windows.pads, windows.fitting_pads, strict=True)
        if with_border and any(min(pair) for pair in reached) and np.any(affine[1] != 0):
            raise FlowError(
                f"{where(node)}: its border of zeros is no integer of its input, which has an "
                "offset (a bias or a zero point); expected no pads, or no offset"
            )
        value = self.builder.emit_pools(value)
        if windows.kernel == windows.strides == (1, 1) and not any(windows.fitting_pads):
            return value
        channels = self.builder.shape(value.name)[0]
        lo, hi = self.builder.range(value.name)
        if any(windows.fitting_pads):
            lo, hi = min(lo, 0), max(hi, 0)
        pixels = windows.kernel[0] * windows.kernel[1]
        attrs = replace(windows, pads=windows.fitting_pads, is_ceil=False).attributes()
        made = IntNode(
            "SumPool",
            "",
            [value.name],
            (channels, *windows.out),
            pixels * lo,
            pixels * hi,
            node.name,
            {**attrs, "group": channels},
            {"taps": np.ones((channels, 1, *windows.kernel), dtype=np.int64)},
        )
        return Value(self.builder.emit("pool", made), value.map)

    # --- sizes --------------------------------------------------------------------------------

    def _on_resize(self, node: NodeProto) -> Value:
        value = self._value(node)
        channels, height, width = self._pooled(value)
        output = self.model.get_tensor_shape(node.output[0])
        inputs = [self.model.get_initializer(name) if name else None for name in node.input[1:]]
        scale_h, scale_w = repetitions(node, (1, channels, height, width), tuple(output), inputs)
        if (scale_h, scale_w) == (1, 1):
            return value
        made = IntNode(
            "Upsample",
            "",
            [],
            (channels, height * scale_h, width * scale_w),
            0,
            0,
            node.name,
            {},
            {"scales": np.array([1, 1, scale_h, scale_w], dtype=np.int64)},
        )
        return self._behind(node, value, made)

    _on_upsample = _on_resize

    # --- what they share ----------------------------------------------------------------------

    def _pooled(self, value: Value) -> tuple[int, int, int]:
        """(C, H, W) of a value behind what waits."""
        return value.pools[-1].shape if value.pools else self._shape(value)

    def _behind(self, node: NodeProto, value: Value, made: IntNode) -> Value:
        """A value with made behind it: at once if it is quantized, else it waits."""
        waiting = replace(value, pools=(*value.pools, made))
        if value.map.scalar_scale() is None or value.name in self.builder.graph.inputs:
            return waiting
        ready = self.builder.graph.node(value.name).op in LEVEL_MAKING
        return self.builder.emit_pools(waiting) if ready else waiting

    def _check_shape(self, node: NodeProto, out: tuple[int, int]) -> None:
        """FlowError where the shape that ONNX infers is another one."""
        shape = self.model.get_tensor_shape(node.output[0])
        if shape is not None and tuple(shape[2:]) != out:
            raise FlowError(
                f"{where(node)}: its result has shape {tuple(shape)}, its windows are "
                f"{out[0]} x {out[1]}"
            )


def _whole(size: tuple[int, int]) -> Windows:
    """One window over all of an image."""
    attrs: dict[str, Any] = {"kernel_shape": size, "strides": size}
    return windows_of(attrs, size)
