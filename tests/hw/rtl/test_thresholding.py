"""thresholding: number of thresholds reached, per channel, with a bias."""

import numpy as np

from tests.hw.bench import one_node_model, run_bench

#: (shape, PE, thresholds a channel, one row for all?, input, output, ActVal, ram_style), and a 1
#: where thresholds are searched in memories
CASES = [
    ((1, 4, 5, 6), 6, 3, False, "INT6", "UINT2", 0, "auto"),
    ((1, 4, 5, 6), 2, 3, False, "INT6", "UINT2", 0, "distributed"),
    ((1, 4, 5, 6), 1, 3, False, "UINT8", "INT2", -2, "block"),
    ((1, 4, 5, 6), 3, 1, False, "INT4", "UINT1", 0, "auto"),
    ((1, 4, 5, 6), 3, 3, True, "UINT8", "UINT2", 0, "auto"),
    ((1, 4, 5, 3), 3, 7, False, "INT8", "UINT3", 0, "auto"),
    ((1, 4, 5, 3), 1, 15, True, "INT8", "INT4", -8, "auto"),
    ((1, 1, 3, 64), 8, 3, False, "INT12", "UINT2", 0, "block"),
    ((1, 2, 2, 5), 5, 2, False, "INT5", "INT3", -1, "auto"),
    ((1, 3, 3, 16), 4, 63, False, "INT10", "UINT6", 0, "auto"),
    ((1, 3, 3, 16), 4, 63, False, "INT10", "UINT6", 0, "auto", 1),
    ((1, 3, 3, 6), 2, 100, False, "UINT8", "UINT7", 0, "block", 1),
    ((1, 4, 5, 3), 3, 15, True, "INT8", "INT4", -8, "distributed", 1),
    ((1, 4, 5, 6), 3, 1, False, "INT4", "UINT1", 0, "auto", 1),
]


def test_bench(tmp_path):
    rng = np.random.default_rng(3)
    models = []
    for shape, pe, number, common, in_type, out_type, bias, style, *search in CASES:
        bits = int(in_type.lstrip("UINT"))
        low, high = (-(1 << bits - 1), 1 << bits - 1) if in_type[0] == "I" else (0, 1 << bits)
        rows = 1 if common else shape[-1]
        # thresholds beyond the input's range are never or always reached
        values = np.sort(rng.integers(low - 2, high + 3, size=(rows, number)), axis=1)
        params = {
            "PE": pe,
            "ActVal": bias,
            "ram_style": style,
            "threshold_search": len(search),
            "inputDataType": in_type,
            "outputDataType": out_type,
        }
        models.append(one_node_model("StreamThresholding", shape, params, [(values, "INT16")]))
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=2)
