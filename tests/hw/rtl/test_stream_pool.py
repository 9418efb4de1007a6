"""stream_pool: windows that overlap, with gaps between them and in them; maxima and sums."""

from qonnx.core.datatype import DataType

from hw.ops.stream_pool import joined_datatype
from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, kernel, stride, dilation, function, data type)
CASES = [
    ((1, 7, 7, 2), 1, (3, 3), (2, 2), (1, 1), "MaxPool", "INT3"),
    ((1, 6, 7, 4), 2, (3, 3), (1, 1), (1, 1), "MaxPool", "UINT4"),
    ((1, 7, 8, 3), 3, (5, 5), (1, 1), (1, 1), "MaxPool", "INT2"),
    ((1, 1, 9, 2), 2, (1, 4), (1, 2), (1, 1), "MaxPool", "UINT2"),
    ((1, 9, 1, 2), 1, (4, 1), (3, 1), (1, 1), "MaxPool", "INT8"),
    ((1, 8, 9, 2), 1, (2, 1), (3, 2), (1, 1), "MaxPool", "UINT1"),
    ((1, 8, 8, 3), 1, (3, 2), (1, 2), (2, 3), "MaxPool", "INT4"),
    ((1, 5, 4, 2), 2, (1, 1), (2, 2), (1, 1), "MaxPool", "INT4"),
    ((1, 3, 4, 2), 1, (1, 1), (1, 1), (1, 1), "MaxPool", "UINT4"),
    ((1, 6, 7, 4), 2, (3, 3), (1, 2), (1, 1), "AccPool", "UINT4"),
    ((1, 6, 6, 4), 4, (2, 2), (2, 2), (1, 1), "AccPool", "INT4"),
    ((1, 6, 7, 6), 1, (2, 3), (2, 1), (1, 1), "AccPool", "INT2"),
    ((1, 7, 7, 2), 1, (2, 2), (1, 1), (3, 2), "AccPool", "UINT1"),
]


def models():
    for shape, pe, kernel, stride, dilation, function, datatype in CASES:
        made = joined_datatype(DataType[datatype], function, kernel[0] * kernel[1])
        attrs = {
            "PE": pe, "KernelSize": list(kernel), "Stride": list(stride), "Function": function,
            "Dilation": list(dilation), "inputDataType": datatype, "outputDataType": made.name,
        }  # fmt: skip
        yield one_node_model("StreamPool", shape, attrs)


def test_bench(tmp_path):
    for result in run_bench(list(models()), tmp_path):
        result.check_cycles(extra=1)
