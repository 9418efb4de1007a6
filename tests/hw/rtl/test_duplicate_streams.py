"""duplicate_streams: every beat at every output, whatever the other consumers do."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, outputs, data type)
CASES = [((1, 3, 5, 4), 1, 2, "UINT3"), ((1, 3, 5, 4), 4, 2, "INT5"), ((1, 2, 4, 6), 2, 5, "UINT1")]


def test_bench(tmp_path):
    models = [
        one_node_model(
            "DuplicateStreams", shape,
            {"PE": pe, "NumOutputStreams": count, "inputDataType": kind, "outputDataType": kind},
        )
        for shape, pe, count, kind in CASES
    ]  # fmt: skip
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=2)
