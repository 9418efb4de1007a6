"""Packed pixels: the same integers at every boundary, and as much packing as the clocks need."""

import itertools

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from qonnx.core.onnx_exec import execute_onnx
from qonnx.custom_op.registry import getCustomOp

from flows.build.steps.to_hardware import to_hardware
from flows.errors import FlowError
from flows.graph.integer_graph import IntNode
from flows.graph.pack_pixels import pack_pixels, packed_columns, pool_columns
from flows.run.emulator import Emulator
from tests.flows.graph.graphs import Graph


def conv(graph, tensor, rows, kernel, strides=(1, 1), pads=(0, 0, 0, 0), levels=(-1, 1)):
    """A convolution of random weights; pads: top, left, bottom, right."""
    channels, height, width = graph.shape(tensor)
    weights = graph.rng.choice(levels, (rows, channels, *kernel))
    name = graph.conv(tensor, weights[:, :, :1, :1])  # its range and shape are set below
    node = graph.graph.node(name)
    node.params = {"weights": weights.astype(np.int64)}
    node.attrs |= {"kernel_shape": list(kernel), "strides": list(strides), "pads": list(pads)}
    sizes = (height + pads[0] + pads[2], width + pads[1] + pads[3])
    shape = [(s - k) // d + 1 for s, k, d in zip(sizes, kernel, strides, strict=True)]
    node.shape = (rows, *shape)
    reach = int(np.abs(weights).sum(axis=(1, 2, 3)).max()) * max(map(abs, graph.range(tensor)))
    node.lo, node.hi = -reach, reach
    return name


def pool(graph, tensor, kernel):
    name = graph.pool(tensor)
    node, (channels, height, width) = graph.graph.node(name), graph.shape(tensor)
    node.attrs |= {"kernel_shape": list(kernel), "strides": list(kernel)}
    node.shape = (channels, height // kernel[0], width // kernel[1])
    return name


def detector(height=16, width=32, rows=(3, 4, 5), channels=2):
    """3 x 3 convolutions with borders, thresholds and pools, as the networks here begin."""
    graph = Graph(np.random.default_rng(7), (channels, height, width))
    tensor = "input"
    for number, count in enumerate(rows):
        tensor = conv(graph, tensor, count, (3, 3), pads=(1, 1, 1, 1))
        tensor = graph.act(tensor)
        if number + 1 < len(rows):
            tensor = graph.pool(tensor)
    return graph


def pixels_of(model):
    """Pixels of an input column of each node that has more channels than its layer."""
    ops = [getCustomOp(node) for node in model.graph.node]
    return {
        op.onnx_node.name: op.input_shape()[1:3]
        for op in ops
        if op.onnx_node.op_type in ("MultiLevelMVAU", "StreamMaxPool", "GroupSum")
    }


def assert_exact(graph, pixels, frames=2):
    """The packed dataflow graph's references give the emulator's integers at every boundary."""
    model = graph.model()
    packed = to_hardware(model, pixels)
    emulator = Emulator(model, 1)
    compared = set()
    for frame in graph.frames(frames):
        expected = emulator.boundaries(frame)
        given_input = {"input": frame[None].astype(np.float32)}
        found = execute_onnx(packed, given_input, return_full_exec_context=True)
        for node in packed.graph.node:
            tensor = node.output[0]
            if tensor in expected:
                same = found[tensor].reshape(expected[tensor].shape)
                np.testing.assert_array_equal(same, expected[tensor], tensor)
                compared.add(tensor)
    assert emulator.graph.output in compared
    return packed


@st.composite
def chains(draw):
    """(graph, pixels): layers of all sorts over an image whose width can be packed."""
    pixels = draw(st.sampled_from([2, 3, 4, 8]))
    width = 8 * draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    graph = Graph(rng, (draw(st.integers(1, 3)), draw(st.integers(4, 9)), width))
    tensor = "input"
    for _ in range(draw(st.integers(1, 3))):
        size = graph.shape(tensor)[1:]
        kernel = tuple(draw(st.integers(1, min(3, s))) for s in size)
        pads = tuple(draw(st.integers(0, k - 1)) for k in (*kernel, *kernel))
        strides = tuple(draw(st.sampled_from([1, 1, 2, 3])) for _ in range(2))
        levels = draw(st.sampled_from([(-1, 1), (-2, 0, 2), (-3, 1, 2)]))
        tensor = conv(graph, tensor, draw(st.integers(1, 4)), kernel, strides, pads, levels)
        if draw(st.booleans()):
            tensor = graph.act(tensor, levels=3, shared=draw(st.booleans()))
        size = graph.shape(tensor)[1:]
        window = draw(st.sampled_from([(1, 1), (2, 2), (1, 4), (3, 1), (2, 3)]))
        if draw(st.booleans()) and all(k <= s for k, s in zip(window, size, strict=True)):
            tensor = pool(graph, tensor, window)
    return graph, pixels


@settings(max_examples=60)
@given(chains())
def test_integers_are_the_same(case):
    """Whatever the layers; where one cannot be packed as far as it has to be, its name is said."""
    graph, pixels = case
    try:
        assert_exact(graph, pixels, 1)
        event("packed")
    except FlowError as error:
        event("refused")
        assert str(error).startswith("node Conv_") or str(error).startswith("node MaxPool")
        assert "cannot be packed further than" in str(error)


@pytest.mark.parametrize("pixels", [2, 3, 4, 8])
def test_detector(pixels):
    packed = assert_exact(detector(), pixels)
    first = getCustomOp(packed.graph.node[0])
    least = 1 << int(np.ceil(np.log2(pixels)))
    assert first.input_shape() == (1, 16, 32 // least, 2 * least)


def test_as_many_pixels_as_the_clocks_need():
    """At 4 pixels a clock the first layer packs 4, the second, of a quarter of the pixels, one."""
    shapes = pixels_of(to_hardware(detector(128, 128).model(), 4))
    assert shapes["conv1_mvau"] == (128, 32)
    assert shapes["conv2_mvau"] == (64, 64)
    shapes = pixels_of(to_hardware(detector(128, 128).model(), 8))
    assert shapes["conv1_mvau"] == (128, 16)
    assert shapes["conv2_mvau"] == (64, 32)
    assert shapes["conv3_mvau"] == (32, 32)


def test_up_to_one_pixel_a_clock_nothing_changes():
    model = detector().model()
    plain, packed = to_hardware(model), to_hardware(model, 1 / 2)
    assert plain.model.SerializeToString() == packed.model.SerializeToString()


def test_sums_and_thresholds_of_their_own_are_packed():
    """A group sum and a pool before the quantizer, in front of a layer that stays packed."""
    graph = Graph(np.random.default_rng(3), (4, 6, 16))
    tensor = conv(graph, "input", 6, (1, 1))
    tensor = pool(graph, tensor, (2, 1))
    tensor = graph.act(tensor)
    sums = graph.graph.node(tensor)
    attrs = {"kernel_shape": [1, 1], "strides": [1, 1], "pads": [0] * 4, "group": 3}
    ones = {"ones": np.ones((3, 2, 1, 1), dtype=np.int64)}
    total = graph._append(
        "ChannelSum", "sum2", [tensor], (3, *sums.shape[1:]), 0, 6, "", attrs, ones
    )
    conv(graph, total, 2, (3, 3), pads=(1, 1, 1, 1))
    packed = assert_exact(graph, 8)
    sums = pack_pixels(graph.graph, 8).node("sum2")
    assert sums.attrs["group"] == len(sums.params["ones"]) == sums.shape[0] > 3
    shapes = pixels_of(packed)
    assert shapes["conv1_mvau"] == (6, 2)
    assert shapes["sum2"][1] < 16
    assert "act1" not in shapes


def test_width_that_is_no_multiple():
    with pytest.raises(FlowError, match=r"node Conv_conv1 \(conv1\): the image's width 30 is no mul"
                       r"tiple of 4, the pixels of a beat at pixels_per_clock = 4"):  # fmt: skip
        to_hardware(detector(width=30).model(), 4)


def test_layer_that_cannot_be_packed():
    """15 columns of output cannot be told in pairs, and one pixel a clock is too slow."""
    graph = Graph(np.random.default_rng(3), (2, 64, 16))
    conv(graph, "input", 3, (1, 2))
    with pytest.raises(
        FlowError,
        match=r"node Conv_conv1 \(conv1\): its Conv over columns of 2 pixels cannot be packed "
        r"further than 1, which takes 1024 clocks a frame; the target is 522; lower",
    ):
        to_hardware(graph.model(), 2)


def window(op, kernel, stride, left, out_width):
    """A node of which only the columns matter."""
    attrs = {"kernel_shape": [1, kernel], "strides": [1, stride], "pads": [0, left, 0, 0]}
    return IntNode(op, "n", ["input"], (1, 1, out_width), 0, 1, "", attrs)


@pytest.mark.parametrize("pixels", [2, 3, 4, 6, 8])
@pytest.mark.parametrize("stride", [1, 2, 3, 4, 6])
def test_columns_by_counting(pixels, stride):
    """The least group of output pixels that begins anew at a column, and the columns it reads."""
    for kernel, left in itertools.product([1, 2, 3, 5, 9], [0, 1, 2, 5]):
        check_columns(pixels, stride, kernel, left)


def check_columns(pixels, stride, kernel, left):
    made = next(m for m in range(1, 99) if m * stride % pixels == 0)
    out_width = 4 * made
    width = next(w for w in range(pixels, 9999, pixels) if w + left >= (out_width - 1) * stride + 1)
    found = packed_columns(window("Conv", kernel, stride, left, out_width), width, pixels)
    assert found is not None
    assert (found.pixels, found.made, found.step) == (pixels, made, stride)
    # pixels of each output pixel, counted from the first real one
    reads = [range(o * stride - left, o * stride - left + kernel) for o in range(out_width)]
    groups = [reads[at : at + made] for at in range(0, out_width, made)]
    columns = [{p // pixels for one in group for p in one} for group in groups]
    firsts = [min(group) for group in columns]
    assert firsts[0] == -found.left
    assert {b - a for a, b in itertools.pairwise(firsts)} == {found.stride}
    assert {max(group) - min(group) + 1 for group in columns} == {found.kernel}
    assert found.right == max(0, max(columns[-1]) + 1 - width // pixels)
    assert found.offset == reads[0].start + found.left * pixels
    assert (
        packed_columns(window("Conv", kernel, stride, left, out_width), width + 1, pixels) is None
    )
    if made > 1:
        odd = window("Conv", kernel, stride, left, out_width + 1)
        assert packed_columns(odd, width, pixels) is None


@pytest.mark.parametrize(
    ("pixels", "kernel", "made", "packed_kernel"),
    [(4, 2, 2, 1), (2, 4, 1, 2), (4, 4, 1, 1), (6, 3, 2, 1), (3, 6, 1, 2), (8, 1, 8, 1)],
)
def test_columns_of_pools(pixels, kernel, made, packed_kernel):
    width = 8 * pixels * kernel
    found = pool_columns(window("MaxPool", kernel, kernel, 0, width // kernel), width, pixels)
    assert found is not None
    assert (found.made, found.kernel, found.stride, found.offset, found.step) == (
        made, packed_kernel, packed_kernel, 0, kernel,
    )  # fmt: skip


@pytest.mark.parametrize(("pixels", "kernel"), [(4, 3), (3, 2), (2, 3), (4, 6)])
def test_pools_across_the_columns_cannot_be_packed(pixels, kernel):
    width = 8 * pixels * kernel
    assert (
        pool_columns(window("MaxPool", kernel, kernel, 0, width // kernel), width, pixels) is None
    )
