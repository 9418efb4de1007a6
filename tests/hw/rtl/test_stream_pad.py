"""stream_pad: a border of zeros or another number, also none, also on one side only."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, SIMD, (top, left, bottom, right), data type[, stride])
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
    # zeros between pixels: with a border, without, one way, one pixel, one column
    ((1, 4, 5, 4), 2, (1, 2, 0, 3), "UINT2", (2, 2)),
    ((1, 3, 4, 2), 1, (0, 0, 0, 0), "INT3", (2, 3)),
    ((1, 3, 4, 2), 2, (2, 0, 1, 1), "INT3", (1, 4)),
    ((1, 5, 1, 3), 3, (0, 1, 2, 0), "UINT3", (3, 1)),
    ((1, 1, 1, 2), 1, (1, 0, 0, 1), "UINT3", (2, 2)),
    ((1, 1, 6, 2), 2, (0, 1, 0, 1), "UINT3", (1, 2)),
]
#: The same with another border: (..., value)
FILLED = [
    ((1, 3, 4, 4), 2, (1, 1, 1, 1), "INT4", -8),
    ((1, 3, 4, 3), 3, (1, 0, 0, 2), "UINT3", 5),
]


def test_bench(tmp_path):
    models = [
        one_node_model(
            "StreamPad",
            shape,
            {
                "SIMD": simd,
                "Padding": list(padding),
                "Stride": list(stride[0]) if stride else [1, 1],
                "inputDataType": datatype,
                "outputDataType": datatype,
                "Fill": fill,
            },
        )
        for shape, simd, padding, datatype, fill, *stride in [
            *((*case[:4], 0, *case[4:]) for case in CASES),
            *FILLED,
        ]
    ]
    for result in run_bench(models, tmp_path):
        result.check_cycles()
