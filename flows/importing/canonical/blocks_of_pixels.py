"""Blocks of pixels as channels, and channels in another order, in front of a layer.

Channels that are shuffled (ShuffleNet), and pixels of a block that became channels (SpaceToDepth,
``torch.nn.PixelUnshuffle``), are what a convolution reads at other places: it takes its weights in
that order instead, over windows that are a block larger in each direction. Nothing is left of the
move. In front of another operator a convolution whose weights are 0 and 1 moves them, and a
transposed one moves channels to blocks of pixels (DepthToSpace).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.graph.layout import Layout, plain
from flows.importing.limits import MAX_ELEMENTS


@dataclass(frozen=True)
class Blocks:
    """Which (channel, row, column) of a block each channel is.

    block: (rows, columns) of a block. places: int (channels, 3), each of them once.
    """

    block: tuple[int, int]
    places: Any

    @property
    def is_small(self) -> bool:
        """Whether the weights of ``one_hot`` are as few as a tensor may hold."""
        return len(self.places) ** 2 <= MAX_ELEMENTS

    @property
    def one_hot(self) -> Any:
        """Weights (channels, channels in front, block rows, block columns) that pick them."""
        count, (rows, columns) = len(self.places), self.block
        made = np.zeros((count, count // (rows * columns), rows, columns), np.float32)
        made[np.arange(count), *self.places.T] = 1
        return made

    def kernel(self, weights: Any) -> Any:
        """(O, channels, KH, KW) as weights over what lies in front: (O, C, KH * R, KW * S)."""
        outputs, count, height, width = weights.shape
        rows, columns = self.block
        shape = (outputs, count // (rows * columns), height, rows, width, columns)
        made = np.empty(shape, weights.dtype)
        for channel, (source, row, column) in enumerate(self.places):
            made[:, source, :, row, :, column] = weights[:, channel]
        return made.reshape(outputs, shape[1], height * rows, width * columns)


def blocks_in(layout: Layout) -> Blocks | None:
    """How a tensor (1, channels, rows, columns) of that layout takes blocks of pixels apart.

    A tensor of three axes has one row. None where it is anything else, and where it lies as usual.
    """
    usual = plain(layout.dims)
    if usual is None or layout.dims[:1] != (1,) or layout.is_same_as(usual):
        return None
    return _found(layout.places().reshape(usual.shape), layout.shape)


def blocks_out(layout: Layout) -> Blocks | None:
    """The same the other way: channels that became blocks of pixels.

    places: of each channel in front, where it goes.
    """
    usual = plain(layout.dims)
    if usual is None or layout.dims[:1] != (1,) or layout.is_same_as(usual):
        return None
    there = np.argsort(layout.places().reshape(-1))
    return _found(there.reshape(layout.shape), usual.shape)


def _found(places: Any, shape: tuple[int, int, int]) -> Blocks | None:
    """places: (channels, rows, columns) of places in a tensor of that shape."""
    _, height, width = shape
    size = places.shape[1:]
    rows, columns = height // size[0], width // size[1]
    if (rows * size[0], columns * size[1]) != (height, width):
        return None
    source, place = np.divmod(places.astype(np.int64), height * width)
    row, column = np.divmod(place, width)
    first = np.stack([source[:, 0, 0], row[:, 0, 0], column[:, 0, 0]], 1)
    at = np.indices(size) * np.array([rows, columns]).reshape(2, 1, 1)
    same = (source == first[:, :1, None]).all()
    same &= (row == first[:, 1:2, None] + at[0]).all()
    same &= (column == first[:, 2:, None] + at[1]).all()
    inside = (first[:, 1] < rows).all() and (first[:, 2] < columns).all()
    return Blocks((rows, columns), first) if same and inside else None


def can_read(node: NodeProto, blocks: Blocks) -> bool:
    """Whether a convolution can take its weights in that order, over larger windows."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type != "Conv" or attrs.get("group", 1) != 1:
        return False
    return blocks.block == (1, 1) or all(d == 1 for d in attrs.get("dilations", [1]))


def widen(node: NodeProto, blocks: Blocks, kernel: tuple[int, int]) -> None:
    """Kernel, strides and pads of such a convolution, kernel as its weights have it."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    rows, columns = blocks.block
    new = {
        "kernel_shape": [kernel[0] * rows, kernel[1] * columns],
        "strides": [s * b for s, b in zip(attrs.get("strides", [1, 1]), blocks.block, strict=True)],
        "pads": [p * b for p, b in zip(attrs.get("pads", [0] * 4), blocks.block * 2, strict=True)],
    }
    kept = [helper.make_attribute(n, v) for n, v in attrs.items() if n not in new]
    del node.attribute[:]
    node.attribute.extend([*kept, *(helper.make_attribute(n, v) for n, v in new.items())])
