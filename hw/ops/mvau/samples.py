"""Matrix-vector units drawn for the runs that the cost model is fitted to."""

from typing import Any

import numpy as np
from qonnx.core.datatype import DataType

from hw.datatypes import integer_datatype, signed_bits
from hw.ops.base import IntArray
from hw.synth.cost.sampling import STYLES, Drawn, Initializer, Sampling, divisor, one

KIND = "MultiLevelMVAU"
#: Most products of an activation's and a weight's bit a clock.
MOST = 3000


def _mvau(rng: np.random.Generator, index: int) -> Drawn:
    taps, channels = one(rng, (1, 9, 9)), one(rng, (3, 8, 16, 32, 64))
    wide = index % 4 == 3  # activations of more bits, weights of more levels, no thresholds
    bits = one(rng, (3, 4, 5, 8)) if wide else 2
    levels = one(rng, ((-2, 2, 2), (-3, 2, 3), (-1, 2, 1))) if wide else (-1, 2, 1)
    steps = one(rng, (3, 0, 1, 7, 15, 31)) if wide else 3
    width, rows = taps * channels, one(rng, (8, 16, 32, 64))
    simd = divisor(rng, width)
    pe = divisor(rng, rows, max(1, MOST // (simd * bits)))
    if index % 8 == 7:  # all constant: a first layer at one vector a clock
        width, rows = 27, one(rng, (4, 8, 16))
        simd, pe = width, rows
    low, step, top = levels
    reach = width * max(abs(low), abs(low + step * top)) * (2**bits - 1)
    out = f"INT{signed_bits(-reach, reach)}" if steps == 0 else integer_datatype(0, steps).name
    attrs = {
        "MW": width, "MH": rows, "SIMD": simd, "PE": pe, "inputDataType": f"UINT{bits}",
        "outputDataType": out, "weightDataType": integer_datatype(low, low + step * top).name,
        "noActivation": int(steps == 0), "ActVal": 0, "ram_style": one(rng, STYLES),
        "window_taps": 0, "window_simd": 0,
    }  # fmt: skip
    return Drawn(KIND, (1, 16, 16, width), attrs, levels, steps, index)


def _constant_signs(rng: np.random.Generator, index: int) -> Drawn:
    width, rows, bits = one(rng, (16, 27, 72)), one(rng, (4, 8, 16)), one(rng, (1, 2, 2, 3))
    attrs = {
        "MW": width, "MH": rows, "SIMD": width, "PE": rows, "inputDataType": f"UINT{bits}",
        "outputDataType": "UINT2", "weightDataType": "INT2", "noActivation": 0, "ActVal": 0,
        "ram_style": "auto", "window_taps": 0, "window_simd": 0,
    }  # fmt: skip
    return Drawn(KIND, (1, 16, 16, width), attrs, (-1, 2, 1), 3, index)


def _grouped(rng: np.random.Generator, index: int) -> Drawn:
    """Depthwise units, every third one with groups of several channels."""
    number, taps, bits = one(rng, (8, 16, 32)), one(rng, (9, 9, 4)), one(rng, (2, 4))
    width, rows = (4, 4) if index % 3 == 2 else (1, 1)
    sets = divisor(rng, number, 8)
    simd = width * divisor(rng, taps)
    levels = one(rng, ((-1, 2, 1), (-8, 1, 15), (-2, 1, 3)))
    steps = 2**bits - 1
    attrs = {
        "MW": taps * number * width, "MH": number * rows, "SIMD": simd, "PE": sets * rows,
        "inputDataType": f"UINT{bits}", "outputDataType": f"UINT{bits}", "weightDataType": "INT4",
        "noActivation": 0, "ActVal": 0, "ram_style": one(rng, STYLES), "window_taps": taps,
        "window_simd": sets * width, "Groups": number, "Kernel": [1, taps],
    }  # fmt: skip
    return Drawn(KIND, (1, 8, 8, attrs["MW"]), attrs, levels, steps, index)


def _many_levels(rng: np.random.Generator, index: int) -> Drawn:
    """Products in DSP slices without thresholds, with searched ones, and a search alone."""
    taps, channels = one(rng, (1, 9, 9)), one(rng, (4, 8, 16, 32))
    width, rows = taps * channels, one(rng, (8, 16, 32))
    kind, steps = index % 3, one(rng, (15, 15, 31, 100, 255))
    given = f"{one(rng, ('UINT', 'UINT', 'INT'))}{one(rng, (2, 4, 4, 8))}"
    weights = one(rng, ((-4, 1, 7), (-8, 1, 15), (-8, 1, 15), (-128, 1, 255)))
    low, step, top = (-1, 2, 1) if kind == 2 and index % 2 else weights
    simd = divisor(rng, width, 8)
    pe = divisor(rng, rows, 8 if simd < width else rows // 2)
    reach = width * max(abs(low), abs(low + step * top)) * 2 ** DataType[given].bitwidth()
    out = integer_datatype(0, steps).name if kind else f"INT{signed_bits(-reach, reach)}"
    attrs = {
        "MW": width, "MH": rows, "SIMD": simd, "PE": pe, "inputDataType": given,
        "outputDataType": out, "weightDataType": integer_datatype(low, low + step * top).name,
        "noActivation": int(kind == 0), "ActVal": 0, "ram_style": one(rng, STYLES),
        "window_taps": 0, "window_simd": 0, **({"resType": "dsp"} if kind < 2 else {}),
        **({"threshold_search": 1} if kind else {}),
    }  # fmt: skip
    shape = (1, 8, 8, width)
    return Drawn(KIND, shape, attrs, (low, step, top), steps if kind else 0, index)


def _initializers(drawn: Drawn, rng: np.random.Generator) -> list[Initializer]:
    minimum, step, top = drawn.levels
    size = (drawn.attrs["MW"] // drawn.attrs.get("Groups", 1), drawn.attrs["MH"])
    weights = minimum + step * rng.binomial(top, 0.5, size).astype(np.int64)
    initializers = [(weights, drawn.attrs["weightDataType"])]
    if drawn.steps:
        low, high = _reach(weights, DataType[drawn.attrs["inputDataType"]])
        chosen = rng.integers(low // 2, high // 2 + 1, (size[1], drawn.steps))
        initializers.append((np.sort(chosen.astype(np.int64), axis=1), "INT32"))
    return initializers


def _reach(weights: IntArray, datatype: Any) -> tuple[int, int]:
    """Least and greatest product of a row."""
    ends = [
        np.maximum(weights * int(datatype.min()), weights * int(datatype.max())).sum(axis=0).max(),
        np.minimum(weights * int(datatype.min()), weights * int(datatype.max())).sum(axis=0).min(),
    ]
    return int(ends[1]), int(ends[0])


#: 44 of all kinds, 6 of weights -1 and 1 that are all constant, 9 of groups, 18 of many levels.
SAMPLING = Sampling(
    (
        "MW", "MH", "SIMD", "PE", "inputDataType", "outputDataType", "weightDataType",
        "noActivation", "ActVal", "ram_style", "window_taps", "window_simd",
    ),
    ((44, _mvau), (6, _constant_signs), (9, _grouped), (18, _many_levels)),
    _initializers,
    ("Groups", "Kernel", "resType", "threshold_search"),
)  # fmt: skip
