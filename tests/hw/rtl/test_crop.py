"""crop: rows, columns, beats and lanes of an image, in RTL."""

from tests.hw.bench import one_node_model, run_bench

#: (rows, columns, channels), SIMD, type, borders (north, south, west, east), steps, channels
CASES = [
    ((5, 6, 2), 1, "UINT3", (1, 1, 2, 1), (1, 1), []),
    ((5, 6, 2), 2, "INT4", (0, 2, 0, 0), (2, 3), []),
    ((3, 4, 6), 2, "INT2", (0, 0, 0, 0), (1, 1), [2, 3, 4, 5]),
    ((3, 4, 6), 1, "UINT2", (0, 0, 1, 0), (1, 2), [1, 3, 5]),
    ((3, 4, 6), 6, "UINT2", (2, 0, 0, 3), (1, 1), [4, 0, 0]),
    ((1, 1, 8), 2, "INT8", (0, 0, 0, 0), (1, 1), [0, 1]),
    ((4, 1, 4), 4, "UINT1", (1, 0, 0, 0), (2, 1), [3]),
    ((2, 3, 4), 2, "UINT4", (0, 0, 0, 0), (1, 1), []),
]


def model(shape, simd, kind, borders, steps, channels):
    sides = dict(zip(("CropNorth", "CropSouth", "CropWest", "CropEast"), borders, strict=True))
    params = {
        "DataType": kind, "ImgDim": list(shape[:2]), "NumChannels": shape[2], "SIMD": simd,
        "numInputVectors": [1], "Steps": list(steps), **sides,
        **({"Channels": channels} if channels else {}),
    }  # fmt: skip
    return one_node_model("Crop", (1, *shape), params)


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=2)
