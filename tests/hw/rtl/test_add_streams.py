"""add_streams: exact sums of any two types and factors, each beat with the other stream's."""

from qonnx.core.datatype import DataType

from hw.ops.add_streams import exact_sum
from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, data types, factors)
CASES = [
    ((1, 3, 5, 4), 1, "UINT3", "UINT3", (1, 1)),
    ((1, 3, 5, 4), 4, "INT5", "INT2", (1, 1)),
    ((1, 2, 4, 6), 2, "UINT1", "INT7", (1, -1)),
    ((1, 2, 4, 6), 3, "INT8", "UINT8", (1, 1)),
    ((1, 2, 3, 4), 2, "INT3", "UINT2", (-7, 12)),
    ((1, 2, 3, 4), 4, "UINT1", "INT4", (1024, -1)),
]


def test_bench(tmp_path):
    models = []
    for shape, pe, first, second, factors in CASES:
        wide = exact_sum(DataType[first], DataType[second], factors).name
        params = {
            "PE": pe, "inputDataType": first, "secondDataType": second, "outputDataType": wide,
            "Factors": list(factors),
        }  # fmt: skip
        models.append(one_node_model("AddStreams", shape, params))
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=2)
