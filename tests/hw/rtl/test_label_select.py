"""label_select, top_labels: numbers of the greatest and least, within a beat and over beats."""

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
#: (shape, PE, input data type, K, Least)
SEVERAL = [
    ((1, 3, 5, 10), 1, "INT8", 3, 0),
    ((1, 3, 5, 10), 2, "INT2", 5, 1),
    ((1, 3, 5, 10), 10, "UINT4", 2, 0),
    ((1, 2, 3, 6), 1, "UINT1", 6, 0),
    ((1, 1, 9, 3), 3, "INT2", 3, 1),
    ((1, 1, 9, 4), 1, "INT12", 1, 1),
    ((1, 2, 2, 300), 4, "INT3", 4, 0),
    ((1, 1, 2, 1), 1, "UINT3", 1, 1),
]


def model(shape, pe, kind, k=1, least=0):
    params = {"Labels": shape[-1], "PE": pe, "inputDataType": kind, "outputDataType": "UINT16"}
    return one_node_model("LabelSelect", shape, {**params, "K": k, "Least": least})


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in [*CASES, *SEVERAL]], tmp_path):
        result.check_cycles(extra=2)
