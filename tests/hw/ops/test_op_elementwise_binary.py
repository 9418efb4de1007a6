"""Product, maximum and minimum of two tensors: their meaning, their types, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.ops.elementwise_binary import held_by
from tests.hw.bench import one_node_model

KINDS = st.sampled_from(["UINT1", "UINT2", "UINT8", "INT2", "INT5", "INT8"])
FACTORS = st.tuples(*[st.sampled_from([-5, -1, 1, 3])] * 2)
#: By Python's own arithmetic.
MEANINGS = {"mul": lambda a, b: a * b, "max": max, "min": min}


def op_of(name="Mul", first="UINT2", second="INT3", out="INT5", **changes):
    shape = [1, 2, 3, 4]
    params = {
        "PE": 2, "lhs_dtype": first, "rhs_dtype": second, "out_dtype": out,
        **{f"{side}_shape": shape for side in ("lhs", "rhs", "out")}, **changes,
    }  # fmt: skip
    return getCustomOp(one_node_model(f"Elementwise{name}", shape, params).graph.node[0])


@given(st.sampled_from(sorted(MEANINGS)), KINDS, KINDS, FACTORS)
def test_the_type_holds_every_result_and_none_is_smaller(name, first, second, factors):
    kinds = [DataType[first], DataType[second]]
    found = held_by(name, kinds, factors)
    ends = [(int(kind.min()), int(kind.max())) for kind in kinds]
    results = [MEANINGS[name](factors[0] * a, factors[1] * b) for a in ends[0] for b in ends[1]]
    numbers = [*results, *(v for end in ends for v in end)]
    numbers += [factor * v for factor, end in zip(factors, ends, strict=True) for v in end]
    assert found.signed() == (min(numbers) < 0)
    assert found.min() <= min(numbers)
    assert found.max() >= max(numbers)
    if found.bitwidth() > (2 if found.signed() else 1):
        smaller = DataType[f"{'INT' if found.signed() else 'UINT'}{found.bitwidth() - 1}"]
        assert smaller.min() > min(numbers) or smaller.max() < max(numbers)


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_reference_and_execution(name):
    op = op_of(name.capitalize(), out="INT8", Factors=[2, -3])
    op.check()
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 4, (1, 2, 3, 4)), rng.integers(-4, 4, (1, 2, 3, 4))
    right = [MEANINGS[name](2 * int(a), -3 * int(b)) for a, b in zip(x.flat, y.flat, strict=True)]
    assert op.reference(x, y).reshape(-1).tolist() == right
    context = {"x0": x.astype(np.float32), "x1": y.astype(np.float32)}
    op.execute_node(context, None)
    assert context["y"].reshape(-1).tolist() == right
    assert [op.get_instream_width(i) for i in range(3)] == [4, 6, 0]
    assert op.get_outstream_width() == 16
    assert op.get_exp_cycles() == 12


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"out": "INT4"}, r"out_dtype = INT4 cannot hold the product of UINT2 and INT3 \(INT5 can"),
        ({"name": "Max", "out": "UINT2"}, "cannot hold the maximum of UINT2 and INT3"),
        ({"name": "Min", "out": "UINT2"}, "cannot hold the minimum of"),
        ({"Factors": [1, 0]}, r"Factors = \[1, 0\]; expected two integers"),
        ({"second": "BIPOLAR"}, "BIPOLAR is neither"),
        ({"rhs_shape": [1, 1, 1, 4]}, r"out_shape are .*\[1, 1, 1, 4\].*; expected one shape"),
        ({"PE": 3}, "input lanes = 3 does not divide 4"),
    ],
)
def test_errors(changes, text):
    with pytest.raises(HardwareError, match=text):
        op_of(**changes).check()


def test_a_multiplier_costs_a_slice_a_lane():
    assert op_of().features(None).dsp == 0
    assert op_of(resType="dsp").features(None).dsp == 2
