"""mvau of groups, RTL and HLS C++: depthwise with multipliers, groups in turns and side by side."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.hw.bench import one_node_model, run_bench
from tests.hw.hls.bench import run_hls_bench

SIGNS, THREE, MANY = (-1, 1), (-1, 0, 1), tuple(range(-100, 81))


@dataclass(frozen=True)
class Case:
    """channels in groups, of each group rows outputs; window: channels of a beat (0: none)."""

    channels: int
    groups: int
    rows: int
    kernel: tuple[int, int]
    simd: int
    pe: int
    window: int
    levels: tuple[int, ...] = SIGNS
    kind: str = "UINT2"
    steps: int = 3
    style: str = "auto"


CASES = [
    # depthwise: a channel and a tap a clock, channels at once, taps at once, all at once
    Case(4, 4, 1, (3, 3), 1, 1, 1),
    Case(4, 4, 1, (3, 3), 3, 2, 2, style="block"),
    Case(4, 4, 1, (3, 3), 9, 2, 2, THREE, "UINT4"),
    Case(6, 6, 1, (3, 1), 3, 6, 6, MANY, "INT3", 0),
    Case(6, 6, 1, (1, 3), 1, 3, 3, (-3, -1, 1, 3), "UINT2", 7),
    # signs without thresholds, and many thresholds (searched)
    Case(3, 3, 1, (2, 2), 2, 3, 3, SIGNS, "INT4", 0),
    Case(2, 2, 1, (3, 3), 3, 1, 1, SIGNS, "UINT8", 16),
    # depthwise with a multiplier: rows in turns, and all at once
    Case(3, 3, 2, (3, 3), 3, 1, 1, THREE),
    Case(4, 4, 2, (2, 2), 2, 4, 2, SIGNS),
    # groups of several channels: in turns, of parts of a group, side by side
    Case(6, 2, 4, (3, 3), 3, 2, 3),
    Case(6, 2, 4, (1, 2), 1, 4, 1, THREE, "UINT3"),
    Case(8, 4, 3, (2, 2), 4, 6, 4, (-2, 1), "INT2", 3, "distributed"),
    Case(4, 2, 1, (3, 1), 6, 2, 4, MANY, "INT4", 0),
    # kernels of one pixel without a window
    Case(8, 2, 3, (1, 1), 2, 1, 0),
    Case(8, 4, 2, (1, 1), 2, 4, 0, THREE, "INT3"),
    Case(5, 5, 1, (1, 1), 1, 5, 0, MANY, "UINT2", 1),
]


def model(case, seed):
    rng = np.random.default_rng(seed)
    taps, rows = case.kernel[0] * case.kernel[1], case.groups * case.rows
    weights = rng.choice(case.levels, (taps * case.channels // case.groups, rows))
    weights[:, 0] = max(case.levels)
    inputs = [(weights, "INT8")]
    if case.steps:
        reach = int(np.abs(weights).sum(axis=0).max()) * 3
        values = rng.integers(-reach, reach + 1, (rows, case.steps))
        inputs.append((np.sort(values, axis=1), "INT24"))
    out = f"UINT{case.steps.bit_length()}" if case.steps else "INT20"
    params = {
        "MW": taps * case.channels, "MH": rows, "SIMD": case.simd, "PE": case.pe,
        "Groups": case.groups, "Kernel": list(case.kernel), "weightDataType": "INT8",
        "noActivation": int(not case.steps), "ram_style": case.style, "inputDataType": case.kind,
        "window_taps": taps if case.window else 0, "window_simd": case.window,
        "outputDataType": out,
    }  # fmt: skip
    return one_node_model("MultiLevelMVAU", (1, 2, 3, taps * case.channels), params, inputs)


@pytest.fixture(scope="module")
def models():
    return [model(case, seed) for seed, case in enumerate(CASES)]


def test_bench(models, tmp_path):
    for result in run_bench(models, tmp_path):
        result.check_cycles(extra=4)


def test_hls_bench(tmp_path):
    run_hls_bench([model(case, seed) for seed, case in enumerate(CASES)], tmp_path)
