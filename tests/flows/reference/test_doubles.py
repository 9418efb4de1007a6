"""The file's nodes in float64, where ONNX's own evaluator would do something else."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from flows.reference.doubles import Doubles
from flows.reference.execution import ImportedModel

X = np.random.default_rng(2).normal(size=(1, 3, 4, 5)).astype(np.float32)


def model(nodes, opset, **constants):
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()]
    info = helper.make_tensor_value_info("x", TensorProto.FLOAT, X.shape)
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [info], [out], tensors)
    opsets = [helper.make_opsetid("", opset)]
    return ImportedModel(helper.make_model(graph, opset_imports=opsets, ir_version=8))


@pytest.mark.parametrize("opset", [9, 11, 13, 14, 18])
@pytest.mark.parametrize("attrs", [{}, {"momentum": 0.9, "epsilon": 0.125}])
def test_a_normalization_is_that_of_inference(opset, attrs):
    s, b, m, v = (np.random.default_rng(i).uniform(0.5, 2, 3).astype(np.float32) for i in range(4))
    node = helper.make_node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], **attrs)
    file = model([node], opset, s=s, b=b, m=m, v=v)
    value, _ = Doubles(file, file.run({"x": X}), {"x": X.astype(np.float64)}).value("y")
    assert value.dtype == np.float64
    s, b, m, v = (each.astype(np.float64).reshape(3, 1, 1) for each in (s, b, m, v))
    epsilon = float(np.float32(attrs.get("epsilon", 1e-5)))
    np.testing.assert_allclose(value, s * (X - m) / np.sqrt(v + epsilon) + b, rtol=1e-12)


@pytest.mark.parametrize("opset", [10, 11, 13, 18])
def test_a_resize_repeats_pixels_in_float64(opset):
    """With a region of interest that is empty, or left out where that may be; by scales, sizes."""
    by, to = np.array([1, 1, 2, 3], np.float32), np.array([1, 3, 8, 15])
    attrs = {"mode": "nearest"}
    if opset > 10:
        attrs |= {"nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}
    ways = {10: [["x", "by"]], 11: [["x", "roi", "by"]]}.get(opset, [["x", "", "by"]])
    ways += [["x", "roi", "none", "to"]] if opset == 11 else []
    ways += [["x", "", "", "to"]] if opset > 11 else []
    for inputs in ways:
        node = helper.make_node("Resize", inputs, ["y"], **attrs)
        none = np.zeros(0, np.float32)
        file = model([node], opset, roi=none, none=none, by=by, to=to)
        image = X.astype(np.float64) / 3
        value, _ = Doubles(file, file.run({"x": X}), {"x": image}).value("y")
        assert value.dtype == np.float64
        assert np.array_equal(value, image.repeat(2, 2).repeat(3, 3))


@pytest.mark.parametrize("opset", [11, 13, 18])
def test_a_resize_may_have_an_empty_region(opset):
    node = helper.make_node(
        "Resize", ["x", "roi", "by"], ["y"], mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )  # fmt: skip
    empty, by = np.zeros(0, np.float32), np.array([1, 1, 2, 3], np.float32)
    file = model([node], opset, roi=empty, by=by)
    value, _ = Doubles(file, file.run({"x": X}), {"x": X.astype(np.float64)}).value("y")
    assert np.array_equal(value, X.repeat(2, 2).repeat(3, 3).astype(np.float64))


@pytest.mark.parametrize("opset", [8, 11, 18])
def test_a_pool_may_have_windows_as_large_as_rows_and_border(opset):
    attrs = {"kernel_shape": [6, 2], "pads": [1, 0, 2, 1], "strides": [1, 2]}
    file = model([helper.make_node("MaxPool", ["x"], ["y"], **attrs)], opset)
    value, _ = Doubles(file, file.run({"x": X}), {"x": X.astype(np.float64)}).value("y")
    padded = np.pad(X, ((0, 0), (0, 0), (1, 2), (0, 1)), constant_values=-np.inf)
    rows = [padded[:, :, at : at + 6].max(axis=2) for at in range(2)]
    columns = [[row[..., at : at + 2].max(axis=-1) for at in (0, 2, 4)] for row in rows]
    right = np.stack([np.stack(row, -1) for row in columns], -2)
    assert value.dtype == np.float64
    assert np.array_equal(value, right.astype(np.float64))
