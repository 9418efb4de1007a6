"""add_streams: exact sums of any two types, each beat with the one of the other stream."""

from qonnx.core.datatype import DataType

from hw.ops.add_streams import exact_sum
from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, data types)
CASES = [
    ((1, 3, 5, 4), 1, "UINT3", "UINT3"),
    ((1, 3, 5, 4), 4, "INT5", "INT2"),
    ((1, 2, 4, 6), 2, "UINT1", "INT7"),
    ((1, 2, 4, 6), 3, "INT8", "UINT8"),
]


def test_bench(tmp_path):
    models = []
    for shape, pe, first, second in CASES:
        wide = exact_sum(DataType[first], DataType[second]).name
        params = {
            "PE": pe, "inputDataType": first, "secondDataType": second, "outputDataType": wide,
        }  # fmt: skip
        models.append(one_node_model("AddStreams", shape, params))
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=2)
