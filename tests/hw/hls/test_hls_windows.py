"""sliding_window_serial.hpp and _parallel.hpp: all sorts of kernels and strides, and trips."""

import random

import pytest

from hw.errors import HardwareError
from hw.ops.hls_base import hls_variant
from tests.hw.hls.bench import run_hls_bench
from tests.hw.hls.cases import window_model
from tests.hw.ops.op_case import make_stream_op

#: (shape, SIMD, kernel, stride, data type)
CASES = [
    ((1, 6, 7, 4), 4, (3, 3), (1, 1), "UINT2"),
    ((1, 6, 7, 4), 1, (2, 2), (1, 1), "UINT4"),
    ((1, 7, 9, 3), 3, (3, 3), (2, 2), "INT8"),
    ((1, 8, 8, 4), 2, (2, 2), (2, 2), "UINT2"),
    ((1, 9, 8, 2), 2, (2, 3), (3, 1), "INT2"),
    ((1, 5, 6, 6), 3, (1, 1), (1, 1), "UINT2"),
    ((1, 5, 6, 6), 6, (1, 1), (2, 2), "UINT1"),
    ((1, 5, 5, 2), 2, (5, 5), (1, 1), "INT4"),
    ((1, 7, 4, 3), 1, (1, 3), (1, 1), "UINT8"),
    ((1, 4, 9, 3), 1, (3, 1), (1, 1), "INT17"),
    # rows and columns at the end that belong to no window
    ((1, 11, 10, 2), 1, (2, 2), (4, 4), "UINT3"),
    ((1, 4, 1, 3), 3, (2, 1), (1, 1), "TERNARY"),
    ((1, 1, 1, 2), 1, (1, 1), (1, 1), "UINT33"),
    # windows of fewer beats than from one to the next
    ((1, 5, 9, 2), 1, (3, 1), (1, 4), "UINT2"),
    # more beats behind the last window than the buffer has room for before it left
    ((1, 6, 6, 2), 1, (4, 1), (1, 3), "INT3"),
]


def random_sizes(source: random.Random) -> tuple[int, ...]:
    """Height, width, kernel, stride, folding; of all sorts."""
    kernel = source.randint(1, 4), source.randint(1, 4)
    size = source.randint(kernel[0], 12), source.randint(kernel[1], 12)
    stride = source.randint(1, 4), source.randint(1, 5)
    return *size, *kernel, *stride, source.randint(1, 3)


def random_cases(count: int, seed: int) -> list[tuple]:
    """Cases like those above."""
    source = random.Random(seed)
    cases = []
    for _ in range(count):
        height, width, kernel_h, kernel_w, stride_h, stride_w, folding = random_sizes(source)
        simd = source.randint(1, 3)
        datatype = source.choice(["UINT1", "UINT2", "INT3", "UINT8", "INT16"])
        shape = (1, height, width, folding * simd)
        cases.append((shape, simd, (kernel_h, kernel_w), (stride_h, stride_w), datatype))
    return cases


def test_bench(tmp_path):
    models = []
    for number, case in enumerate([*CASES, *random_cases(6, 4)]):
        style = ("auto", "block", "distributed")[number % 3]
        models += [window_model(*case, parallel, style) for parallel in (False, True)]
    run_hls_bench(models, tmp_path)


def greedy_trips(sizes: tuple[int, ...], depth: int) -> int:
    """Trips of the serial window, counted: each writes and reads if it may."""
    height, width, kernel_h, kernel_w, stride_h, stride_w, folding = sizes
    beats = height * width * folding
    starts = [
        (row * width + col) * folding
        for row in range(0, height - kernel_h + 1, stride_h)
        for col in range(0, width - kernel_w + 1, stride_w)
    ]
    offsets = [
        (row * width + col) * folding + fold
        for row in range(kernel_h)
        for col in range(kernel_w)
        for fold in range(folding)
    ]
    arrived = trips = 0
    for start in starts:
        left = 0
        while left < len(offsets):
            leaves = start + offsets[left] < arrived
            arrived += arrived < min(beats, start + depth)
            left += leaves
            trips += 1
    return trips + beats - arrived


@pytest.mark.parametrize("seed", range(4))
def test_serial_trips(seed):
    source = random.Random(seed)
    for _ in range(250):
        sizes = random_sizes(source)
        height, width, kernel_h, kernel_w, stride_h, stride_w, folding = sizes
        op = hls_variant(
            make_stream_op(
                "SlidingWindow",
                (1, height, width, folding),
                KernelSize=[kernel_h, kernel_w],
                Stride=[stride_h, stride_w],
            ).onnx_node
        )
        span = ((kernel_h - 1) * width + kernel_w) * folding
        slack = op.serial_depth() - span
        surplus = op.hls_trips() - greedy_trips(sizes, op.serial_depth())
        is_sparse = stride_w > op.taps()
        assert 0 <= surplus <= (slack if is_sparse else 0), sizes
        # the clocks of the RTL in steady state, and the fill at the beginning of a frame
        fill = op.hls_trips() - op.get_exp_cycles()
        overlap = slack if is_sparse or stride_h > kernel_h else 0
        assert 0 <= fill <= span + 1 + overlap, sizes


def test_bipolar_is_refused():
    model = window_model((1, 4, 4, 2), 2, (2, 2), (1, 1), "BIPOLAR", False)
    op = hls_variant(model.graph.node[0])
    with pytest.raises(HardwareError, match=r"integers of 1 to 64 bits, not BIPOLAR"):
        op.hls_stream_type("in")
