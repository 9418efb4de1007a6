"""Operators drawn at random for the runs that cost models are fitted to: small and medium ones."""

from collections.abc import Callable
from typing import Any

import numpy as np

from hw.datatypes import integer_datatype, signed_bits
from hw.synth.cost.operators import Operator

#: Operators of each kind that ``draw`` makes.
COUNTS = {
    "MultiLevelMVAU": 44, "SlidingWindow": 20, "StreamFIFO": 14, "StreamWidthConverter": 8,
    "StreamThresholding": 8, "GroupSum": 7, "StreamPad": 7, "StreamMaxPool": 7,
}  # fmt: skip
#: And so many units of weights -1 and 1 that are all constant.
CONSTANT_SIGNS = 6
#: Most products of an activation's and a weight's bit a clock.
_MOST = 3000
_STYLES = ("auto", "block", "distributed")


def draw(seed: int) -> list[Operator]:
    """The operators of a seed."""
    rng = np.random.default_rng(seed)
    drawn = [_DRAWN[kind](rng, i) for kind, count in COUNTS.items() for i in range(count)]
    return drawn + [_constant_signs(rng, i) for i in range(CONSTANT_SIGNS)]


def _one(rng: np.random.Generator, values: Any) -> Any:
    return values[int(rng.integers(len(values)))]


def _divisor(rng: np.random.Generator, number: int, most: int = 1 << 30) -> int:
    return int(_one(rng, [d for d in range(1, number + 1) if number % d == 0 and d <= most]))


def _mvau(rng: np.random.Generator, index: int) -> Operator:
    taps, channels = _one(rng, (1, 9, 9)), _one(rng, (3, 8, 16, 32, 64))
    wide = index % 4 == 3  # activations of more bits, weights of more levels, no thresholds
    bits = _one(rng, (3, 4, 5, 8)) if wide else 2
    levels = _one(rng, ((-2, 2, 2), (-3, 2, 3), (-1, 2, 1))) if wide else (-1, 2, 1)
    steps = _one(rng, (3, 0, 1, 7, 15, 31)) if wide else 3
    width, rows = taps * channels, _one(rng, (8, 16, 32, 64))
    simd = _divisor(rng, width)
    pe = _divisor(rng, rows, max(1, _MOST // (simd * bits)))
    if index % 8 == 7:  # all constant: a first layer at one vector a clock
        width, rows = 27, _one(rng, (4, 8, 16))
        simd, pe = width, rows
    low, step, top = levels
    reach = width * max(abs(low), abs(low + step * top)) * (2**bits - 1)
    out = f"INT{signed_bits(-reach, reach)}" if steps == 0 else integer_datatype(0, steps).name
    attrs = {
        "MW": width, "MH": rows, "SIMD": simd, "PE": pe, "inputDataType": f"UINT{bits}",
        "outputDataType": out, "weightDataType": integer_datatype(low, low + step * top).name,
        "noActivation": int(steps == 0), "ActVal": 0, "ram_style": _one(rng, _STYLES),
        "window_taps": 0, "window_simd": 0,
    }  # fmt: skip
    return Operator("MultiLevelMVAU", (1, 16, 16, width), attrs, levels, steps, index)


def _constant_signs(rng: np.random.Generator, index: int) -> Operator:
    width, rows, bits = _one(rng, (16, 27, 72)), _one(rng, (4, 8, 16)), _one(rng, (1, 2, 2, 3))
    attrs = {
        "MW": width, "MH": rows, "SIMD": width, "PE": rows, "inputDataType": f"UINT{bits}",
        "outputDataType": "UINT2", "weightDataType": "INT2", "noActivation": 0, "ActVal": 0,
        "ram_style": "auto", "window_taps": 0, "window_simd": 0,
    }  # fmt: skip
    return Operator("MultiLevelMVAU", (1, 16, 16, width), attrs, (-1, 2, 1), 3, index)


def _types(rng: np.random.Generator) -> dict[str, str]:
    kind = f"UINT{_one(rng, (2, 2, 3, 5, 8))}"
    return {"inputDataType": kind, "outputDataType": kind}


def _image(rng: np.random.Generator) -> tuple[int, int, int, int]:
    """(1, H, W, C)"""
    return 1, _one(rng, (18, 34, 66, 130)), _one(rng, (18, 34, 66, 130, 258)), _channels(rng)


def _channels(rng: np.random.Generator) -> int:
    return int(_one(rng, (3, 8, 16, 32, 64)))


def _window(rng: np.random.Generator, index: int) -> Operator:
    shape = _image(rng)
    attrs = {
        "KernelSize": [3, 3], "Stride": [1, 1], "SIMD": _divisor(rng, shape[3], 16),
        "parallel_window": index % 2, "ram_style": _one(rng, _STYLES), **_types(rng),
    }  # fmt: skip
    return Operator("SlidingWindow", shape, attrs, seed=index)


def _fifo(rng: np.random.Generator, index: int) -> Operator:
    channels = _channels(rng)
    lanes = _divisor(rng, channels)
    shape = (1, 16, 16, channels)
    attrs = {
        "depth": _one(rng, (3, 16, 32, 48, 64, 100, 128, 256, 512)),
        "folded_shape": [*shape[:3], channels // lanes, lanes], "normal_shape": list(shape),
        "dataType": _types(rng)["inputDataType"], "ram_style": "auto",
    }  # fmt: skip
    return Operator("StreamFIFO", shape, attrs, seed=index)


def _converter(rng: np.random.Generator, index: int) -> Operator:
    channels, bits = _one(rng, (16, 32, 64, 144)), _one(rng, (2, 3, 5))
    first, last = _divisor(rng, channels), _divisor(rng, channels)
    if first == last:
        first, last = 1, channels
    shape = [1, 16, 16, channels]
    attrs = {
        "inShape": shape, "outShape": shape, "inWidth": first * bits, "outWidth": last * bits,
        "dataType": f"UINT{bits}",
    }  # fmt: skip
    return Operator("StreamWidthConverter", tuple(shape), attrs, seed=index)


def _thresholding(rng: np.random.Generator, index: int) -> Operator:
    channels, bits, steps = _channels(rng), _one(rng, (4, 8, 8)), _one(rng, (1, 3, 3, 7, 15))
    attrs = {
        "PE": _divisor(rng, channels, 16), "ActVal": 0, "ram_style": _one(rng, _STYLES),
        "inputDataType": f"UINT{bits}", "outputDataType": integer_datatype(0, steps).name,
    }  # fmt: skip
    return Operator("StreamThresholding", (1, 16, 16, channels), attrs, steps=steps, seed=index)


def _sum(rng: np.random.Generator, index: int) -> Operator:
    group, sums, bits = _one(rng, (2, 4, 8)), _one(rng, (8, 16, 32)), _one(rng, (1, 2, 2, 4))
    channels = group * sums
    fits = [d for d in range(1, 33) if channels % d == 0 and (d % group == 0 or group % d == 0)]
    attrs = {
        "Group": group, "SIMD": _one(rng, fits), "inputDataType": f"UINT{bits}",
        "outputDataType": integer_datatype(0, group * (2**bits - 1)).name,
    }  # fmt: skip
    return Operator("GroupSum", (1, 16, 16, channels), attrs, seed=index)


def _pad(rng: np.random.Generator, index: int) -> Operator:
    shape = _image(rng)
    attrs = {"Padding": [1, 1, 1, 1], "SIMD": _divisor(rng, shape[3]), **_types(rng)}
    return Operator("StreamPad", shape, attrs, seed=index)


def _pool(rng: np.random.Generator, index: int) -> Operator:
    shape = _image(rng)
    attrs = {"KernelSize": [2, 2], "PE": _divisor(rng, shape[3], 16), **_types(rng)}
    return Operator("StreamMaxPool", shape, attrs, seed=index)


_DRAWN: dict[str, Callable[[np.random.Generator, int], Operator]] = {
    "MultiLevelMVAU": _mvau,
    "SlidingWindow": _window,
    "StreamFIFO": _fifo,
    "StreamWidthConverter": _converter,
    "StreamThresholding": _thresholding,
    "GroupSum": _sum,
    "StreamPad": _pad,
    "StreamMaxPool": _pool,
}
