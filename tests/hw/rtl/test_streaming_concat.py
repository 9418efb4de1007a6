"""streaming_concat and stream_join: channels side by side, beat by beat or a pixel at once."""

from tests.hw.bench import one_node_model, run_bench

#: (channels, SIMD, data types)
CASES = [
    ((2, 4), 1, ("UINT3", "UINT3")),
    ((2, 4), 2, ("INT3", "UINT3")),
    ((3, 3), 3, ("UINT1", "INT5")),
    ((4, 2, 6), 2, ("INT2", "UINT4", "UINT1")),
    ((1, 1, 1, 1), 1, ("UINT8", "INT8", "UINT1", "INT2")),
    ((2, 3), 5, ("UINT2", "UINT4")),
    ((1, 4, 2), 7, ("INT4", "UINT5", "UINT1")),
]


def test_bench(tmp_path):
    models = []
    for channels, simd, kinds in CASES:
        params = {
            "SIMD": simd, "ChannelsPerStream": list(channels), "inputDataTypes": list(kinds),
            "numInputVectors": [1, 3, 4],
        }  # fmt: skip
        models.append(one_node_model("StreamingConcat", (1, 3, 4, channels[0]), params))
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=2)
