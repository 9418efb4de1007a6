"""sliding_window_serial.hpp and _parallel.hpp: all sorts of kernels and strides, and trips."""

import random

import pytest

from hw.errors import HardwareError
from hw.ops.hls_base import hls_variant
from tests.hw.hls.bench import run_hls_bench
from tests.hw.hls.cases import window_model
from tests.hw.ops.op_case import make_stream_op

#: (shape, SIMD, kernel, stride, data type[, dilation[, fold by fold]])
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
    # taps apart, and fold by fold
    ((1, 8, 9, 2), 1, (3, 3), (1, 1), "UINT2", (2, 3)),
    ((1, 9, 6, 4), 2, (3, 2), (1, 2), "UINT3", (3, 1)),
    ((1, 6, 7, 4), 1, (3, 3), (1, 1), "UINT2", (1, 1), 1),
    ((1, 8, 8, 3), 1, (3, 2), (2, 1), "INT2", (2, 3), 1),
]


def random_sizes(source: random.Random) -> tuple[int, ...]:
    """Height, width, kernel, stride, folding, dilation, fold by fold; of all sorts."""
    kernel = source.randint(1, 4), source.randint(1, 4)
    gaps = (source.randint(1, 3), source.randint(1, 3)) if source.random() < 0.3 else (1, 1)
    size = [
        source.randint(reach, 12)
        for reach in ((k - 1) * gap + 1 for k, gap in zip(kernel, gaps, strict=True))
    ]
    stride = source.randint(1, 4), source.randint(1, 5)
    return *size, *kernel, *stride, source.randint(1, 3), *gaps, int(source.random() < 0.3)


def random_cases(count: int, seed: int) -> list[tuple]:
    """Cases like those above."""
    source = random.Random(seed)
    cases = []
    for _ in range(count):
        height, width, *kernel, stride_h, stride_w, folding, gap_h, gap_w, is_depthwise = (
            random_sizes(source)
        )
        simd = source.randint(1, 3)
        datatype = source.choice(["UINT1", "UINT2", "INT3", "UINT8", "INT16"])
        shape = (1, height, width, folding * simd)
        more = datatype, (gap_h, gap_w), is_depthwise
        cases.append((shape, simd, tuple(kernel), (stride_h, stride_w), *more))
    return cases


def test_bench(tmp_path):
    models = []
    for number, case in enumerate([*CASES, *random_cases(6, 4)]):
        style = ("auto", "block", "distributed")[number % 3]
        models += [
            window_model(*case[:5], parallel, style, *case[5:]) for parallel in (False, True)
        ]
    run_hls_bench(models, tmp_path)


def greedy_trips(sizes: tuple[int, ...], depth: int) -> int:
    """Trips of the serial window, counted: each writes and reads if it may."""
    height, width, kernel_h, kernel_w, stride_h, stride_w, folding, gap_h, gap_w, by_fold = sizes
    beats = height * width * folding
    starts = [
        (row * width + col) * folding
        for row in range(0, height - (kernel_h - 1) * gap_h, stride_h)
        for col in range(0, width - (kernel_w - 1) * gap_w, stride_w)
    ]
    offsets = [
        (row * gap_h * width + col * gap_w) * folding + fold
        for outer in range(folding if by_fold else 1)
        for row in range(kernel_h)
        for col in range(kernel_w)
        for fold in ([outer] if by_fold else range(folding))
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
        height, width, kernel_h, kernel_w, stride_h, stride_w, folding, gap_h, gap_w, by_fold = (
            sizes
        )
        op = hls_variant(
            make_stream_op(
                "SlidingWindow",
                (1, height, width, folding),
                KernelSize=[kernel_h, kernel_w],
                Stride=[stride_h, stride_w],
                Dilation=[gap_h, gap_w],
                depthwise=by_fold,
            ).onnx_node
        )
        span = ((kernel_h - 1) * gap_h * width + (kernel_w - 1) * gap_w + 1) * folding
        slack = op.serial_depth() - span
        surplus = op.hls_trips() - greedy_trips(sizes, op.serial_depth())
        is_sparse = stride_w > op.taps()
        late = by_fold * (folding - 1) * (op.taps() - 1) * op.output_shape()[2]
        assert 0 <= surplus <= (slack + late if is_sparse else 0), sizes
        # the clocks of the RTL in steady state, and the fill at the beginning of a frame
        fill = op.hls_trips() - op.get_exp_cycles()
        overlap = slack if is_sparse or stride_h > kernel_h else 0
        assert 0 <= fill <= span + 1 + overlap + late, sizes


def test_bipolar_is_refused():
    model = window_model((1, 4, 4, 2), 2, (2, 2), (1, 1), "BIPOLAR", False)
    op = hls_variant(model.graph.node[0])
    with pytest.raises(HardwareError, match=r"integers of 1 to 64 bits, not BIPOLAR"):
        op.hls_stream_type("in")
