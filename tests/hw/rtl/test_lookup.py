"""lookup: rows of a table beat by beat and clock by clock, with pauses, on all sizes."""

import numpy as np

from tests.hw.bench import one_node_model, run_bench

RNG = np.random.default_rng(6)
#: (InputShape, rows, elements, PE, type of an index, type of an element, ram_style)
CASES = [
    ((1, 1, 9), 5, 6, 1, "UINT3", "INT8", "auto"),
    ((1, 1, 9), 5, 6, 2, "UINT3", "UINT4", "block"),
    ((1, 2, 3), 16, 3, 3, "UINT4", "INT2", "distributed"),
    ((1, 3, 4), 37, 8, 4, "UINT8", "INT16", "auto"),
    ((1, 1, 4), 1, 2, 2, "UINT1", "INT5", "auto"),
    ((1, 1, 5), 300, 1, 1, "UINT9", "UINT1", "auto"),
]


def model(shape, rows, elements, pe, index, kind, style):
    signed, bits = kind.startswith("INT"), int(kind.lstrip("UINT"))
    low = -(1 << bits - 1) if signed else 0
    table = RNG.integers(low, low + (1 << bits), (rows, elements))
    params = {
        "NumEmbeddings": rows, "EmbeddingDim": elements, "EmbeddingType": kind, "InputType": index,
        "InputShape": shape, "PE": pe, "ram_style": style,
    }  # fmt: skip
    return one_node_model("Lookup", (*shape, 1), params, [(table, kind)])


def test_bench(tmp_path):
    for result in run_bench([model(*case) for case in CASES], tmp_path):
        result.check_cycles(extra=2)
