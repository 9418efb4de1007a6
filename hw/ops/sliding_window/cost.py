"""LUTs and flip-flops of a sliding window, and its samples for the cost model."""

from math import ceil

import numpy as np

from hw.ops.sliding_window.shape import WindowShape
from hw.synth.cost.features import Features
from hw.synth.cost.memory import map_ram
from hw.synth.cost.sampling import STYLES, Drawn, Sampling, divisor, image, one, types
from hw.synth.estimates import counter_bits


def parallel_features(shape: WindowShape, beat: int, style: str) -> Features:
    """Of a window that leaves in one beat. beat: bits of an input beat; style: of its memory."""
    height, width, folding = shape.height, shape.width, shape.folding
    (kernel_h, kernel_w), (gap_h, gap_w) = shape.kernel, shape.dilation
    line, column = gap_h * width * folding, kernel_h * beat
    memory = map_ram(line, (kernel_h - 1) * beat, style)
    counters = counter_bits(height, width, folding, line)
    # columns between the taps of a fold are shift registers, if there are some
    apart = gap_w * folding
    is_shift = apart > 2
    between = (kernel_w - 1) * column
    shift = between * ceil((apart - 1) / 32) if is_shift else 0
    registers = 2 * beat + column + between * (0 if is_shift else apart)
    above = (kernel_h - 1) * beat if memory.lutram else 0
    return Features(
        {"beat": beat, "shift": shift, "counters": counters},
        {"registers": registers, "above": above, "counters": counters},
        [memory],
    )


def serial_features(shape: WindowShape, beat: int, style: str) -> Features:
    """Of a window that leaves beat by beat, from a buffer."""
    memory, depth = map_ram(shape.depth, beat, style), shape.depth
    counters, pointers = counter_bits(shape.height, shape.width, shape.folding), counter_bits(depth)
    read = beat if memory.lutram else 0
    return Features(
        {"beat": beat, "pointers": 10 * pointers, "counters": counters},
        {"beat": 2 * beat, "read": read, "pointers": 5 * pointers, "counters": counters},
        [memory],
    )


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    shape = image(rng)
    attrs = {
        "KernelSize": [3, 3], "Stride": [1, 1], "SIMD": divisor(rng, shape[3], 16),
        "parallel_window": index % 2, "ram_style": one(rng, STYLES), **types(rng),
    }  # fmt: skip
    return Drawn("SlidingWindow", shape, attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    (
        "KernelSize",
        "Stride",
        "SIMD",
        "parallel_window",
        "ram_style",
        "inputDataType",
        "outputDataType",
    ),
    ((20, _draw),),
    optional=("Dilation", "depthwise"),
)
