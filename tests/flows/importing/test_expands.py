"""Expand is gone in front of a product, and an enlargement of rows and columns elsewhere."""

import numpy as np
import pytest

from flows.build.steps.import_model import import_file, load_qonnx, prepare
from flows.errors import FlowError
from tests.flows.importing.features.files import File, save
from tests.flows.importing.features.of_two import FEATURES


def kinds(proto, folder):
    save(proto, folder / "file.onnx")
    return [node.op_type for node in prepare(load_qonnx(folder / "file.onnx")).graph.node]


def test_a_product_reads_the_small_tensor(tmp_path):
    found = kinds(FEATURES["gates_expanded_as_the_tensor"](), tmp_path)
    assert not {"Expand", "Resize", "Upsample"} & set(found)
    assert "Mul" in found


def test_of_two_small_tensors_one_stays_large(tmp_path):
    """Else their product, and what the network gives, would be of one pixel."""
    path = tmp_path / "file.onnx"
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 4), 0.5, 4)
    mean = f.quant(f.op("GlobalAveragePool", t), 0.5, 4)
    most = f.quant(f.op("GlobalMaxPool", t), 0.5, 4)
    size = f.const([1, 4, 4, 4], np.int64)
    both = f.op("Mul", f.op("Expand", mean, size), f.op("Expand", most, size))
    save(f.finish(f.quant(both, 0.5, 5)), path)
    model = prepare(load_qonnx(path))
    assert model.get_tensor_shape(model.graph.output[0].name) == [1, 4, 4, 4]


def test_rows_and_columns_are_an_enlargement(tmp_path):
    found = kinds(FEATURES["pooled_pixel_expanded_and_joined"](), tmp_path)
    assert "Expand" not in found
    assert {"Resize", "Upsample"} & set(found)


def test_channels_that_are_joined_are_refused(tmp_path):
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 1), 0.5, 4)
    wide = f.op("Expand", t, f.const([1, 3, 4, 4], np.int64))
    f.quant(f.op("Concat", t, wide, axis=1), 0.5, 4)
    save(f.finish(f.nodes[-1].output[0]), tmp_path / "file.onnx")
    (node,) = (node.name for node in f.nodes if node.op_type == "Expand")
    with pytest.raises(FlowError) as caught:
        import_file(tmp_path / "file.onnx")
    said, what_to_do = str(caught.value).split("\n")
    assert said.startswith(
        f"node {node} (Expand): repeats a tensor of 1 x 1 x 4 x 4 to 1 x 3 x 4 x 4, of which a "
        "reader wants the larger one"
    )
    assert "docs/why-refused.md#operators" in what_to_do
