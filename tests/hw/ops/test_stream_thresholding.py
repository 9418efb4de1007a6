"""StreamThresholding: integers against a plain count, rows of its memory, error texts."""

import re
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.ops.memory_layout import check_input_datatype
from hw.ops.registry import RTL_DOMAIN
from hw.ops.stream_thresholding import StreamThresholding_rtl

C = 6
THRESHOLDS = np.sort(np.random.default_rng(0).integers(-20, 300, (C, 3)), axis=1)


def make(thresholds: np.ndarray, **attrs: Any) -> tuple[ModelWrapper, StreamThresholding_rtl]:
    """Model of one node named ``act`` on a (1, 2, 2, C) input."""
    defaults = {
        "PE": 2, "inputShape": [1, 2, 2, C], "inputDataType": "UINT8", "outputDataType": "UINT2",
    }  # fmt: skip
    node = helper.make_node(
        "StreamThresholding_rtl", ["x", "t"], ["y"], domain=RTL_DOMAIN, name="act",
        backend="fpgadataflow", **{**defaults, **attrs},
    )  # fmt: skip
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 2, C])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2, 2, C])
    model = ModelWrapper(helper.make_model(helper.make_graph([node], "g", [x], [y])))
    model.set_initializer("t", thresholds.astype(np.float32))
    return model, getCustomOp(model.graph.node[0])


@pytest.mark.parametrize("rows", [C, 1])
def test_execution_counts_thresholds(rows: int) -> None:
    model, node = make(THRESHOLDS[:rows], ActVal=-1, outputDataType="INT3")
    x = np.random.default_rng(1).integers(0, 256, (1, 2, 2, C)).astype(np.float32)
    produced = execute_onnx(model, {"x": x})["y"]
    for at in np.ndindex(1, 2, 2, C):
        row = THRESHOLDS[at[3] if rows > 1 else 0]
        assert produced[at] == -1 + sum(int(t) <= x[at] for t in row)
    assert node.get_exp_cycles() == 4 * 3


def test_memory_rows() -> None:
    model, node = make(THRESHOLDS)
    (memory,) = node.memories(model)
    bits = memory.width // (2 * 3)
    assert (memory.name, len(memory.words)) == ("act_thresholds", 3)
    assert bits <= 10  # 0..256, two's complement
    for fold, word in enumerate(memory.words):
        for lane in range(2):
            for i in range(3):
                value = word >> ((lane * 3 + i) * bits) & ((1 << bits) - 1)
                assert value == np.clip(THRESHOLDS[fold * 2 + lane, i], 0, 256)


def test_errors_name_the_node() -> None:
    for attrs, text in (
        ({"PE": 4}, "node act: PE = 4 does not divide C = 6"),
        ({"inputDataType": "BIPOLAR"}, "node act: input data type BIPOLAR is not supported"),
    ):
        _, node = make(THRESHOLDS, **attrs)
        with pytest.raises(HardwareError) as error:
            node.check()
        assert str(error.value).startswith(text)
    model, node = make(THRESHOLDS[:, ::-1])
    with pytest.raises(HardwareError, match="node act: thresholds of row 0 are not ascending"):
        node.memories(model)
    model, node = make(THRESHOLDS, ActVal=1)
    with pytest.raises(HardwareError, match="output data type UINT2 does not hold 1 to 4"):
        node.rtl_body(model)


@pytest.mark.parametrize("name", ["UINT1", "BINARY", "INT2", "UINT8"])
def test_types_of_a_stream(name: str) -> None:
    check_input_datatype("n", DataType[name])


@pytest.mark.parametrize("name", ["TERNARY", "BIPOLAR", "FLOAT32", "FIXED<8,4>"])
def test_types_that_no_stream_carries(name: str) -> None:
    with pytest.raises(
        HardwareError, match=f"node n: input data type {re.escape(name)} is not supported"
    ):
        check_input_datatype("n", DataType[name])
