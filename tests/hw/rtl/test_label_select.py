"""label_select: the number of the greatest, within a beat and over beats, signed and not."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, input data type)
CASES = [
    ((1, 3, 5, 10), 1, "INT8"),
    ((1, 3, 5, 10), 2, "UINT4"),
    ((1, 3, 5, 10), 5, "INT2"),
    ((1, 3, 5, 10), 10, "INT12"),
    ((1, 1, 9, 3), 1, "UINT1"),
    ((1, 1, 9, 3), 3, "INT2"),
    ((1, 1, 1, 1), 1, "INT5"),
    ((1, 2, 2, 300), 4, "INT3"),
]


def model(shape, pe, kind, number="UINT16"):
    params = {"Labels": shape[-1], "PE": pe, "inputDataType": kind, "outputDataType": number}
    return one_node_model("LabelSelect", shape, params)


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=2)
