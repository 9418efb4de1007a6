"""max_pool: windows of any size, rows and columns that fill none dropped."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, kernel, data type)
CASES = [
    ((1, 8, 8, 4), 4, (2, 2), "UINT2"),
    ((1, 8, 8, 4), 1, (2, 2), "INT2"),
    ((1, 9, 7, 4), 2, (2, 2), "UINT4"),
    ((1, 9, 7, 6), 3, (3, 3), "INT8"),
    ((1, 8, 10, 2), 2, (3, 2), "INT3"),
    ((1, 6, 11, 2), 1, (1, 4), "UINT8"),
    ((1, 6, 5, 3), 3, (4, 1), "UINT1"),
    ((1, 5, 6, 2), 2, (1, 1), "INT4"),
    ((1, 4, 4, 5), 5, (4, 4), "INT5"),
    ((1, 2, 3, 12), 6, (2, 3), "UINT3"),
]


def test_bench(tmp_path):
    models = [
        one_node_model(
            "StreamMaxPool",
            shape,
            {
                "PE": pe,
                "KernelSize": list(kernel),
                "inputDataType": datatype,
                "outputDataType": datatype,
            },
        )
        for shape, pe, kernel, datatype in CASES
    ]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=1)
