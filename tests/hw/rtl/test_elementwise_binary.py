"""elementwise_binary: products, maxima and minima of any two types and factors, in RTL."""

import pytest
from qonnx.core.datatype import DataType

from hw.ops.elementwise_binary import held_by
from hw.ops.registry import operator_of
from tests.hw.bench import one_node_model, run_bench

#: (operator, shape, PE, data types, factors, attributes of that operator alone)
CASES = [
    ("Mul", (1, 3, 5, 4), 1, "UINT3", "UINT3", (1, 1), {}),
    ("Mul", (1, 2, 4, 6), 2, "INT8", "UINT8", (1, 1), {}),
    ("Mul", (1, 2, 4, 6), 3, "UINT8", "INT8", (1, 1), {"resType": "dsp"}),
    ("Mul", (1, 2, 3, 4), 4, "UINT1", "INT2", (1, 1), {}),
    ("Mul", (1, 2, 3, 4), 2, "INT5", "UINT1", (-1, 3), {}),
    ("Max", (1, 3, 5, 4), 1, "UINT3", "UINT3", (1, 1), {}),
    ("Max", (1, 2, 4, 6), 2, "INT8", "UINT8", (1, 1), {}),
    ("Max", (1, 2, 3, 4), 4, "UINT1", "INT4", (3, -5), {}),
    ("Min", (1, 2, 4, 6), 3, "UINT8", "UINT2", (1, 1), {}),
    ("Min", (1, 2, 3, 4), 2, "INT3", "UINT2", (7, 12), {}),
]


def model(name, shape, pe, first, second, factors, more):
    made = held_by(name.lower(), [DataType[first], DataType[second]], factors)
    params = {
        "PE": pe, "lhs_dtype": first, "rhs_dtype": second, "out_dtype": made.name,
        **{f"{side}_shape": list(shape) for side in ("lhs", "rhs", "out")},
        "Factors": list(factors), **more,
    }  # fmt: skip
    return one_node_model(f"Elementwise{name}", shape, params)


@pytest.mark.parametrize("case", CASES)
def test_the_type_holds_all(case):
    operator_of(model(*case).graph.node[0]).check()


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=2)
