"""group_sum: sums of neighbouring channels, within a beat and over beats."""

from qonnx.core.datatype import DataType

from hw.ops.group_sum import sum_datatype
from tests.hw.bench import one_node_model, run_bench

#: (shape, Group, SIMD, input data type)
CASES = [
    ((1, 5, 7, 12), 1, 4, "UINT3"),
    ((1, 5, 7, 12), 2, 2, "UINT2"),
    ((1, 5, 7, 12), 3, 6, "UINT2"),
    ((1, 5, 7, 12), 3, 12, "INT3"),
    ((1, 5, 7, 12), 6, 3, "INT3"),
    ((1, 5, 7, 12), 12, 1, "UINT1"),
    ((1, 5, 7, 12), 12, 12, "INT8"),
    ((1, 1, 3, 30), 5, 5, "INT2"),
    ((1, 1, 3, 30), 30, 2, "UINT8"),
    ((1, 9, 1, 64), 4, 16, "UINT2"),
]


def test_bench(tmp_path):
    models = []
    for shape, group, simd, datatype in CASES:
        wide = sum_datatype(DataType[datatype], group).name
        params = {"Group": group, "SIMD": simd, "inputDataType": datatype, "outputDataType": wide}
        models.append(one_node_model("GroupSum", shape, params))
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=2)
