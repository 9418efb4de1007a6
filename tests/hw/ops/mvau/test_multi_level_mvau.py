"""MultiLevelMVAU: integers against numpy, rows of its memories against the RTL's definition."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.custom_op.registry import getCustomOp

from hw import RTL_DIR
from hw.errors import HardwareError
from hw.ops.mvau import MultiLevelMVAU_rtl
from hw.ops.mvau.parameters import mvau_parameters
from hw.ops.mvau.signs import row_offsets
from hw.ops.registry import RTL_DOMAIN

MW, MH = 12, 6


def make(
    weights: np.ndarray, thresholds: np.ndarray | None, **attrs: Any
) -> tuple[ModelWrapper, MultiLevelMVAU_rtl]:
    """Model of one node named ``fc`` on a (1, 2, 3, MW) input."""
    mw, mh = weights.shape
    defaults = {
        "MW": mw, "MH": mh, "SIMD": 4, "PE": 2, "inputShape": [1, 2, 3, mw],
        "inputDataType": "UINT2", "weightDataType": "BIPOLAR", "outputDataType": "UINT2",
        "noActivation": int(thresholds is None),
    }  # fmt: skip
    inputs = ["x", "w"] if thresholds is None else ["x", "w", "t"]
    node = helper.make_node(
        "MultiLevelMVAU_rtl", inputs, ["y"], domain=RTL_DOMAIN, name="fc", backend="fpgadataflow",
        **{**defaults, **attrs},
    )  # fmt: skip
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 3, mw])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2, 3, mh])
    model = ModelWrapper(helper.make_model(helper.make_graph([node], "g", [x], [y])))
    model.set_initializer("w", weights.astype(np.float32))
    if thresholds is not None:
        model.set_initializer("t", thresholds.astype(np.float32))
    return model, getCustomOp(model.graph.node[0])


def random_weights(levels: tuple[int, ...] = (-1, 1), seed: int = 0) -> np.ndarray:
    weights = np.random.default_rng(seed).choice(levels, (MW, MH))
    weights.flat[: len(levels)] = levels
    return weights


THRESHOLDS = np.sort(np.random.default_rng(1).integers(-8, 9, (MH, 3)), axis=1)


def test_execution_is_matmul_and_thresholds() -> None:
    weights = random_weights((-2, 0, 2))
    model, node = make(weights, THRESHOLDS, outputDataType="INT3", ActVal=-2)
    x = np.random.default_rng(2).integers(0, 4, (1, 2, 3, MW)).astype(np.float32)
    produced = execute_onnx(model, {"x": x})["y"]
    for pixel in np.ndindex(1, 2, 3):
        for row in range(MH):
            acc = sum(int(x[pixel][i]) * int(weights[i, row]) for i in range(MW))
            assert produced[pixel][row] == -2 + sum(int(t) <= acc for t in THRESHOLDS[row])
    assert node.get_exp_cycles() == 6 * 3 * 3


def test_no_activation_gives_accumulators() -> None:
    weights = random_weights((-1, 0, 1))
    model, node = make(weights, None, outputDataType="")
    node.infer_node_datatype(model)
    assert node.get_output_datatype() == node.get_accumulator_datatype()
    x = np.random.default_rng(2).integers(0, 4, (1, 2, 3, MW))
    assert np.array_equal(node.reference(x, weights), x @ weights)
    assert [m.kind for m in node.memories(model)] == ["weights"]


@pytest.mark.parametrize(("taps", "group"), [(0, 0), (3, 2)])
def test_weight_memory_rows(taps: int, group: int) -> None:
    weights = random_weights((-2, 0, 2))
    model, node = make(weights, THRESHOLDS, SIMD=6, PE=2, window_taps=taps, window_simd=group)
    memory = node.memories(model)[0]
    assert (memory.name, memory.width, len(memory.words)) == ("fc_weights", 2 * 6 * 2, 3 * 2)
    assert memory.stored_bits == memory.bits == MW * MH * 2
    # stream position of (tap, c): (c // group, tap, c % group)
    stream = {}
    for natural in range(MW):
        tap, c = (natural // (MW // taps), natural % (MW // taps)) if taps else (0, 0)
        at = ((c // group) * taps + tap) * group + c % group if taps else natural
        stream[at] = natural
    for row, word in enumerate(memory.words):
        nf, sf = divmod(row, 2)
        for pe in range(2):
            for s in range(6):
                code = word >> ((pe * 6 + s) * 2) & 3
                assert 2 * code - 2 == weights[stream[sf * 6 + s], nf * 2 + pe]
    x = np.arange(6 * MW).reshape(1, 2, 3, MW)
    beats = node.input_beats(x).reshape(6, MW)
    assert all((beats[:, at] == x.reshape(6, MW)[:, n]).all() for at, n in stream.items())


def test_threshold_memory_rows_keep_meaning_when_clamped() -> None:
    weights = random_weights()
    thresholds = THRESHOLDS.copy()
    thresholds[0] = (-(10**6), 0, 10**6)
    model, node = make(weights, thresholds)
    low, high = node.acc_range(model)
    memory = node.memories(model)[1]
    bits = memory.width // (2 * 3)
    assert (memory.name, len(memory.words), memory.kind) == ("fc_thresholds", 3, "thresholds")
    assert bits <= 7  # 12 activations of 0..3: -36..36, and the signs' constants
    codes = mvau_parameters(node.loaded(model)).rows
    offsets = row_offsets(codes, len(codes) // 3, node.get_input_datatype())
    for row, word in enumerate(memory.words):
        for pe in range(2):
            for i in range(3):
                value = word >> ((pe * 3 + i) * bits) & ((1 << bits) - 1)
                value -= (value >> (bits - 1)) << bits
                clamped = np.clip(thresholds[row * 2 + pe, i], low, high + 1)
                assert value == clamped + offsets[row, pe]


def test_accumulator_is_tight() -> None:
    weights = np.array([[1, -1], [1, 1], [1, -1]])
    model, node = make(weights, None, SIMD=1, PE=1, outputDataType="INT5")
    assert node.acc_range(model) == (-6, 9)
    node.infer_node_datatype(model)
    assert node.get_accumulator_datatype() == DataType["INT5"]
    assert node.get_weight_storage_bits() == 6
    model, node = make(weights, None, SIMD=1, PE=1, inputDataType="INT2", outputDataType="INT5")
    assert node.acc_range(model) == (-6, 5)


@pytest.mark.parametrize(("elements", "bits"), [(2, 64), (3, 65)])
def test_accumulators_of_64_bits_are_the_largest(elements: int, bits: int) -> None:
    """Of two products of -2^31 with 2^31 the sum is -2^63; a third one takes another bit."""
    weights = np.full((elements, 1), 2**31)
    model, node = make(weights, None, SIMD=1, PE=1, inputDataType="INT32", outputDataType="INT64")
    if bits == 64:
        assert node.acc_range(model) == (-(2**63), 2**63 - 2**32)
        return
    with pytest.raises(HardwareError, match="node fc: accumulators of 65 bits; at most 64"):
        node.acc_range(model)


def test_counts_and_estimates() -> None:
    model, node = make(random_weights(), THRESHOLDS, ram_style="block")
    node.infer_node_datatype(model)
    assert node.get_op_and_param_counts() == {
        "op_mac_1bx2b": MW * MH * 6,
        "param_weight_1b": MW * MH,
        f"param_threshold_{node.get_accumulator_datatype().bitwidth()}b": MH,
    }
    assert node.bram_estimation("") == 1
    assert node.lut_estimation("") > 0
    assert node.get_folded_input_shape() == [1, 2, 3, 3, 4]
    assert node.get_folded_output_shape() == [1, 2, 3, 3, 2]


@pytest.mark.parametrize(
    ("attrs", "text"),
    [
        ({"SIMD": 7}, "node fc: SIMD = 7 does not divide MW = 12"),
        ({"PE": 4}, "node fc: PE = 4 does not divide MH = 6"),
        (
            {"inputDataType": "BIPOLAR"},
            "node fc: input data type BIPOLAR is not supported: streams",
        ),
        (
            {"inputDataType": "FLOAT32"},
            "node fc: input data type FLOAT32 is not supported: it must",
        ),
        ({"window_taps": 9}, "node fc: window_taps = 9 and window_simd = 0; both or neither"),
        (
            {"window_taps": 9, "window_simd": 4},
            "node fc: window_taps x window_simd = 9 x 4 does not divide MW = 12",
        ),
        ({"inputShape": [6, 12]}, "node fc: inputShape [6, 12] is not (N, H, W, MW = 12)"),
    ],
)
def test_check_names_the_node(attrs: dict[str, Any], text: str) -> None:
    _, node = make(random_weights(), THRESHOLDS, **attrs)
    with pytest.raises(HardwareError) as error:
        node.check()
    assert str(error.value).startswith(text)


def test_bad_parameters() -> None:
    cases = (
        (THRESHOLDS[:, ::-1] + np.array([2, 1, 0]), "thresholds of row 0 are not ascending"),
        (THRESHOLDS + 0.5, "thresholds are not integers"),
        (THRESHOLDS[:2], "thresholds of shape (2, 3), not (6 or 1, n)"),
    )
    for thresholds, text in cases:
        model, node = make(random_weights(), thresholds)
        with pytest.raises(HardwareError) as error:
            node.memories(model)
        assert str(error.value) == f"node fc: {text}"
    model, node = make(random_weights(), THRESHOLDS)
    model.set_initializer("w", random_weights().T.astype(np.float32))
    with pytest.raises(HardwareError, match=r"node fc: weights of shape \(6, 12\), not \(12, 6\)"):
        node.memories(model)
    model, node = make(random_weights(), THRESHOLDS, outputDataType="BINARY")
    with pytest.raises(HardwareError, match="output data type BINARY does not hold 0 to 3"):
        node.rtl_body(model)


def test_generate_hdl_writes_wrapper_and_memories(tmp_path: Path) -> None:
    model, node = make(random_weights(), THRESHOLDS[:1], code_gen_dir_ipgen=str(tmp_path))
    node.generate_hdl(model, "", 5.0)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"fc.sv", "fc_weights.mem", "fc_thresholds.mem"}
    text = (tmp_path / "fc.sv").read_text()
    assert ".WStep(2)" in text and ".WMin(-1)" in text and '.WeightFile("fc_weights.mem")' in text
    assert all((RTL_DIR / f"{module}.sv").is_file() for module in node.rtl_modules())
