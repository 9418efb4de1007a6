"""Models that cannot be built: the node is named, and nothing but one line is said."""

from typing import Any

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from tests.flows.builder import DOMAIN
from tests.flows.test_bad_input import error_of

BITS2, BITS8 = np.float32(2), np.float32(8)
WEIGHTS = np.random.default_rng(0).integers(-1, 2, (4, 2, 3, 3)).astype(np.float32)
POOL = {"kernel_shape": [2, 2], "strides": [2, 2]}


def quant(
    source: str, result: str, name: str, bits: str = "b2", scale: str = "one", **attrs: Any
) -> Any:
    """A Quant node; signed unless told otherwise."""
    attrs = {"signed": 1, "narrow": 0, "rounding_mode": "ROUND", **attrs}
    zero = attrs.pop("zero", "zero")
    inputs = [source, scale, zero, bits]
    return helper.make_node("Quant", inputs, [result], name=name, domain=DOMAIN, **attrs)


def node(op: str, source: str, result: str, name: str, **attrs: Any) -> Any:
    return helper.make_node(op, source.split(), [result], name=name, **attrs)


QIN = quant("x", "xq", "qin", "b8", signed=0)
QW = quant("w", "wq", "qw")
CONV = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
QACT = quant("c", "a", "qact", signed=0)
FRONT = [QIN, QW, node("Conv", "xq wq", "c", "conv", **CONV)]


def build_error(
    capsys: Any, folder: Any, nodes: list[Any], shape: Any = (1, 2, 6, 6), **values: Any
) -> str:
    """The message of a build of these nodes, the last result of which is the output."""
    values = {"w": WEIGHTS, "one": np.float32(1), "half": np.float32(0.5),
              "zero": np.float32(0), "b2": BITS2, "b8": BITS8, **values}  # fmt: skip
    graph = helper.make_graph(
        nodes, "bad",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(v, np.float32), k) for k, v in values.items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(DOMAIN, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), folder / "m.onnx")
    path = folder / "c.yaml"
    path.write_text(yaml.safe_dump({"model": "m.onnx", "output_dir": "b", "target_fps": 100}))
    return error_of(capsys, "build", path, dir=folder)


#: Behind an operator that the accelerator has not: else the host would do it.
QLAST = quant("y", "z", "qlast")
CASES = {
    "softmax": ([*FRONT, node("Softmax", "c", "y", "sm"), QLAST],
                "node sm (Softmax): operator Softmax is not supported"),
    "no name": ([*FRONT, node("Sin", "c", "y", ""), QLAST],
                "node Sin_3 (Sin): operator Sin is not supported on activations, but of constants "
                "alone"),
    "of nobody": ([*FRONT, node("Foo", "c", "y", "foo")],
                  "node foo (Foo): operator Foo is not supported"),
    "dilated": ([QIN, QW, node("Conv", "xq wq", "c", "conv", dilations=[3, 3]), QACT],
                "node conv: kernel 3 x 3 dilated by 3 x 3 is larger than the input 6 x 6"),
    "auto pad": ([QIN, QW, node("Conv", "xq wq", "c", "conv", auto_pad="SAME_UPPER"), QACT],
                 "node conv (Conv): auto_pad is not supported; expected pads"),
    "large pool": ([*FRONT, QACT, node("MaxPool", "a", "y", "mp", kernel_shape=[9, 9],
                                       strides=[9, 9]), QLAST],
                   "node mp (MaxPool): kernel 9 x 9 is larger than the input 6 x 6"),
    "dangling": ([QIN, QW, node("Conv", "nowhere wq", "c", "conv", **CONV), QACT],
                 "node conv (Conv): input nowhere is not an activation"),
    "weight zero point": ([QIN, quant("w", "wq", "qw", zero="half"), FRONT[2], QACT],
                          "node qw (Quant): weights with a zero point that is not whole are "
                          "not supported"),
    "nothing": ([QIN, node("Identity", "xq", "y", "id")], "the network has no layer to build"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_refused_network(name, tmp_path, capsys):
    nodes, message = CASES[name]
    assert build_error(capsys, tmp_path, nodes) == message


def test_groups_that_do_not_fit(tmp_path, capsys):
    nodes = [QIN, QW, node("Conv", "xq wq", "c", "conv", **CONV, group=2), QACT]
    found = build_error(capsys, tmp_path, nodes)
    assert found.startswith("node conv (Conv): ")
    assert "4 input channels in 2 groups, its input has 2" in found


def test_float_weights(tmp_path, capsys):
    nodes = [QIN, node("Conv", "xq w", "c", "conv", **CONV), QACT]
    assert build_error(capsys, tmp_path, nodes, w=WEIGHTS * 0.37) == (
        "node conv (Conv): its weights are not quantized to integers"
    )


def test_kernel_larger_than_the_image(tmp_path, capsys):
    nodes = [QIN, QW, node("Conv", "xq wq", "c", "conv", kernel_shape=[3, 3]), QACT]
    assert "larger than the input 2 x 2" in build_error(capsys, tmp_path, nodes, (1, 2, 2, 2))


@pytest.mark.parametrize("shape", [(2, 2, 6, 6), (1, 2, "h", 6), (1, 2, 6, 6, 6), ()])
def test_input_that_is_no_single_image(tmp_path, capsys, shape):
    message = build_error(capsys, tmp_path, [*FRONT, QACT] if len(shape) == 4 else [QIN], shape)
    assert message.startswith("input x has shape [")
    assert message.endswith("; expected (1, C, H, W), all fixed, or fewer axes")


@pytest.mark.parametrize(
    ("values", "attrs"),
    [({"s": -1}, {}), ({"s": 0}, {}), ({"b": 17}, {}), ({"b": 2.5}, {}), ({"s": np.nan}, {}),
     ({"s": np.inf}, {}), ({}, {"rounding_mode": "SOMEHOW"})],
)  # fmt: skip
def test_quantizer_out_of_range(tmp_path, capsys, values, attrs):
    nodes = [*FRONT, quant("c", "a", "qact", "b", "s", **attrs)]
    message = build_error(capsys, tmp_path, nodes, **{"b": 2, "s": 1, **values})
    assert message.startswith("node qact (Quant): ")


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_normalization_that_is_not_finite(tmp_path, capsys, value):
    nodes = [*FRONT, node("BatchNormalization", "c g g g v", "d", "bn"), quant("d", "a", "qact")]
    message = build_error(capsys, tmp_path, nodes, g=np.ones(4), v=np.full(4, value))
    assert message.startswith("node bn (BatchNormalization): ")


def test_operator_of_an_unknown_domain(tmp_path, capsys):
    foo = helper.make_node("Foo", ["c"], ["y"], name="foo", domain="somebody.else")
    message = build_error(capsys, tmp_path, [*FRONT, foo])
    assert "foo" in message


def test_channels_that_do_not_fit_the_weights(tmp_path, capsys):
    assert "conv" in build_error(capsys, tmp_path, [*FRONT, QACT], (1, 3, 6, 6))


def test_convolution_without_outputs(tmp_path, capsys):
    message = build_error(capsys, tmp_path, [*FRONT, QACT], w=np.zeros((0, 2, 3, 3)))
    assert message == "node qw (Quant): weights of shape (0, 2, 3, 3) hold nothing"


def test_cycle(tmp_path, capsys):
    nodes = [QIN, node("Add", "xq c2", "c1", "add"), node("Relu", "c1", "c2", "relu"), QW,
             node("Conv", "c2 wq", "c", "conv", **CONV), QACT]  # fmt: skip
    message = build_error(capsys, tmp_path, nodes)
    assert "m.onnx" in message or "add" in message
