"""stream_width_converter: joining and splitting beats, and both by way of the common multiple."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, lanes in, lanes out, data type)
CASES = [
    ((1, 4, 5, 12), 12, 12, "INT3"),
    ((1, 4, 5, 12), 1, 12, "UINT2"),
    ((1, 4, 5, 12), 12, 1, "UINT2"),
    ((1, 4, 5, 12), 2, 4, "INT7"),
    ((1, 4, 5, 12), 6, 3, "INT8"),
    ((1, 4, 5, 12), 4, 6, "UINT2"),
    ((1, 4, 5, 12), 6, 4, "UINT3"),
    ((1, 4, 5, 60), 15, 4, "INT2"),
    ((1, 3, 3, 72), 72, 2, "INT4"),
    ((1, 3, 3, 72), 1, 36, "UINT1"),
]


def test_bench(tmp_path):
    models = []
    for shape, lanes_in, lanes_out, datatype in CASES:
        bits = int(datatype.lstrip("UINT"))
        models.append(
            one_node_model(
                "StreamWidthConverter",
                shape,
                {
                    "inShape": list(shape),
                    "outShape": list(shape),
                    "inWidth": lanes_in * bits,
                    "outWidth": lanes_out * bits,
                    "dataType": datatype,
                },
            )
        )
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=2)
