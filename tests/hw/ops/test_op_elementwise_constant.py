"""ElementwiseConstant: numbers by hand, errors, rows of the memory; HLS C++ beside them."""

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from hw.errors import HardwareError
from hw.ops.elementwise_constant import made_datatype
from hw.ops.registry import operator_of
from tests.hw.bench import one_node_model
from tests.hw.hls.bench import run_hls_bench


def model(table, shape, operation="add", given="UINT4", constants="INT4", pe=1, factor=1, **attrs):
    table = np.array(table)
    made = made_datatype(operation, DataType[given], DataType[constants], factor).name
    params = {
        "PE": pe, "Operation": operation, "Factor": factor, "inputDataType": given,
        "outputDataType": made, "constantDataType": constants, **attrs,
    }  # fmt: skip
    return one_node_model("ElementwiseConstant", shape, params, [(table, "INT8")])


def op_of(given):
    return operator_of(given.graph.node[0])


#: Two rows of three pixels of one channel.
X = np.array([[[[1], [2], [3]], [[4], [5], [6]]]])
TABLE = [[[0], [-1], [2]], [[1], [0], [-3]]]


@pytest.mark.parametrize(
    ("operation", "factor", "table", "expected"),
    [
        ("add", 1, TABLE, [[1, 1, 5], [5, 5, 3]]),
        ("add", 10, TABLE, [[10, 19, 32], [41, 50, 57]]),
        ("mul", 1, TABLE, [[0, -2, 6], [4, 0, -18]]),
        ("mul", 1, TABLE[:1], [[0, -2, 6], [0, -5, 12]]),
        ("max", 1, TABLE[:1], [[1, 2, 3], [4, 5, 6]]),
        ("min", 1, TABLE, [[0, -1, 2], [1, 0, -3]]),
    ],
)
def test_meaning(operation, factor, table, expected):
    op = op_of(model(table, X.shape, operation, factor=factor))
    assert op.reference(X, np.array(table))[0, :, :, 0].tolist() == expected


def test_types_by_hand():
    """0..15 times 3 and -2..1: -2 to 46; 0..3 times -8..7: -24 to 21."""
    assert made_datatype("add", DataType["UINT4"], DataType["INT2"], 3).name == "INT7"
    assert made_datatype("mul", DataType["UINT2"], DataType["INT4"], 1).name == "INT6"


def test_memory_by_hand():
    """Constants 1, -2 and 3, -8 of 4 bits are 1, e, 3 and 8; two a beat, the first one lowest."""
    given = model([[[1, -2, 3, -8]]], (1, 3, 1, 4), pe=2)
    (memory,) = op_of(given).memories(given)
    assert memory.rows() == ["e1", "83"]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (lambda: model(TABLE, X.shape, pe=2), "input lanes = 2 does not divide 1"),
        (lambda: model(TABLE, X.shape, constants="INT2"), "constantDataType INT2 does not hold -3"),
        (lambda: model(TABLE[0], X.shape), r"shape \(3, 1\); expected \(2, 3, 1\) or \(1, 3, 1\)"),
        (lambda: model(TABLE, X.shape, factor=0), "Factor = 0; expected an integer"),
        (lambda: model(TABLE, X.shape, given="BIPOLAR"), "BIPOLAR is not supported"),
        (
            lambda: model(TABLE, X.shape, outputDataType="INT4"),
            "output data type INT4 does not hold -32 to 31",
        ),
    ],
)
def test_errors(given, text):
    made = given()
    op = op_of(made)
    with pytest.raises(HardwareError, match=text):
        op.check()
        op.table(made)


def test_cpp(tmp_path):
    table = np.arange(-8, 4).reshape(2, 2, 3)
    run_hls_bench(
        [
            model(table, (1, 2, 2, 3)),
            model(table[:1], (1, 4, 2, 3), "mul", "INT5", pe=3, ram_style="block"),
            model(table, (1, 2, 2, 3), "max", "INT3", pe=3, factor=-2, ram_style="distributed"),
        ],
        tmp_path,
    )
