"""pixel_scale: each place's factor, clock by clock, with pauses, frame behind frame."""

from qonnx.core.datatype import DataType

from hw.ops.pixel_scale import scaled_datatype
from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, input type, factors of rows, of columns)
CASES = [
    ((1, 3, 4, 4), 2, "UINT5", [3, 2, 3], [2, 1, 1, 5]),
    ((1, 2, 3, 3), 1, "INT4", [1, 7], [6, 1, 6]),
    ((1, 1, 5, 2), 2, "INT9", [1], [2, 3, 4, 3, 2]),
    ((1, 4, 1, 2), 1, "UINT1", [3, 1, 2, 3], [4]),
    ((1, 1, 1, 6), 6, "INT20", [9], [11]),
]


def model(shape, pe, given, rows, columns):
    made = scaled_datatype(DataType[given], rows, columns).name
    params = {
        "PE": pe, "Rows": rows, "Columns": columns, "inputDataType": given, "outputDataType": made,
    }  # fmt: skip
    return one_node_model("PixelScale", shape, params)


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=2)
