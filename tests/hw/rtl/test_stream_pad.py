"""stream_pad: a border of zeros, also none, also on one side only."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, SIMD, (top, left, bottom, right), data type)
CASES = [
    ((1, 5, 7, 4), 4, (1, 1, 1, 1), "UINT2"),
    ((1, 5, 7, 4), 2, (1, 1, 1, 1), "INT2"),
    ((1, 5, 7, 4), 1, (0, 0, 0, 0), "INT4"),
    ((1, 5, 7, 6), 3, (2, 0, 0, 0), "UINT8"),
    ((1, 5, 7, 6), 2, (0, 3, 0, 0), "UINT3"),
    ((1, 5, 7, 6), 6, (0, 0, 2, 0), "INT3"),
    ((1, 5, 7, 3), 3, (0, 0, 0, 2), "INT8"),
    ((1, 1, 1, 3), 1, (1, 2, 3, 4), "UINT1"),
    ((1, 1, 9, 2), 2, (2, 2, 2, 2), "INT5"),
    ((1, 8, 8, 8), 8, (1, 1, 0, 0), "UINT2"),
]


def test_bench(tmp_path):
    models = [
        one_node_model(
            "StreamPad",
            shape,
            {
                "SIMD": simd,
                "Padding": list(padding),
                "inputDataType": datatype,
                "outputDataType": datatype,
            },
        )
        for shape, simd, padding, datatype in CASES
    ]
    for result in run_bench(models, tmp_path):
        result.check_cycles()
