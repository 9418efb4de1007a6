"""Models of one MVAU or one thresholding each, for the tests of their headers and RTL modules."""

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.datatypes import integer_datatype
from tests.hw.bench import one_node_model

BINARY, THREE, DOUBLED = (-1, 1), (-1, 0, 1), (-2, 0, 2)


@dataclass(frozen=True)
class MvauCase:
    """A MultiLevelMVAU on ``pixels`` vectors; ``thresholds`` 0: accumulators are the output.

    levels: values of weights; of the first rows of the matrix (outputs), one has the greatest
    alone, one the least, so that an input of extremes reaches the limits of the accumulator.
    """

    pixels: int
    mw: int
    mh: int
    simd: int
    pe: int
    levels: tuple[int, ...] = BINARY
    datatype: str = "UINT2"
    thresholds: int = 3
    bias: int = 0
    style: str = "auto"
    window: tuple[int, int] = (0, 0)
    more: dict[str, Any] = field(default_factory=dict)


def mvau_weights(case: MvauCase, rng: np.random.Generator) -> np.ndarray:
    """(MW, MH) weights of a case."""
    weights = rng.choice(case.levels, size=(case.mw, case.mh))
    weights[:, 0] = max(case.levels)
    if case.mh > 1:
        weights[:, 1] = min(case.levels)
    return weights


def _reach(weights: np.ndarray, datatype: str) -> tuple[int, int]:
    """Least and greatest product with an input of the data type."""
    low, high = int(DataType[datatype].min()), int(DataType[datatype].max())
    above, below = np.maximum(weights, 0).sum(axis=0), np.minimum(weights, 0).sum(axis=0)
    return int((above * low + below * high).min()), int((above * high + below * low).max())


def mvau_model(case: MvauCase, seed: int) -> ModelWrapper:
    """Model of a case; thresholds lie within the accumulators' range, and a few beyond."""
    rng = np.random.default_rng(seed)
    weights = mvau_weights(case, rng)
    low, high = _reach(weights, case.datatype)
    initializers = [(weights, "INT32")]
    output = integer_datatype(low, high)
    if case.thresholds:
        size = (case.mh, case.thresholds)
        values = np.sort(rng.integers(low - 2, high + 3, size=size), axis=1)
        initializers.append((values, "INT32"))
        output = integer_datatype(case.bias, case.bias + case.thresholds)
    params = {
        "MW": case.mw,
        "MH": case.mh,
        "SIMD": case.simd,
        "PE": case.pe,
        "weightDataType": "INT32",
        "noActivation": int(not case.thresholds),
        "ActVal": case.bias,
        "ram_style": case.style,
        "window_taps": case.window[0],
        "window_simd": case.window[1],
        "inputDataType": case.datatype,
        "outputDataType": output.name,
        **case.more,
    }
    shape = (1, 1, case.pixels, case.mw)
    return one_node_model("MultiLevelMVAU", shape, params, initializers)


def _divisor(number: int, source: random.Random) -> int:
    return source.choice([part for part in range(1, number + 1) if number % part == 0])


def random_mvaus(count: int, seed: int) -> list[MvauCase]:
    """Cases of all sorts that both the RTL module and the template take."""
    source = random.Random(seed)
    cases = []
    for _ in range(count):
        taps, group, groups = source.choice([1, 4, 9]), source.randint(1, 3), source.randint(1, 3)
        mw, mh = taps * group * groups, source.choice([1, 2, 3, 4, 6, 8, 12])
        low = source.choice([-9, -4, -2, -1, 0, 1])
        levels = tuple(
            low + source.randint(1, 3) * i for i in range(source.choice([1, 2, 2, 3, 5]))
        )
        thresholds = source.choice([0, 1, 3, 3, 7, 15, 16, 20])
        cases.append(
            MvauCase(
                pixels=source.randint(1, 4),
                mw=mw,
                mh=mh,
                simd=_divisor(mw, source),
                pe=_divisor(mh, source),
                levels=levels,
                datatype=source.choice(["UINT1", "UINT2", "INT2", "INT3", "UINT5", "INT8"]),
                thresholds=thresholds,
                bias=source.choice([0, 0, -3, 5]) if thresholds else 0,
                style=source.choice(["auto", "block", "distributed"]),
                window=(taps, group) if source.random() < 0.5 else (0, 0),
            )
        )
    return cases


@dataclass(frozen=True)
class ThresholdingCase:
    """A StreamThresholding on an input of shape (1, 1, pixels, channels)."""

    pixels: int
    channels: int
    pe: int
    thresholds: int
    datatype: str
    bias: int = 0
    style: str = "auto"
    common: bool = False  # one row of thresholds for all channels


def thresholding_model(case: ThresholdingCase, seed: int) -> ModelWrapper:
    """Model of a case; thresholds beyond the input's range are never or always reached."""
    rng = np.random.default_rng(seed)
    low, high = int(DataType[case.datatype].min()), int(DataType[case.datatype].max())
    size = (1 if case.common else case.channels, case.thresholds)
    values = np.sort(rng.integers(low - 2, high + 3, size=size), axis=1)
    params = {
        "PE": case.pe,
        "ActVal": case.bias,
        "ram_style": case.style,
        "inputDataType": case.datatype,
        "outputDataType": integer_datatype(case.bias, case.bias + case.thresholds).name,
    }
    shape = (1, 1, case.pixels, case.channels)
    return one_node_model("StreamThresholding", shape, params, [(values, "INT32")])


def random_thresholdings(count: int, seed: int) -> list[ThresholdingCase]:
    """Cases of all sorts."""
    source = random.Random(seed)
    cases = []
    for _ in range(count):
        channels = source.randint(1, 12)
        cases.append(
            ThresholdingCase(
                pixels=source.randint(1, 6),
                channels=channels,
                pe=_divisor(channels, source),
                thresholds=source.choice([1, 2, 3, 7, 15, 16, 31, 40]),
                datatype=source.choice(["UINT1", "INT2", "UINT4", "INT6", "UINT8", "INT12"]),
                bias=source.choice([0, -4, 3]),
                style=source.choice(["auto", "block", "distributed"]),
                common=source.random() < 0.3,
            )
        )
    return cases
