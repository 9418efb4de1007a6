"""Networks that onnxruntime's quantize_static quantized, in both of its forms, whole."""

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from flows.build.build import Build
from flows.build.names import ResultName
from flows.build.sequence import run_steps
from tests.flows.importing.features.reference import build_of

SHAPE = (1, 3, 8, 8)


class Pictures(CalibrationDataReader):
    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.left = iter([{"x": rng.normal(size=SHAPE).astype(np.float32)} for _ in range(3)])

    def get_next(self):
        return next(self.left, None)


def mobile() -> ModelProto:
    """A stem, an inverted residual block of depthwise layers, a mean, a layer and a Softmax."""
    rng, nodes, constants = np.random.default_rng(2), [], []

    def const(*shape):
        value = rng.normal(size=shape) / np.sqrt(max(1, np.prod(shape[1:])))
        constants.append(numpy_helper.from_array(value.astype(np.float32), f"w{len(constants)}"))
        return constants[-1].name

    def op(kind, *inputs, **attrs):
        nodes.append(helper.make_node(kind, inputs, [f"t{len(nodes)}"], f"n{len(nodes)}", **attrs))
        return nodes[-1].output[0]

    def conv(source, inputs, outputs, kernel, group=1, stride=1):
        pads = [kernel // 2] * 4
        weights, bias = const(outputs, inputs // group, kernel, kernel), const(outputs)
        return op(
            "Conv", source, weights, bias, kernel_shape=[kernel] * 2, group=group, pads=pads,
            strides=[stride] * 2,
        )  # fmt: skip

    stem = op("Relu", conv("x", 3, 4, 3, stride=2))
    wide = op("Relu", conv(stem, 4, 8, 1))
    deep = op("Relu", conv(wide, 8, 8, 3, group=8))
    made = op("Add", conv(deep, 8, 4, 1), stem)
    flat = op("Flatten", op("GlobalAveragePool", op("MaxPool", made, kernel_shape=[2, 2])))
    last = op("Softmax", op("Gemm", flat, const(4, 5), const(5)), axis=-1)
    graph = helper.make_graph(
        nodes, "mobile", [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, 5])], constants,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def quantized(folder, form: QuantFormat, kind: QuantType, per_channel: bool) -> ModelProto:
    onnx.save(mobile(), str(folder / "float.onnx"))
    quantize_static(
        folder / "float.onnx", folder / "quantized.onnx", Pictures(), quant_format=form,
        activation_type=QuantType.QUInt8, weight_type=kind, per_channel=per_channel,
    )  # fmt: skip
    return onnx.load(folder / "quantized.onnx")


def verified(model: ModelProto, folder) -> Build:
    build = build_of(model, folder)
    run_steps(build, stop="verify_import")
    return build


@pytest.mark.slow
@pytest.mark.parametrize("form", list(QuantFormat))
@pytest.mark.parametrize(
    ("kind", "per_channel"), [(QuantType.QUInt8, False), (QuantType.QInt8, True)]
)
def test_taken_and_exact(form, kind, per_channel, tmp_path):
    model = quantized(tmp_path, form, kind, per_channel)
    ops = {node.op_type for node in model.graph.node}
    assert ("QLinearConv" in ops) == (form == QuantFormat.QOperator)
    result = verified(model, tmp_path).results.read(ResultName.VERIFY_IMPORT, dict)
    assert result["mismatches"] == 0
    assert any("Softmax" in name for name in result["host_tail"])
    assert (result["quantized_operators"] > 0) == (form == QuantFormat.QOperator)
