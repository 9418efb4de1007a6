"""stream_requant: rows of their own and shared ones, one offset and two, all widths, pauses."""

import numpy as np

from tests.hw.bench import one_node_model, run_bench

RNG = np.random.default_rng(3)
#: (shape, PE, input type, output type, rows, bits of a factor, offsets, Drop, Shift)
CASES = [
    ((1, 3, 5, 4), 1, "INT12", "INT9", 4, 6, 1, 2, 5),
    ((1, 3, 5, 4), 2, "INT12", "INT9", 4, 6, 2, 0, 9),
    ((1, 3, 5, 4), 2, "UINT16", "UINT12", 1, 9, 1, 4, 6),
    ((1, 1, 7, 3), 3, "INT24", "INT16", 3, 26, 2, 17, 14),
    ((1, 2, 2, 2), 1, "INT32", "INT16", 2, 29, 1, 20, 21),
    ((1, 1, 9, 1), 1, "INT5", "UINT10", 1, 6, 1, 0, 0),
]


def model(shape, pe, given, made, rows, bits, parts, drop, shift):
    factors = RNG.integers(1, 1 << bits, rows)
    factors[0] = (1 << bits) - 1
    offsets = RNG.integers(-(1 << (made_bits(made) + shift - 1)), 1 << shift, (rows, parts))
    params = {
        "PE": pe, "inputDataType": given, "outputDataType": made, "Drop": drop, "Shift": shift,
    }  # fmt: skip
    if made == "INT16":
        params |= {"Low": -30000, "High": 29999}
    tables = [(factors, f"UINT{bits}"), (offsets, "INT40")]
    return one_node_model("StreamRequant", shape, params, tables)


def made_bits(name: str) -> int:
    return int(name.lstrip("UINT"))


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=2)
