"""PixelScale: numbers by hand, errors; HLS C++ beside them."""

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.ops.registry import operator_of
from hw.ops.single import one_node_model
from tests.hw.hls.bench import run_hls_bench


def model(shape=(1, 2, 3, 1), pe=1, given="INT4", made="INT8", rows=(3, 2), columns=(1, 2, 1)):
    params = {
        "PE": pe, "Rows": rows, "Columns": columns, "inputDataType": given, "outputDataType": made,
    }  # fmt: skip
    return one_node_model("PixelScale", shape, params)


def op_of(given):
    return operator_of(given.graph.node[0])


def test_meaning():
    x = np.array([[1, 2, 3], [-4, -5, -6]]).reshape(1, 2, 3, 1)
    found = op_of(model()).reference(x)
    assert found.reshape(2, 3).tolist() == [[3, 12, 9], [-8, -20, -12]]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (lambda: model(rows=(3,)), r"Rows = \[3\]; expected 2 factors of 1 and above"),
        (lambda: model(columns=(1, 0, 1)), r"Columns = \[1, 0, 1\]; expected 3 factors"),
        (lambda: model(made="INT6"), "output data type INT6 does not hold -64 to 63"),
        (lambda: model(pe=2), "lanes = 2 does not divide 1"),
        (lambda: model(given="INT60", made="INT64"), "products of 64 bits; expected at most 63"),
    ],
)
def test_errors(given, text):
    with pytest.raises(HardwareError, match=text):
        op_of(given()).check()


def test_cpp(tmp_path):
    run_hls_bench([model(), model((1, 2, 3, 4), 2, "UINT3", "UINT7", (3, 2), (1, 5, 1))], tmp_path)
