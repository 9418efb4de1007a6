"""Convolutions of every kind: of groups, with taps apart, and transposed ones.

A transposed convolution is a convolution of the flipped kernel over its input spread apart: zeros
between the pixels, as many as its stride says (``Spread``). A group's channels may have scales of
their own, for no sum goes across groups: so depthwise convolutions take any scale a channel.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, IntArray, Levels, Quantizer
from flows.graph.integer_builder import Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.many_levels import MAX_LEVELS
from flows.graph.parts import Parts
from flows.graph.scales import MAX_MULTIPLE, multiples
from flows.graph.weight_grids import grid_of_type, write_grids


@dataclass(frozen=True)
class _Window:
    """Attributes of a convolution's node; pads: top, left, bottom, right."""

    strides: list[int]
    pads: list[int]
    dilations: list[int]
    output_padding: list[int]
    group: int

    @staticmethod
    def of(node: NodeProto) -> "_Window":
        """FlowError, naming the node, for attributes that are not supported."""
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if attrs.get("auto_pad", b"NOTSET") not in (b"NOTSET", "NOTSET"):
            raise FlowError(f"{where(node)}: auto_pad is not supported; expected pads")
        if attrs.get("output_shape"):
            raise FlowError(f"{where(node)}: output_shape is not supported; expected pads")

        def sizes(name: str, default: list[int]) -> list[int]:
            return [int(v) for v in attrs.get(name, default)]

        return _Window(
            sizes("strides", [1, 1]),
            sizes("pads", [0, 0, 0, 0]),
            sizes("dilations", [1, 1]),
            sizes("output_padding", [0, 0]),
            int(attrs.get("group", 1)),
        )


class Convolutions(Parts, ABC):
    """Part of the walk, as Parts. Weights come as integers, (O, C / group, KH, KW)."""

    @abstractmethod
    def _quantize(self, node: NodeProto, value: Value, quantizer: Levels) -> Value:
        """Thresholds of a quantizer of a value: of the walk."""

    def _on_conv(self, node: NodeProto) -> Value:
        value, weights = self._operand_of(node), self._integers(node)
        window = _Window.of(node)
        if any(window.pads):
            value = self._with_zero(node, value)
        channels = self._shape(value)[0]
        if weights.shape[1] * window.group != channels:
            groups = f" in {window.group} groups" if window.group > 1 else ""
            raise FlowError(
                f"{where(node)}: its weights have {weights.shape[1] * window.group} input channels"
                f"{groups}, its input has {channels}"
            )
        if weights.shape[0] % window.group:
            raise FlowError(
                f"{where(node)}: {weights.shape[0]} output channels in {window.group} groups"
            )
        return self._convolution(node, value, weights, window, value.name)

    def _on_convtranspose(self, node: NodeProto) -> Value:
        value, given = self._operand_of(node), self._integers(node)
        window = _Window.of(node)
        value = self._with_zero(node, value)
        channels = self._shape(value)[0]
        if given.shape[0] != channels or channels % window.group:
            raise FlowError(
                f"{where(node)}: its weights have {given.shape[0]} input channels in "
                f"{window.group} groups, its input has {channels}"
            )
        # (C, O / group, ...) -> (O, C / group, ...), flipped
        split = given.reshape(window.group, channels // window.group, *given.shape[1:])
        weights = np.flip(split.swapaxes(1, 2), (-2, -1)).reshape(
            -1, channels // window.group, *given.shape[2:]
        )
        name = self._spread(node, value.name, window.strides)
        reach = [
            (size - 1) * gap for size, gap in zip(weights.shape[2:], window.dilations, strict=True)
        ]
        pads = [reach[i % 2] - pad for i, pad in enumerate(window.pads)]
        pads[2], pads[3] = (pads[i + 2] + window.output_padding[i] for i in (0, 1))
        if min(pads) < 0:
            raise FlowError(
                f"{where(node)}: pads {window.pads} reach beyond the kernel; expected at most "
                f"{reach[0]} rows and {reach[1]} columns"
            )
        plain = _Window([1, 1], pads, window.dilations, [0, 0], window.group)
        return self._convolution(node, value, np.ascontiguousarray(weights), plain, name)

    def _operand_of(self, node: NodeProto) -> Value:
        return self.builder.emit_pools(self._value(node))

    def _with_zero(self, node: NodeProto, value: Value) -> Value:
        """The same tensor in integers of which 0 stands for the real zero, as a border has it.

        An input that is brought to [-1, 1] has an offset: 2 k / 255 - 1 is (2 k - 255) / 255. Where
        there are no such small integers the value stays as it is, and is refused.
        """
        affine = value.map.affine()
        if affine is None or not np.any(affine[1]) or np.any(affine[0] <= 0):
            return value
        channels = self._shape(value)[0]
        scale, offset = (np.broadcast_to(part, (channels,)) for part in affine)
        found = multiples(np.concatenate([scale, offset]))
        if found is None:
            return value
        unit, (factors, added) = found[0], found[1].reshape(2, channels)
        lo, hi = self.builder.range(value.name)
        least, most = int((factors * lo + added).min()), int((factors * hi + added).max())
        if most - least >= MAX_LEVELS:
            return value
        return self._quantize(node, value, Quantizer.integer_range([unit], least, most))

    def _integers(self, node: NodeProto) -> IntArray:
        """Weights of a node. FlowError where they are no integers."""
        weights = self._constant(node, 1)
        if weights.ndim != 4 or np.any(weights != np.rint(weights)):
            raise FlowError(f"{where(node)}: its weights are not quantized to integers")
        if weights.size == 0:
            raise FlowError(f"{where(node)}: weights of shape {weights.shape} hold nothing")
        found: IntArray = np.rint(weights).astype(np.int64)
        return found

    def _convolution(
        self, node: NodeProto, value: Value, weights: IntArray, window: _Window, source: str
    ) -> Value:
        """The Conv of source, which is value or value spread apart."""
        units, ratios = self._scales(node, value, window.group)
        rows, width = weights.shape[0], weights.shape[1]
        mine = np.repeat(ratios.reshape(window.group, width), rows // window.group, axis=0)
        integers = weights * mine[:, :, None, None]
        grid = grid_of_type(self.model.get_tensor_datatype(node.input[1]))
        if grid is not None and np.all(mine == 1):
            write_grids(self.builder.graph.metadata, {node.name: grid})
        lo, hi = self.builder.range(source)
        flat = integers.reshape(rows, -1)
        positive, negative = flat.clip(min=0).sum(1), flat.clip(max=0).sum(1)
        bottom, top = min(lo, 0), max(hi, 0)
        _, _, height, columns = self.model.get_tensor_shape(node.output[0])
        attrs: dict[str, Any] = {
            "kernel_shape": [int(v) for v in integers.shape[2:]],
            "strides": window.strides,
            "pads": window.pads,
            "group": window.group,
        }
        if window.dilations != [1, 1]:
            attrs["dilations"] = window.dilations
        made = IntNode(
            "Conv",
            "",
            [source],
            (rows, int(height), int(columns)),
            int((positive * bottom + negative * top).min()),
            int((positive * top + negative * bottom).max()),
            node.name,
            attrs,
            {"weights": integers},
        )
        scale = np.repeat(units, rows // window.group) if np.ptp(units) else units[:1]
        result = Value(self.builder.emit("conv", made), ChannelMap().then("mul", scale))
        offset = self._offset(node, value, weights, window, source)
        if np.any(offset):
            result = self._extend(node, result, "add", offset)
        if len(node.input) > 2 and node.input[2]:
            return self._extend(node, result, "add", self._vector(node, 2, rows))
        return result

    def _offset(
        self, node: NodeProto, value: Value, weights: IntArray, window: _Window, source: str
    ) -> Any:
        """Sums that offsets of the input's channels add to each output channel, (O,) float64.

        A border is zero in real values and would need the offsets too: refused.
        """
        affine = value.map.affine()
        if affine is None or not np.any(affine[1]):
            return np.zeros(weights.shape[0])
        if any(window.pads) or source != value.name:
            raise FlowError(
                f"{where(node)}: its input has an offset (real = scale * integer + offset), and "
                "its pads are zeros; expected a quantizer without offset, or no pads"
            )
        rows, width = weights.shape[:2]
        offsets = np.broadcast_to(affine[1], (width * window.group,)).reshape(-1, width)
        mine = np.repeat(offsets, rows // window.group, axis=0)
        return (weights.sum(axis=(2, 3)) * mine).sum(axis=1)

    def _spread(self, node: NodeProto, source: str, strides: list[int]) -> str:
        """Name of source with strides - 1 zeros between its pixels."""
        if strides == [1, 1]:
            return source
        channels, *size = self.builder.shape(source)
        height, width = (
            (length - 1) * stride + 1 for length, stride in zip(size, strides, strict=True)
        )
        lo, hi = self.builder.range(source)
        attrs = {"kernel_shape": [1, 1], "strides": strides, "pads": [0] * 4, "group": channels}
        ones = np.ones((channels, 1, 1, 1), dtype=np.int64)
        made = IntNode(
            "Spread", "", [source], (channels, height, width), min(lo, 0), max(hi, 0), node.name,
            attrs, {"ones": ones},
        )  # fmt: skip
        return self.builder.emit("spread", made)

    def _scales(self, node: NodeProto, value: Value, groups: int = 1) -> tuple[Any, Any]:
        """(units (groups,), integers (C,)): scales of a value's channels are unit * integers.

        A convolution takes the integers into its weights, by input channel.
        """
        affine = value.map.affine()
        if affine is None:
            raise FlowError(
                value.map.reason
                or f"{where(node)}: its input is not quantized with one positive scale for all "
                "channels"
            )
        channels = self._shape(value)[0]
        parts = np.broadcast_to(affine[0], (channels,)).reshape(groups, -1)
        found = [multiples(part) for part in parts]
        known = [each for each in found if each is not None]
        if len(known) < len(found):
            of = f"a group of {channels // groups}" if groups > 1 else "all"
            raise FlowError(
                f"{where(node)}: the scales of its input's channels are no multiples, of at most "
                f"{MAX_MULTIPLE}, of one number; expected one scale for {of} channels"
            )
        units = np.array([unit for unit, _ in known])
        return units, np.concatenate([integers for _, integers in known])
