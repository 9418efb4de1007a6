"""Parts of a tensor: Slice, Split and Gather with constant indices, as a Gather of each axis.

Which axes inside are meant follows from how the file's tensor lies. Where its channels were
shuffled (ShuffleNet), a part of it may still be some of the channels inside.
"""

from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout, plain
from flows.graph.moves import channels_at
from flows.importing.canonical.embeddings import Embeddings

#: Of a file's axis the indices that are kept, in their order.
Kept = dict[int, Any]


class Parts(Embeddings):
    """Part of the walk."""

    def on_slice(self, node: NodeProto) -> None:
        """Slice: its numbers are inputs, or attributes in opsets below 10."""
        name, dims = node.input[0], self.dims(node, node.input[0])
        given = {a.name: list(a.ints) for a in node.attribute}
        for index, what in enumerate(("starts", "ends", "axes", "steps"), 1):
            if len(node.input) > index and node.input[index]:
                value = self.value(node, node.input[index])
                given[what] = [int(v) for v in np.asarray(value).reshape(-1)]
        if "starts" not in given or "ends" not in given:
            raise FlowError(f"{where(node)}: has no starts and ends")
        count = len(given["starts"])
        axes = given.get("axes", list(range(count)))
        steps = given.get("steps", [1] * count)
        if not count == len(given["ends"]) == len(axes) == len(steps) or 0 in steps:
            raise FlowError(
                f"{where(node)}: {count} starts, {len(given['ends'])} ends, {len(axes)} axes and "
                f"steps {steps}; expected as many of each, and no step of 0"
            )
        kept: Kept = {}
        for axis, *ends in zip(axes, given["starts"], given["ends"], steps, strict=True):
            place = self._axis(node, axis, dims)
            kept[place] = np.arange(dims[place])[slice(*ends)]  # as ONNX clamps them
        self._select(node, name, node.output[0], kept)

    def on_split(self, node: NodeProto) -> None:
        """Split: sizes as an input or attribute, or as many equal parts as outputs."""
        name, dims = node.input[0], self.dims(node, node.input[0])
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        axis = self._axis(node, int(attrs.get("axis", 0)), dims)
        sizes = [int(v) for v in attrs.get("split", [])]
        if len(node.input) > 1 and node.input[1]:
            sizes = [int(v) for v in np.asarray(self.value(node, node.input[1])).reshape(-1)]
        count = len(node.output)
        if not sizes:  # all but the last are equal
            size = -(-dims[axis] // count)
            sizes = [min(size, dims[axis] - size * index) for index in range(count)]
        if len(sizes) != count or sum(sizes) != dims[axis] or min(sizes) < 1:
            raise FlowError(
                f"{where(node)}: parts of {sizes} for {count} outputs of an axis of {dims[axis]}; "
                "expected one of at least 1 for each, together the whole axis"
            )
        first = 0
        for output, size in zip(node.output, sizes, strict=True):
            if output:
                self._select(node, name, output, {axis: np.arange(first, first + size)})
            first += size

    def on_gather(self, node: NodeProto) -> None:
        """Gather of an activation with constant indices, in one dimension or one alone.

        Of a constant by the network's input: ``Embeddings``.
        """
        name, output = node.input[:2], node.output[0]
        if name[0] not in self.varying:
            self.on_lookup(node)
            return
        dims = self.dims(node, name[0])
        axis = self._axis(node, next((a.i for a in node.attribute if a.name == "axis"), 0), dims)
        indices = np.asarray(self.value(node, name[1])).astype(np.int64)
        if indices.ndim > 1 or not indices.size or np.any(np.abs(2 * indices + 1) > 2 * dims[axis]):
            raise FlowError(
                f"{where(node)}: indices of shape {indices.shape}; expected one or a row of them, "
                f"each of -{dims[axis]} to {dims[axis] - 1}"
            )
        self._select(node, name[0], output, {axis: indices.reshape(-1) % dims[axis]})
        self.layouts[output] = self.layouts[output].reshaped(self.dims(node, output))

    def _axis(self, node: NodeProto, axis: int, dims: tuple[int, ...]) -> int:
        if not -len(dims) <= axis < len(dims):
            raise FlowError(f"{where(node)}: axis {axis} of a tensor of shape {dims}")
        return axis % len(dims)

    # --- selection ----------------------------------------------------------------------------

    def _select(self, node: NodeProto, name: str, output: str, kept: Kept) -> None:
        """Let output be what is kept of a tensor."""
        layout, dims = self.layouts[name], self.dims(node, name)
        kept = {a: i for a, i in kept.items() if not np.array_equal(i, np.arange(dims[a]))}
        if any(not len(indices) for indices in kept.values()):
            raise FlowError(f"{where(node)}: its result holds nothing")
        axes = layout.axes()
        inside: Kept = {}
        made: Layout | None = None
        if axes is not None and all(axes[axis] for axis in kept):
            inside = {int(axes[axis] or 0): indices for axis, indices in kept.items()}
            shape = [len(inside.get(i + 1, range(size))) for i, size in enumerate(layout.shape)]
            made = Layout((shape[0], shape[1], shape[2]), layout.steps)
        else:
            channels = _channels(layout, kept)
            made = plain(tuple(len(kept.get(a, range(size))) for a, size in enumerate(dims)))
            if channels is None or made is None:
                wanted = plain(dims) or (channels_at(dims, *kept) if len(kept) == 1 else None)
                if wanted is None:
                    raise FlowError(
                        f"{where(node)}: takes a part of its input of shape {dims} along axes "
                        f"{sorted(kept)}; expected channels, rows and columns, or one of the axes"
                    )
                self.shuffle(node, name, wanted)
                self._select(node, name, output, kept)
                return
            inside = {1: channels}
        source = self.names[name]
        for axis, indices in sorted(inside.items()):
            last = axis == max(inside)
            target = output if last else self.fresh(f"{output}_part{axis}")
            constant = self.constant(f"{target}_indices", np.asarray(indices, np.int64))
            source = self.emit("Gather", node, [source, constant], target, axis=axis)
        self.names[output], self.layouts[output] = source, made


def _channels(layout: Layout, kept: Kept) -> Any:
    """The channels inside that a part of a file's tensor is, (n,); None where it is no such."""
    places: Any = layout.places()
    for axis, indices in kept.items():
        places = places.take(indices, axis)
    usual = plain(places.shape)
    if usual is None or usual.shape[1:] != layout.shape[1:]:
        return None
    pixels = layout.shape[1] * layout.shape[2]
    flat = places.reshape(usual.shape[0], pixels)
    channels = flat[:, 0] // pixels
    whole = channels[:, None] * pixels + np.arange(pixels)
    return channels.astype(np.int64) if np.array_equal(flat, whole) else None
