"""Copies of a small matrix side by side: wires, handshakes in step, the same integers."""

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.ops.mvau.copies import Copies
from tests.hw.bench import build_bench, one_node_model, run_bench

#: (copies, elements of a row of the window, rows of the small matrix, weights, input, thresholds,
#: SIMD and PE of the whole; 0: all). The last is folded, and so one matrix with zeros.
CASES = [
    (Copies(2, 3, 1, 3, 4), 9, 4, (-2, 0, 2), "UINT4", 3, (0, 0)),
    (Copies(4, 2, 0, 2, 2), 8, 3, (-1, 1), "UINT2", 3, (0, 0)),
    (Copies(3, 1, 0, 1, 5), 8, 2, (-3, 1, 2), "INT3", 0, (0, 0)),
    (Copies(1, 2, 1, 0, 3), 6, 5, (-1, 1), "UINT8", 1, (0, 0)),
    (Copies(2, 3, 1, 3, 4), 9, 4, (-1, 1), "UINT4", 3, (9, 2)),
]


def copies_model(case, seed):
    """Model of one MultiLevelMVAU that is copies."""
    copies, row, rows, levels, datatype, number, (simd, pe) = case
    rng = np.random.default_rng(seed)
    width, height = copies.rows * row, copies.number * rows
    small = rng.choice(levels, (copies.elements, rows))
    weights = np.zeros((width, height), dtype=np.int64)
    for index, columns in enumerate(copies.columns(width)):
        weights[columns, index * rows : (index + 1) * rows] = small
    initializers = [(weights, "INT8")]
    if number:
        table = np.sort(rng.integers(-20, 40, (rows, number)), axis=1)
        initializers.append((np.tile(table, (copies.number, 1)), "INT24"))
    params = {
        "MW": width,
        "MH": height,
        "SIMD": simd or width,
        "PE": pe or height,
        "weightDataType": "INT8",
        "noActivation": int(not number),
        "inputDataType": datatype,
        "outputDataType": "UINT2" if number else "INT16",
        "copies": [copies.number, copies.rows, copies.first, copies.step, copies.run],
    }
    return one_node_model("MultiLevelMVAU", (1, 3, 4, width), params, initializers)


def test_bench(tmp_path):
    models = [copies_model(case, seed) for seed, case in enumerate(CASES)]
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)
    instances = {path.stem: path.read_text().count(" mvau #") for path in tmp_path.glob("c*.sv")}
    found = [instances[f"c{number}_MultiLevelMVAU_rtl"] for number in range(len(CASES))]
    assert found == [2, 4, 3, 1, 1]


@pytest.mark.parametrize("change", ["outside", "differs", "threshold"])
def test_what_is_no_copy_is_refused(tmp_path, change):
    model = copies_model(CASES[0], 1)
    node = model.graph.node[0]
    name = node.input[2 if change == "threshold" else 1]
    values = model.get_initializer(name).copy()
    row = {"outside": 0, "differs": 4, "threshold": 4}[change]
    values[row, 4 if change != "threshold" else 0] -= 40
    model.set_initializer(name, values)
    with pytest.raises(HardwareError, match=r"not copy 1 of the first 4|not the same for all"):
        build_bench([model], tmp_path)
