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
    # few rows in the RAM: a beat follows closely one that wrote its row
    ((1, 6, 2, 2), 2, (3, 1), "UINT4"),
    ((1, 6, 3, 2), 2, (3, 1), "UINT4"),
    ((1, 6, 5, 2), 2, (2, 2), "INT4"),
    ((1, 4, 1, 2), 1, (2, 1), "UINT4"),
    ((1, 6, 1, 2), 2, (2, 1), "INT3"),
    ((1, 3, 4, 4), 2, (2, 1), "UINT4"),
    ((1, 4, 7, 6), 2, (2, 3), "UINT4"),
    ((1, 5, 4, 6), 2, (2, 2), "INT2"),
]
#: Pixels packed side by side, and the shape of the stream: (shape, PE, kernel, data type, pixels).
#: Whole windows in a column, a part of one, several beats a column, windows of rows alone.
PACKED = [
    ((1, 6, 5, 8), 8, (2, 2), "UINT2", 2),
    ((1, 7, 4, 12), 12, (2, 2), "INT4", 4),
    ((1, 6, 4, 12), 6, (3, 2), "INT3", 4),
    ((1, 4, 7, 4), 4, (2, 4), "UINT8", 2),
    ((1, 3, 5, 6), 6, (1, 3), "INT5", 3),
    ((1, 4, 4, 4), 2, (2, 1), "UINT4", 4),
]


def test_bench(tmp_path):
    models = [
        one_node_model(
            "StreamMaxPool",
            shape,
            {
                "PE": pe,
                "KernelSize": list(kernel),
                "Pixels": pixels,
                "inputDataType": datatype,
                "outputDataType": datatype,
            },
        )
        for shape, pe, kernel, datatype, pixels in [*((*case, 1) for case in CASES), *PACKED]
    ]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=1)
