"""Weights and thresholds that are written between two frames: exact before and behind."""

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.load import load_words
from hw.sim.run import LoadRun, simulate
from tests.hw.bench import build_bench, check_run, model_beats, one_node_model

GROUPED = {"Kernel": [1, 3], "window_taps": 3, "window_simd": 1}
#: Of a matrix-vector unit: (vector, MH, SIMD, PE, grid of the weights, input type, thresholds,
#: groups, further attributes). Signs; sums of two signs; three values; wide rows of several words;
#: all at once, which are registers; the accumulators themselves; DSP slices; groups in turns.
UNITS = [
    (8, 4, 8, 4, (-1, 2, 1), "UINT2", 3, 1, {}),
    (15, 4, 5, 1, (-1, 2, 1), "INT5", 15, 1, {"ram_style": "block"}),
    (12, 6, 4, 3, (-2, 2, 2), "UINT2", 3, 1, {"ram_style": "distributed"}),
    (12, 6, 12, 2, (-8, 1, 7), "UINT2", 3, 1, {}),
    (12, 4, 12, 4, (-2, 1, 1), "UINT2", 3, 1, {}),
    (9, 2, 9, 2, (-1, 2, 1), "INT2", 1, 1, {}),
    (12, 4, 3, 2, (-128, 1, 127), "INT4", 0, 1, {}),
    (12, 4, 4, 2, (-8, 1, 7), "UINT4", 7, 1, {"resType": "dsp"}),
    (
        18,
        6,
        3,
        1,
        (-1, 2, 1),
        "UINT2",
        3,
        2,
        {"Kernel": [1, 3], "window_taps": 3, "window_simd": 1},
    ),
]
#: Of thresholds: (channels, lanes, input type, thresholds, memory).
THRESHOLDS = [(6, 2, "UINT8", 3, "auto"), (4, 4, "INT6", 7, "auto"), (8, 1, "INT9", 20, "block")]
COPIES = [2, 3, 1, 3, 4]


def values(rng, shape, grid):
    """Weights of a grid, its ends among them."""
    least, step, greatest = grid
    found = rng.choice(np.arange(least, greatest + 1, step), shape)
    found.reshape(-1)[:2] = least, greatest
    return found


def unit_model(case, seed: int, writable: int = 1) -> ModelWrapper:
    """One matrix-vector unit; of a seed its weights and thresholds."""
    width, rows, simd, pe, grid, kind, number, groups, attrs = case
    rng = np.random.default_rng(seed)
    weights = values(rng, (width // groups, rows), grid)
    initializers = [(weights, "INT8")]
    if number:
        reach = int(np.abs(weights).sum(axis=0).max() * 2)
        table = np.sort(rng.integers(-reach, reach + 1, size=(rows, number)), axis=1)
        initializers.append((table, "INT24"))
    params = {
        "MW": width, "MH": rows, "SIMD": simd, "PE": pe, "weightDataType": "INT8",
        "noActivation": int(not number), "inputDataType": kind, "Groups": groups,
        "outputDataType": f"UINT{number.bit_length()}" if number else "INT24",
        "runtime_writeable_weights": writable, "weightGrid": list(grid), **attrs,
    }  # fmt: skip
    return one_node_model("MultiLevelMVAU", (1, 2, 3, width), params, initializers)


def copies_model(seed: int) -> ModelWrapper:
    """Two copies of a small matrix side by side."""
    number, rows, first, step, run = COPIES
    rng = np.random.default_rng(seed)
    small = values(rng, (rows * run, 4), (-1, 2, 1))
    weights = np.zeros((rows * 9, number * 4), np.int64)
    for index in range(number):
        for row in range(rows):
            begin = row * 9 + first + index * step
            part = small[row * run : (row + 1) * run]
            weights[begin : begin + run, index * 4 : index * 4 + 4] = part
    table = np.sort(rng.integers(-20, 40, (4, 3)), axis=1)
    params = {
        "MW": 27, "MH": 8, "SIMD": 27, "PE": 8, "weightDataType": "INT2", "noActivation": 0,
        "inputDataType": "UINT4", "outputDataType": "UINT2", "copies": COPIES,
        "runtime_writeable_weights": 1, "weightGrid": [-2, 1, 1], "copyGrid": [-1, 2, 1],
    }  # fmt: skip
    initializers = [(weights, "INT2"), (np.tile(table, (2, 1)), "INT24")]
    return one_node_model("MultiLevelMVAU", (1, 2, 3, 27), params, initializers)


def thresholds_model(case, seed: int) -> ModelWrapper:
    """One StreamThresholding."""
    channels, lanes, kind, number, style = case
    rng = np.random.default_rng(seed)
    low, high = (0, 256) if kind == "UINT8" else (-300, 300)
    table = np.sort(rng.integers(low, high, (channels, number)), axis=1)
    params = {
        "PE": lanes, "ActVal": 0, "ram_style": style, "inputDataType": kind,
        "outputDataType": f"UINT{number.bit_length()}", "runtime_writeable_weights": 1,
    }  # fmt: skip
    return one_node_model("StreamThresholding", (1, 2, 3, channels), params, [(table, "INT16")])


def bench_models(seed: int) -> list[ModelWrapper]:
    """All of them."""
    return [
        *(unit_model(case, seed + index) for index, case in enumerate(UNITS)),
        copies_model(seed),
        *(thresholds_model(case, seed + index) for index, case in enumerate(THRESHOLDS)),
    ]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Design, simulator and input beats; expected outputs of old weights for two frames and of new
    ones for three; the words.
    """
    old, new = bench_models(1), bench_models(50)
    design, simulator = build_bench(old, tmp_path_factory.mktemp("writable"))
    for before, after in zip(old, new, strict=True):
        after.graph.node[0].name = before.graph.node[0].name
        after.rename_tensor(after.graph.input[0].name, before.graph.input[0].name)
        op_type, domain = before.graph.node[0].op_type, before.graph.node[0].domain
        after.graph.node[0].op_type, after.graph.node[0].domain = op_type, domain
    inputs, first = model_beats(old, 5, 3)
    again, second = model_beats(new, 5, 3)
    assert all(np.array_equal(inputs[name], again[name]) for name in inputs)
    expected = [
        np.concatenate([a[: len(a) // 5 * 2], b[len(b) // 5 * 2 :]])
        for a, b in zip(first, second, strict=True)
    ]
    assert all(not np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    return design, simulator, inputs, expected, load_words(new, design)


@pytest.mark.parametrize("stalls", [(0.0, 0.0), (0.5, 0.5)])
def test_weights_are_written_between_frames(bench, stalls):
    _, simulator, inputs, expected, words = bench
    idle, stall = stalls
    run = simulate(simulator, inputs, 5, stall, 2, idle=idle, load=LoadRun(words, 2))
    check_run(run, expected, f"{stalls}")


def test_every_word_has_an_address_of_its_own(bench):
    design, *_, words = bench
    addresses = [address for address, _ in words]
    assert (
        len(set(addresses))
        == len(addresses)
        == sum(table.rows * -(-table.width // 32) for table in design.tables)
    )
    assert {table.kind for table in design.tables} == {"weights", "thresholds"}


def test_one_copy_is_written_for_all_that_read_it(bench):
    """Of two copies of a matrix of 12 x 4 one bit a weight is written, 48; the graph has 27 x 8."""
    design, *_ = bench
    name = next(t.node for t in design.tables if t.node.startswith(f"c{len(UNITS)}_"))
    (table,) = (t for t in design.tables if t.node == name and t.kind == "weights")
    assert (table.rows, table.width) == (1, 48)


def test_a_word_that_is_not_there_is_said(bench):
    _, simulator, inputs, _, words = bench
    beyond = 1 + max(address for address, _ in words)
    with pytest.raises(HardwareError, match=f"1 words .* the first at address {beyond + 4096}"):
        simulate(simulator, inputs, 5, load=LoadRun([*words, (beyond + 4096, 5)], 2))


def test_without_tables_nothing_is_written(tmp_path):
    model = unit_model(UNITS[0], 1, writable=0)
    design, simulator = build_bench([model], tmp_path, top="constants")
    assert not design.tables and "load" not in design.to_json()
    inputs, _ = model_beats([model], 2, 1)
    with pytest.raises(HardwareError, match="no tables that can be written"):
        simulate(simulator, inputs, 2, load=LoadRun([(0, 0)], 1))


@pytest.mark.parametrize(
    ("attrs", "why"),
    [
        ({"threshold_search": 1}, "threshold_search = 0"),
        ({"weightGrid": [-1, 1]}, "weightGrid does not say which weights fit"),
        ({"weightGrid": [-1, 2, 1]}, "weight .* is none of -1 and 1"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, attrs, why):
    case = (*UNITS[3][:-1], attrs)
    with pytest.raises(HardwareError, match=f"node .*{why}"):
        build_bench([unit_model(case, 1)], tmp_path)
