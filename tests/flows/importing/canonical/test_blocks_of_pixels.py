"""Shuffled channels and blocks of pixels in front of layers, against PyTorch and onnxruntime."""

import numpy as np
import onnx
import pytest
import torch
from torch.nn import functional

from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.build.steps.import_model import import_file
from flows.graph.layout import Layout, plain
from flows.importing.canonical.blocks_of_pixels import blocks_in, blocks_out
from tests.flows.importing.features.files import File

UNSHUFFLED = Layout((2, 6, 8)).reshaped((1, 2, 3, 2, 4, 2)).transposed((0, 1, 3, 5, 2, 4))
UNSHUFFLED = UNSHUFFLED.reshaped((1, 8, 3, 4))
MIXED = Layout((6, 2, 3)).reshaped((1, 2, 3, 2, 3)).transposed((0, 2, 1, 3, 4))
MIXED = MIXED.reshaped((1, 6, 2, 3))


def test_pixels_of_a_block():
    """As torch.nn.functional.pixel_unshuffle, in front of a convolution with stride and border."""
    blocks = blocks_in(UNSHUFFLED)
    assert blocks is not None and blocks.block == (2, 2)
    x, w = torch.randn(1, 2, 6, 8).double(), torch.randn(3, 8, 3, 2).double()
    behind = functional.pixel_unshuffle(x, 2)
    expected = functional.conv2d(behind, w, stride=(2, 1), padding=(1, 0))
    wide = torch.from_numpy(blocks.kernel(w.numpy()))
    assert torch.allclose(functional.conv2d(x, wide, stride=(4, 2), padding=(2, 0)), expected)
    picked = torch.from_numpy(blocks.one_hot).double()
    assert torch.equal(functional.conv2d(x, picked, stride=2), behind)
    assert blocks_out(UNSHUFFLED) is None


def test_channels_that_become_pixels():
    layout = Layout((8, 3, 4)).reshaped((1, 2, 2, 2, 3, 4)).transposed((0, 1, 4, 2, 5, 3))
    blocks = blocks_out(layout.reshaped((1, 2, 6, 8)))
    assert blocks is not None and blocks.block == (2, 2)
    x, picked = torch.randn(1, 8, 3, 4), torch.from_numpy(blocks.one_hot)
    found = functional.conv_transpose2d(x, picked, stride=2)
    assert torch.equal(found, functional.pixel_shuffle(x, 2))


def test_channels_in_another_order():
    blocks = blocks_in(MIXED)
    assert blocks is not None and blocks.block == (1, 1)
    assert blocks.places[:, 0].tolist() == [0, 3, 1, 4, 2, 5]  # two groups of three
    x = torch.randn(1, 6, 2, 3)
    assert torch.equal(
        functional.conv2d(x, torch.from_numpy(blocks.one_hot)), x[:, [0, 3, 1, 4, 2, 5]]
    )


@pytest.mark.parametrize(
    "layout",
    [
        plain((1, 4, 6, 6)),
        Layout((4, 6, 6)).transposed((0, 1, 3, 2)),
        Layout((4, 6, 6)).transposed((0, 2, 1, 3)).reshaped((1, 12, 6, 2)),
        Layout((4, 6, 6)).reshaped((1, 16, 3, 3)),
    ],
)  # fmt: skip
def test_what_is_no_block(layout):
    assert blocks_in(layout) is None and blocks_out(layout) is None


def shuffled(f, source, dims, order):
    parts = f.op("Reshape", source, f.const(dims, np.int64))
    return f.op("Transpose", parts, perm=order)


def to_convolution(f, t):
    """ShuffleNet of version 1, whose next layer reads all channels."""
    t = f.op(
        "Reshape", shuffled(f, t, [1, 2, 3, 8, 8], [0, 2, 1, 3, 4]), f.const([1, 6, 8, 8], np.int64)
    )
    return f.conv(t, 6, 3, pads=[1] * 4, strides=[2, 2])


def to_depthwise(f, t):
    t = f.op(
        "Reshape", shuffled(f, t, [1, 2, 3, 8, 8], [0, 2, 1, 3, 4]), f.const([1, 6, 8, 8], np.int64)
    )
    return f.conv(t, 1, 6, group=6)


def to_pool(f, t):
    t = f.op(
        "Reshape", shuffled(f, t, [1, 3, 2, 8, 8], [0, 2, 1, 3, 4]), f.const([1, 6, 8, 8], np.int64)
    )
    return f.conv(f.op("MaxPool", t, kernel_shape=[2, 2], strides=[2, 2]), 6, 3)


def space_to_depth(f, t):
    return f.conv(f.op("SpaceToDepth", t, blocksize=2), 24, 3, pads=[1, 0, 0, 1])


def space_to_depth_to_dilated(f, t):
    return f.conv(f.op("SpaceToDepth", t, blocksize=2), 24, 3, (2, 2), dilations=[2, 2])


def unshuffled_by_axes(f, t):
    """As torch.nn.PixelUnshuffle is exported."""
    t = shuffled(f, t, [1, 6, 4, 2, 4, 2], [0, 1, 3, 5, 2, 4])
    return f.conv(f.op("Reshape", t, f.const([1, 24, 4, 4], np.int64)), 24, 3, (1, 1))


def depth_to_space(f, t):
    t = f.op("DepthToSpace", f.quant(f.conv(t, 6, 8, (1, 1)), 2.0), blocksize=2, mode="DCR")
    return f.conv(t, 2, 3)


def several_readers(f, t):
    t = f.op("SpaceToDepth", t, blocksize=2)
    pooled = f.op("MaxPool", t, kernel_shape=[1, 1])
    return f.op("Concat", f.quant(f.conv(t, 24, 3, (1, 1)), 2.0), f.quant(pooled, 2.0), axis=1)


CASES = (
    to_convolution, to_depthwise, to_pool, space_to_depth, space_to_depth_to_dilated,
    unshuffled_by_axes, depth_to_space, several_readers,
)  # fmt: skip


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_layers_behind(make, tmp_path, capsys):
    """The file by its own execution: every boundary and every threshold."""
    f = File((1, 2, 8, 8))
    t = make(f, f.quant(f.conv(f.image(), 2, 6, pads=[1] * 4), 4.0, 4))
    onnx.save(f.finish(f.quant(t, 8.0, 4)), tmp_path / "net.onnx")
    (tmp_path / "c.yaml").write_text("model: net.onnx\noutput_dir: b\n")
    run_steps(Build.load(tmp_path / "c.yaml"), stop="verify_import")
    assert "as in net.onnx" in capsys.readouterr().out


def test_nothing_is_left_of_a_shuffle_in_front_of_a_convolution(tmp_path):
    for make, count in ((to_convolution, 2), (space_to_depth, 2), (to_pool, 3)):
        f = File((1, 2, 8, 8))
        t = make(f, f.quant(f.conv(f.image(), 2, 6, pads=[1] * 4), 4.0, 4))
        onnx.save(f.finish(t), tmp_path / "net.onnx")
        model, _ = import_file(tmp_path / "net.onnx", None, None)
        kinds = [node.op_type for node in model.graph.node]
        assert kinds.count("Conv") == count, make.__name__
        assert not {"Reshape", "Transpose", "SpaceToDepth"}.intersection(kinds)


def test_a_line_of_shuffled_channels(tmp_path, capsys):
    f = File((1, 2, 12))
    t = f.quant(f.conv(f.image(), 2, 6, (3,)), 4.0, 4)
    t = f.op("Reshape", shuffled(f, t, [1, 3, 2, 10], [0, 2, 1, 3]), f.const([1, 6, 10], np.int64))
    t = f.conv(t, 6, 3, (3,), dilations=[2], pads=[2, 0])
    onnx.save(f.finish(f.quant(t, 8.0, 4)), tmp_path / "net.onnx")
    (tmp_path / "c.yaml").write_text("model: net.onnx\noutput_dir: b\n")
    run_steps(Build.load(tmp_path / "c.yaml"), stop="verify_import")
    assert "as in net.onnx" in capsys.readouterr().out


def test_a_whole_picture_is_no_block():
    """Every number of 256 x 256 x 3 a channel: weights that pick them would take 144 GiB."""
    whole = Layout((256 * 256 * 3, 1, 1)).reshaped((1, 3, 256, 256))
    blocks = blocks_out(whole) or blocks_in(whole)
    assert blocks is not None and len(blocks.places) == 196_608 and not blocks.is_small
    few = blocks_in(UNSHUFFLED)
    assert few is not None and few.is_small and few.one_hot.shape == (8, 2, 2, 2)
