"""global_acc_pool: sums over whole images that follow each other, of one beat a pixel and more."""

from qonnx.core.datatype import DataType

from hw.ops.global_acc_pool import total_datatype
from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, data type)
CASES = [
    ((1, 3, 4, 6), 1, "UINT4"),
    ((1, 3, 3, 4), 2, "INT3"),
    ((1, 4, 5, 3), 3, "INT8"),
    ((1, 2, 1, 8), 2, "UINT1"),
    ((1, 1, 1, 4), 1, "UINT2"),
    ((1, 1, 1, 4), 4, "INT2"),
]


def model(shape, pe, given):
    pixels = shape[1] * shape[2]
    attrs = {
        "PE": pe, "inputDataType": given,
        "outputDataType": total_datatype(DataType[given], pixels).name,
    }  # fmt: skip
    return one_node_model("GlobalAccPool", shape, attrs)


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=1)
