"""Pack neighbouring pixels of a row into one: more than one pixel a clock, exactly.

A tensor (H, W, C) seen as (H, W / p, p * C) is the same numbers in the same order, so packing costs
a stream nothing but wider beats. The layers change with it, and not one integer does:

- a convolution of C to M channels becomes one of p * C to r * M over packed columns, with one copy
  of its kernel for each of the r output pixels of a column (``hw/ops/mvau/copies.py``);
- a pool takes the maximum inside a column as far as its window lies there;
- sums of neighbouring channels stay as they are, and a channel's thresholds are repeated.

How many pixels a layer packs is the least with which its padded input passes within the target's
clocks; behind pools and strides that soon is one again. Columns of padding are whole packed ones: a
3 x 3 convolution with its border takes (H + 2) * (W / p + 2) clocks. Where the packing changes, a
``View`` stands in the graph, which is no hardware (streams of other widths get a width converter).
"""

from dataclasses import dataclass
from math import ceil, gcd, log2
from typing import Any

import numpy as np

from flows.errors import FlowError
from flows.graph.channel_map import IntArray
from flows.graph.inputs import file_names
from flows.graph.integer_graph import NUMBERING, IntGraph, IntNode

#: Operators that take a pixel at a time.
MOVING = ("Concat", "Gather", "Shuffle", "Embedding", "Places")
UNPACKED = ("Spread", "SumPool", "Upsample")
#: Share of its clocks that a frame may take beyond one a pixel: borders, and gaps between frames.
SLACK = 0.02


@dataclass(frozen=True)
class Columns:
    """How a window's columns lie among packed ones.

    pixels, made: pixels of an input and of an output column. kernel, stride, left, right: in packed
    columns. offset: pixels of the first column in front of output 0's window. step: pixels from
    one output's window to the next.
    """

    pixels: int
    made: int
    kernel: int
    stride: int
    left: int
    right: int
    offset: int
    step: int


def packed_columns(node: IntNode, width: int, pixels: int) -> Columns | None:
    """Of a Conv or MaxPool over width columns, pixels packed into one; None where it cannot be."""
    kernel, stride = node.attrs["kernel_shape"][1], node.attrs["strides"][1]
    left, out_width = node.attrs["pads"][1], node.shape[2]
    if node.attrs.get("group", 1) != 1 or node.attrs.get("dilations", [1, 1])[1] != 1:
        return None
    common = gcd(pixels, stride)
    made, packed_stride = pixels // common, stride // common
    if width % pixels or out_width % made:
        return None
    before = ceil(left / pixels)
    offset = before * pixels - left
    packed_kernel = ceil((offset + stride * (made - 1) + kernel) / pixels)
    reach = (out_width // made - 1) * packed_stride + packed_kernel
    after = max(0, reach - before - width // pixels)
    return Columns(pixels, made, packed_kernel, packed_stride, before, after, offset, stride)


def pool_columns(node: IntNode, width: int, pixels: int) -> Columns | None:
    """As ``packed_columns`` for a MaxPool, whose windows lie side by side."""
    if node.attrs["strides"] != node.attrs["kernel_shape"] or any(
        key in node.attrs for key in ("dilations", "ceil_mode")
    ):
        return None  # windows that overlap, or lie apart
    kernel: int = node.attrs["kernel_shape"][1]
    _, left, _, right = node.attrs["pads"]
    fits = pixels % kernel == 0 or kernel % pixels == 0
    if not fits or width % pixels or left % pixels or right % pixels:
        return None
    side = gcd(pixels, kernel)
    columns = Columns(
        pixels, pixels // side, kernel // side, kernel // side,
        left // pixels, right // pixels, 0, kernel,
    )  # fmt: skip
    return columns if node.shape[2] % columns.made == 0 else None


def pack_pixels(graph: IntGraph, pixels: float) -> IntGraph:
    """The graph for a target of so many pixels a clock; up to one it is as it was.

    Of several inputs they are pixels of the largest; a smaller one has as many fewer in a beat.

    Raises FlowError where the image's width, or a layer that has to be packed, cannot be.
    """
    if pixels <= 1 or not graph.nodes:
        return graph
    areas = {name: height * width for name, (_, height, width) in graph.inputs.items()}
    most = {
        name: 1 << max(0, ceil(log2(pixels * area / max(areas.values()))))
        for name, area in areas.items()
    }
    for name, beat in most.items():
        width = graph.inputs[name][2]
        if width % beat:
            first = next((node for node in graph.nodes if name in node.inputs), graph.nodes[0])
            image = (
                f"the image {file_names(graph.metadata)[name]}" if len(most) > 1 else "the image"
            )
            raise FlowError(
                f"node {first.origin} ({first.name}): {image}'s width {width} is no multiple of "
                f"{beat}, the pixels of a beat at pixels_per_clock = {pixels:g}"
            )
    clocks = int((1 + SLACK) * max(areas.values()) / pixels)
    # borders of a small image take more than the slack: as many as full packing leaves them
    widest = _Packer(graph, most, 0)
    widest.run()
    packer = _Packer(graph, most, max(clocks, widest.most_beats))
    return packer.run()


class _Packer:
    """Packs the nodes. most: pixels of a beat of each input.

    clocks: that a frame may take; 0: as much packing as there can be.
    """

    def __init__(self, graph: IntGraph, most: dict[str, int], clocks: int) -> None:
        self.graph, self.clocks = graph, clocks
        self.pixels = dict(most)
        self.views: set[str] = set()
        self.packed = IntGraph(dict(graph.inputs), [], list(graph.outputs), dict(graph.metadata))
        self.most_beats = 0

    def run(self) -> IntGraph:
        for index, node in enumerate(self.graph.nodes):
            have = min(self.pixels.get(source, 1) for source in node.inputs)
            # of pixels side by side, channels cannot be compared, concatenated nor moved
            alone = have == 1 or node.op in (*NUMBERING, *MOVING)
            pixels = 1 if alone else self._wanted(index, have)
            self._pack(node, [self._view(source, pixels) for source in node.inputs], pixels)
        return self.packed

    def _alone(self, tensor: str) -> bool:
        return sum(tensor in node.inputs for node in self.graph.nodes) == 1

    # --- how many pixels ------------------------------------------------------------------------

    def _wanted(self, index: int, have: int) -> int:
        """Pixels that node index packs, of those that the tensor before it has."""
        node = self.graph.nodes[index]
        before = node.inputs[0]
        maker = self.graph.maker(before)
        is_behind_conv = maker is not None and maker.op == "Conv"
        if node.op == "MultiThreshold" and is_behind_conv:  # a part of the same operator
            return have
        if node.op in UNPACKED:
            return self._least(node, have)
        if node.op not in ("Conv", "MaxPool"):  # sums, thresholds: as the next layer wants it
            follower = next((i for i, n in enumerate(self.graph.nodes) if node.name in n.inputs), 0)
            if follower and self._alone(node.name):
                return self._wanted(follower, have)
            return self._least(node, have)
        return self._least(node, have)

    def _least(self, node: IntNode, have: int) -> int:
        """Least divisor of have with which the node's input passes within the clocks."""
        beats = {p: self._beats(node, p) for p in range(1, have + 1) if have % p == 0}
        fits = [p for p, count in beats.items() if count]
        if not self.clocks:
            if fits[-1] == have:
                self.most_beats = max(self.most_beats, beats[have])
            return fits[-1]
        found = next((p for p in fits if beats[p] <= self.clocks), 0)
        if not found:
            raise FlowError(
                f"node {node.origin} ({node.name}): its {node.op} over columns of {have} pixels "
                f"cannot be packed further than {fits[-1]}, which takes {beats[fits[-1]]} clocks a "
                f"frame; the target is {self.clocks}; lower pixels_per_clock"
            )
        return found

    def _beats(self, node: IntNode, pixels: int) -> int:
        """Beats of the node's padded input; 0 where it cannot be packed so."""
        _, height, width = self._shape(node.inputs[0])
        if node.op in UNPACKED and pixels > 1:
            return 0
        if node.op not in ("Conv", "MaxPool"):
            return height * width // pixels
        columns = self._columns(node, pixels)
        if columns is None:
            return 0
        rows = height + node.attrs["pads"][0] + node.attrs["pads"][2]
        return int(rows * (columns.left + width // pixels + columns.right))

    def _columns(self, node: IntNode, pixels: int) -> Columns | None:
        width = self._shape(node.inputs[0])[2]
        find = packed_columns if node.op == "Conv" else pool_columns
        if pixels > 1:
            return find(node, width, pixels)
        kernel, stride = node.attrs["kernel_shape"][1], node.attrs["strides"][1]
        _, left, _, right = node.attrs["pads"]
        return Columns(1, 1, kernel, stride, left, right, 0, stride)

    def _shape(self, tensor: str) -> tuple[int, int, int]:
        return self.graph.shape(tensor)

    # --- one node -------------------------------------------------------------------------------

    def _view(self, source: str, pixels: int) -> str:
        """Name of a tensor as a reader sees it that packs so many pixels."""
        if pixels == (1 if source in self.graph.inputs else self.pixels.get(source, 1)):
            return source
        name = f"{source}_view" if self._alone(source) else f"{source}_view{pixels}"
        if name in self.views:
            return name
        self.views.add(name)
        channels, height, width = self._shape(source)
        lo, hi = self.graph.range(source)
        shape = (channels * pixels, height, width // pixels)
        self.packed.nodes.append(IntNode("View", name, [source], shape, lo, hi, ""))
        return name

    def _pack(self, node: IntNode, sources: list[str], pixels: int) -> None:
        """Append the node, its inputs packed."""
        attrs, params = dict(node.attrs), dict(node.params)
        made = pixels
        if pixels > 1:
            if node.op in ("Conv", "MaxPool"):
                columns = self._columns(node, pixels)
                assert columns is not None  # _least chose it
                made = columns.made
                change = _conv if node.op == "Conv" else _pool
                change(attrs, params, columns)
            elif node.op in ("PlaceSum", "PlaceProduct"):
                params = {key: _side_by_side(value, pixels) for key, value in params.items()}
            else:
                rows = node.params.get("ones", np.zeros(node.shape[0])).shape[0]
                params = {
                    key: np.concatenate([value] * pixels)
                    if len(value) == rows and key != "factors"
                    else value
                    for key, value in params.items()
                }
                if node.op == "ChannelSum":
                    attrs["group"] *= pixels
        channels, height, width = node.shape
        shape = (channels * made, height, width // made)
        self.packed.nodes.append(
            IntNode(
                node.op,
                node.name,
                sources,
                shape,
                node.lo,
                node.hi,
                node.origin,
                attrs,
                params,
            )
        )
        self.pixels[node.name] = made


def _side_by_side(table: IntArray, pixels: int) -> IntArray:
    """Constants of places (1, C, H, W) as (1, pixels * C, H, W / pixels)."""
    _, channels, height, width = table.shape
    split = table.reshape(channels, height, width // pixels, pixels)
    return split.transpose(3, 0, 1, 2).reshape(1, pixels * channels, height, width // pixels)


def _conv(attrs: dict[str, Any], params: dict[str, IntArray], columns: Columns) -> None:
    """Make attributes and weights of a convolution those over packed columns."""
    weights = params["weights"]
    rows, channels, height, width = weights.shape
    pixels, made = columns.pixels, columns.made
    # (output pixel, M, KH, packed kernel * pixels, C): the kernel once for each output pixel
    wide = np.zeros((made, rows, height, columns.kernel * pixels, channels), weights.dtype)
    for index in range(made):
        first = columns.offset + index * columns.step
        wide[index, :, :, first : first + width] = weights.transpose(0, 2, 3, 1)
    split = wide.reshape(made * rows, height, columns.kernel, pixels * channels)
    params["weights"] = np.ascontiguousarray(split.transpose(0, 3, 1, 2))
    attrs["copies"] = [
        made, height, columns.offset * channels, columns.step * channels, width * channels,
    ]  # fmt: skip
    _columns_of(attrs, columns)


def _pool(attrs: dict[str, Any], params: dict[str, IntArray], columns: Columns) -> None:
    """Make attributes of a pool those over packed columns; its kernel stays that of the image."""
    attrs["pixels"] = columns.pixels
    _columns_of(attrs, columns, kernel=False)


def _columns_of(attrs: dict[str, Any], columns: Columns, kernel: bool = True) -> None:
    """Set kernel, strides and pads along the columns."""
    top, _, bottom, _ = attrs["pads"]
    attrs["pads"] = [top, columns.left, bottom, columns.right]
    if kernel:
        attrs["kernel_shape"] = [attrs["kernel_shape"][0], columns.kernel]
        attrs["strides"] = [attrs["strides"][0], columns.stride]
