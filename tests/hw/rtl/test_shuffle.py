"""shuffle: transpositions of frames and of blocks, of two axes and more, of beats of lanes."""

from tests.hw.bench import one_node_model, run_bench

#: (shape, axes in front of the transposition, perm, shape behind, SIMD, data type)
CASES = [
    ((1, 1, 5, 3), (5, 3), (1, 0), (1, 1, 3, 5), 1, "INT4"),  # pixels as channels
    ((1, 3, 4, 6), (3, 4, 6), (1, 0, 2), (1, 4, 3, 6), 2, "UINT3"),  # rows as columns
    ((1, 3, 2, 4), (3, 2, 4), (2, 0, 1), (1, 4, 3, 2), 1, "INT2"),  # channels in front
    ((1, 4, 2, 6), (4, 2, 3, 2), (0, 2, 1, 3), (1, 4, 3, 4), 2, "UINT8"),  # blocks of a row
    ((1, 2, 2, 4), (2, 2, 2, 2), (0, 1, 3, 2), (1, 2, 2, 4), 1, "INT3"),  # blocks of a pixel
    ((1, 2, 2, 12), (2, 2, 2, 6), (3, 1, 2, 0), (1, 6, 2, 4), 1, "UINT1"),  # four axes
    ((1, 2, 4, 4), (2, 2, 2, 4), (1, 0, 2, 3), (1, 1, 4, 8), 4, "INT5"),  # a beat a pixel
    ((1, 1, 2, 2), (2, 2), (1, 0), (1, 2, 2, 1), 1, "INT9"),
]


def model(shape, parts, perm, made, simd, datatype):
    attrs = {
        "transpose_in_shape": parts, "perm": perm, "out_shape": made, "SIMD": simd,
        "inputDataType": datatype, "outputDataType": datatype,
    }  # fmt: skip
    return one_node_model("StreamShuffle", shape, attrs)


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles()
