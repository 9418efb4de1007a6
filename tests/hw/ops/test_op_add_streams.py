"""AddStreams: reference, exact type, error texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.ops.add_streams import exact_sum
from tests.hw.bench import one_node_model

KINDS = st.sampled_from(["UINT1", "UINT2", "UINT8", "INT2", "INT5", "INT8", "TERNARY"])


def add_op(first="UINT2", second="INT3", out="INT4", channels=4, pe=2, factors=(1, 1)):
    params = {
        "PE": pe, "inputDataType": first, "secondDataType": second, "outputDataType": out,
        "Factors": list(factors),
    }  # fmt: skip
    model = one_node_model("AddStreams", (1, 2, 3, channels), params)
    return getCustomOp(model.graph.node[0])


@given(KINDS, KINDS)
def test_exact_type(first, second):
    first, second = DataType[first], DataType[second]
    found = exact_sum(first, second)
    low, high = int(first.min() + second.min()), int(first.max() + second.max())
    assert found.signed() == (low < 0)
    assert found.min() <= low
    assert found.max() >= high
    if found.bitwidth() > (2 if low < 0 else 1):
        smaller = DataType[f"{'INT' if low < 0 else 'UINT'}{found.bitwidth() - 1}"]
        assert smaller.min() > low or smaller.max() < high


def test_reference_and_execution():
    op = add_op()
    op.check()
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 4, (1, 2, 3, 4)), rng.integers(-4, 4, (1, 2, 3, 4))
    assert np.array_equal(op.reference(x, y), x + y)
    context = {"x0": x.astype(np.float32), "x1": y.astype(np.float32)}
    op.execute_node(context, None)
    assert np.array_equal(context["y"], x + y)
    assert [op.get_instream_width(i) for i in range(3)] == [4, 6, 0]
    assert op.get_outstream_width() == 8
    assert op.get_exp_cycles() == 12


def test_factors():
    op = add_op("UINT2", "INT3", "INT7", factors=(5, -8))
    op.check()
    x, y = np.array([0, 3, 3, 1]).reshape(1, 1, 1, 4), np.array([3, -4, 0, 2]).reshape(1, 1, 1, 4)
    assert op.reference(x, y).reshape(-1).tolist() == [-24, 47, 15, -11]
    assert op.minimal_output_datatype().name == "INT7"  # -24 to 47


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"factors": (1, 0)}, r"Factors = \[1, 0\]; expected two integers of -1024 to 1024, none"),
        ({"factors": (1, 1, 1)}, r"Factors = \[1, 1, 1\]; expected two integers"),
        ({"factors": (2, 1)}, "outputDataType = INT4 cannot hold the sum"),
        (
            {"out": "INT3"},
            r"outputDataType = INT3 cannot hold the sum of UINT2 and INT3 \(INT4 can",
        ),
        ({"out": "UINT8"}, "outputDataType = UINT8 cannot hold"),
        ({"first": "BIPOLAR"}, "BIPOLAR is neither an unsigned nor a two's complement type"),
        ({"pe": 3}, "input lanes = 3 does not divide 4"),
    ],
)
def test_errors(changes, text):
    with pytest.raises(HardwareError, match=f"node AddStreams_rtl: {text}"):
        add_op(**changes).check()


def test_one_input_is_refused():
    op = add_op()
    del op.onnx_node.input[1]
    with pytest.raises(HardwareError, match="1 inputs; expected 2, both of them streams"):
        op.check()
