"""Layers, pools and joins of tensors that lie otherwise: the file by its own execution."""

import numpy as np
import onnx
import pytest

from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.build.steps.import_model import import_file
from flows.errors import FlowError
from tests.flows.importing.features.files import File


def mixed_tokens(f, t):
    """The pixels of each channel through a layer, and added to what they were."""
    t = f.op("Reshape", t, f.const([1, 6, 30], np.int64))
    made = f.quant(f.op("MatMul", t, f.weights(30, 30)), 8.0)
    return f.conv(f.op("Add", made, f.quant(t, 8.0)), 6, 3, (1,))


def rows_as_channels(f, t):
    return f.conv(f.op("Transpose", t, perm=[0, 2, 1, 3]), 5, 4, (3, 2), pads=[1, 0, 1, 1])


def pooled_along_channels(f, t):
    t = f.op("Transpose", t, perm=[0, 3, 2, 1])
    return f.conv(f.op("MaxPool", t, kernel_shape=[1, 2], strides=[1, 2]), 6, 3)


def turned_and_added(f, t):
    """Of 6 x 5 x 6: columns for channels, and both added."""
    return f.conv(f.op("Add", t, f.op("Transpose", t, perm=[0, 3, 2, 1])), 6, 3)


def joined_rows(f, t):
    """Along rows, of two that lie differently."""
    turned = f.op("Transpose", f.op("Transpose", t, perm=[0, 3, 1, 2]), perm=[0, 2, 3, 1])
    return f.conv(f.op("Concat", t, turned, axis=2), 6, 3)


def mean_of_channels(f, t):
    """Over columns and channels, of each row."""
    t = f.op("ReduceMean", t, axes=[1, 3], keepdims=0)
    return f.conv(f.op("Reshape", t, f.const([1, 5, 1], np.int64)), 5, 3, (1,))


def last_axis_of_five(f, t):
    parts = f.op(
        "Transpose", f.op("Reshape", t, f.const([1, 2, 3, 5, 6], np.int64)), perm=[0, 3, 1, 4, 2]
    )
    t = f.op("Reshape", f.op("MatMul", parts, f.weights(3, 4)), f.const([1, 5, 12, 4], np.int64))
    return f.conv(f.quant(t, 4.0), 5, 2, (2, 2))


def twice(f, t):
    """Turned in front of a layer, and back in front of the next; the layer's own input is added."""
    u = f.op("Transpose", t, perm=[0, 3, 2, 1])
    made = f.quant(f.op("Transpose", f.conv(u, 6, 6, pads=[1] * 4), perm=[0, 3, 2, 1]), 4.0)
    return f.conv(f.op("Add", made, t), 6, 3)


CASES = (
    mixed_tokens, rows_as_channels, pooled_along_channels, turned_and_added, joined_rows,
    mean_of_channels, last_axis_of_five, twice,
)  # fmt: skip


def file(make, path):
    f = File((1, 2, 5, 6))
    t = make(f, f.quant(f.conv(f.image(), 2, 6, pads=[1] * 4), 4.0, 4))
    onnx.save(f.finish(f.quant(t, 8.0, 4)), path)


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_layers_behind(make, tmp_path, capsys):
    """Every boundary and every threshold, to the last step but the RTL's."""
    file(make, tmp_path / "net.onnx")
    (tmp_path / "c.yaml").write_text("model: net.onnx\noutput_dir: b\n")
    run_steps(Build.load(tmp_path / "c.yaml"), stop="to_hardware")
    assert "as in net.onnx" in capsys.readouterr().out


def moves(make, path):
    """Transpositions that stand in the form of a file."""
    file(make, path)
    model, _ = import_file(path, None, None)
    return [node.op_type for node in model.graph.node].count("Transpose")


def test_no_more_moves_than_are_needed(tmp_path):
    """One way of two operands: the tensor that was moved is the same for all that read it."""
    for make, count in (
        (mixed_tokens, 2),
        (rows_as_channels, 1),
        (turned_and_added, 1),
        (twice, 2),
    ):
        assert moves(make, tmp_path / "net.onnx") == count, make.__name__


def unquantized(f, t):
    """A bias a channel, and channels as columns before a quantizer."""
    t = f.op("Add", f.conv(t, 6, 6), f.const(np.arange(6).reshape(1, 6, 1, 1)))
    return f.conv(f.quant(f.op("MaxPool", f.op("Transpose", t, perm=[0, 2, 3, 1]),
                               kernel_shape=[1, 2])), 3, 2, (1, 1))  # fmt: skip


def by_two(f, t):
    t = f.op("Reshape", t, f.const([1, 18, 10], np.int64))
    t = f.op("Reshape", f.op("Transpose", t, perm=[0, 2, 1]), f.const([1, 18, 10], np.int64))
    t = f.op("Reshape", f.op("Transpose", t, perm=[0, 2, 1]), f.const([1, 6, 5, 6], np.int64))
    return f.conv(t, 6, 3)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (unquantized, r"numbers of several channels come together in one"),
        (by_two, r"node Conv_\d+ \(Conv\): its input .* more than one transposition"),
    ],
)
def test_refused(make, said, tmp_path):
    file(make, tmp_path / "net.onnx")
    with pytest.raises(FlowError, match=said):
        (tmp_path / "c.yaml").write_text("model: net.onnx\noutput_dir: b\n")
        run_steps(Build.load(tmp_path / "c.yaml"), stop="to_hardware")
