"""upsample_nearest: rows and pixels repeated, each alone and both, of one beat a pixel and more."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, SIMD, rows and columns that become of one, data type)
CASES = [
    ((1, 3, 4, 4), 2, (2, 2), "UINT4"),
    ((1, 2, 3, 6), 1, (2, 3), "INT3"),
    ((1, 3, 3, 2), 2, (3, 2), "INT8"),
    ((1, 3, 4, 4), 4, (1, 2), "UINT1"),
    ((1, 3, 4, 4), 1, (2, 1), "UINT2"),
    ((1, 4, 1, 3), 3, (2, 1), "INT2"),
    ((1, 4, 1, 3), 3, (3, 2), "UINT8"),
    ((1, 1, 1, 4), 2, (4, 4), "INT4"),
    ((1, 2, 3, 2), 1, (1, 1), "INT4"),
]


def model(shape, simd, scale, datatype):
    attrs = {
        "SIMD": simd, "HO": scale[0] * shape[1], "WO": scale[1] * shape[2],
        "inputDataType": datatype, "outputDataType": datatype,
    }  # fmt: skip
    return one_node_model("UpsampleNearestNeighbour", shape, attrs)


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=1)
