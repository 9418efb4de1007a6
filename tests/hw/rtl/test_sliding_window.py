"""sliding_window_serial and _parallel: windows, folds, strides, odd sizes."""

import pytest

from tests.hw.bench import one_node_model, run_bench

#: (shape, SIMD, kernel, stride, data type[, dilation[, fold by fold]])
CASES = [
    ((1, 6, 7, 4), 4, (3, 3), (1, 1), "UINT2"),
    ((1, 6, 7, 4), 2, (3, 3), (1, 1), "INT3"),
    ((1, 6, 7, 4), 1, (2, 2), (1, 1), "UINT4"),
    ((1, 7, 9, 3), 3, (3, 3), (2, 2), "INT8"),
    ((1, 8, 8, 4), 2, (2, 2), (2, 2), "UINT2"),
    ((1, 8, 9, 2), 1, (3, 2), (1, 2), "UINT3"),
    ((1, 9, 8, 2), 2, (2, 3), (3, 1), "INT2"),
    ((1, 5, 6, 6), 3, (1, 1), (1, 1), "UINT2"),
    ((1, 5, 6, 6), 6, (1, 1), (2, 2), "UINT1"),
    ((1, 5, 5, 2), 2, (5, 5), (1, 1), "INT4"),
    ((1, 7, 4, 3), 1, (1, 3), (1, 1), "UINT8"),
    ((1, 4, 9, 3), 3, (3, 1), (1, 1), "INT5"),
    # lines of two and three beats
    ((1, 5, 2, 2), 2, (2, 2), (1, 1), "UINT3"),
    ((1, 5, 3, 2), 2, (3, 2), (1, 1), "INT3"),
    # taps apart: both ways, one way, with strides, of several folds, one dimension
    ((1, 8, 9, 2), 1, (3, 3), (1, 1), "UINT2", (2, 3)),
    ((1, 7, 8, 3), 3, (2, 3), (2, 1), "INT3", (1, 2)),
    ((1, 9, 6, 4), 2, (3, 2), (1, 2), "UINT3", (3, 1)),
    ((1, 1, 11, 2), 1, (1, 4), (1, 1), "UINT2", (1, 3)),
    ((1, 12, 1, 3), 1, (3, 1), (2, 1), "UINT2", (4, 1)),
    # fold by fold: strides, small and large windows, taps apart, one fold, one tap
    ((1, 6, 7, 4), 1, (3, 3), (1, 1), "UINT2", (1, 1), 1),
    ((1, 7, 6, 6), 2, (3, 2), (2, 2), "INT3", (1, 1), 1),
    ((1, 5, 8, 3), 1, (1, 2), (1, 4), "UINT2", (1, 1), 1),
    ((1, 8, 8, 3), 1, (3, 2), (1, 1), "UINT2", (2, 3), 1),
    ((1, 4, 4, 3), 3, (2, 2), (1, 1), "UINT2", (1, 1), 1),
    ((1, 5, 5, 3), 1, (1, 1), (2, 2), "UINT2", (1, 1), 1),
    ((1, 3, 3, 2), 1, (3, 3), (1, 1), "UINT2", (1, 1), 1),
]


@pytest.mark.parametrize("parallel", [0, 1])
@pytest.mark.parametrize("ram_style", ["auto", "block"])
def test_bench(tmp_path, parallel, ram_style):
    models = [
        one_node_model(
            "SlidingWindow",
            shape,
            {
                "SIMD": simd,
                "KernelSize": list(kernel),
                "Stride": list(stride),
                "parallel_window": parallel,
                "ram_style": ram_style,
                "inputDataType": datatype,
                "outputDataType": datatype,
                "Dilation": list(more[0]) if more else [1, 1],
                "depthwise": more[1] if len(more) > 1 else 0,
            },
        )
        for shape, simd, kernel, stride, datatype, *more in CASES
    ]
    for result in run_bench(models, tmp_path):
        # the serial window fills its buffer at the start of a frame while nothing can leave
        result.check_cycles(extra=2, factor=1.0 if parallel else 1.6)
