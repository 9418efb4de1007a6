"""stream_pad.hpp, max_pool.hpp, stream_width_converter.hpp, stream_fifo.hpp, group_sum.hpp."""

import random

import pytest

from tests.hw.bench import model_beats, one_node_model
from tests.hw.hls.bench import check_results, run_hls_bench, run_program, write_bench
from tests.hw.hls.cases import converter_model, stream_model
from tests.hw.rtl.test_max_pool import PACKED

#: (shape, SIMD, padding, data type)
PADS = [
    ((1, 4, 5, 6), 2, (1, 1, 1, 1), "INT3"),
    ((1, 4, 5, 6), 6, (0, 1, 0, 0), "UINT8"),
    ((1, 3, 5, 2), 1, (2, 0, 1, 0), "UINT2"),
    ((1, 5, 2, 3), 3, (0, 0, 0, 3), "INT33"),
    ((1, 1, 1, 2), 1, (0, 0, 0, 0), "UINT1"),
    ((1, 2, 1, 2), 2, (3, 5, 4, 2), "TERNARY"),
]
#: (shape, PE, kernel, data type)
POOLS = [
    ((1, 8, 6, 4), 4, (2, 2), "UINT2"),
    ((1, 7, 9, 6), 2, (2, 2), "INT3"),
    ((1, 7, 9, 6), 6, (3, 2), "INT8"),
    ((1, 7, 9, 6), 3, (1, 3), "UINT8"),
    ((1, 7, 5, 2), 1, (3, 1), "UINT1"),
    ((1, 3, 3, 3), 3, (3, 3), "INT40"),
    ((1, 4, 5, 2), 1, (2, 5), "UINT16"),
    ((1, 3, 4, 2), 1, (1, 1), "INT2"),
    ((1, 5, 1, 1), 1, (2, 1), "INT4"),
]
#: (shape, lanes in, lanes out, data type)
CONVERTERS = [
    ((1, 4, 5, 12), 12, 12, "INT3"),
    ((1, 4, 5, 12), 1, 12, "UINT2"),
    ((1, 4, 5, 12), 12, 1, "UINT2"),
    ((1, 4, 5, 12), 2, 4, "INT7"),
    ((1, 4, 5, 12), 6, 3, "INT8"),
    ((1, 4, 5, 12), 4, 6, "UINT2"),
    ((1, 4, 5, 12), 6, 4, "UINT3"),
    ((1, 4, 5, 60), 15, 4, "INT2"),
    ((1, 4, 5, 60), 12, 15, "INT35"),
    ((1, 3, 3, 72), 72, 2, "INT4"),
    ((1, 3, 3, 72), 1, 36, "UINT1"),
]
#: (channels, Group, SIMD, data type, output data type)
SUMS = [
    (12, 4, 4, "UINT2", "UINT4"),
    (12, 4, 2, "UINT2", "UINT4"),
    (12, 3, 12, "INT8", "INT10"),
    (8, 8, 1, "TERNARY", "INT9"),
    (6, 1, 3, "UINT1", "UINT1"),
]
#: (labels, PE, data type, output data type)
LABELS = [
    (10, 1, "INT8", "UINT4"),
    (10, 5, "UINT4", "UINT8"),
    (3, 3, "INT2", "UINT2"),
    (1, 1, "UINT1", "UINT1"),
    (10, 2, "INT2", "UINT4", {"K": 4}),
    (10, 5, "UINT2", "UINT4", {"K": 3, "Least": 1}),
    (3, 3, "INT8", "UINT3", {"K": 1, "Least": 1}),
]


def random_pools(count: int, seed: int) -> list[tuple]:
    """Cases like POOLS."""
    source = random.Random(seed)
    cases = []
    for _ in range(count):
        kernel = source.randint(1, 3), source.randint(1, 4)
        size = source.randint(kernel[0], 8), source.randint(kernel[1], 10)
        lanes, folding = source.randint(1, 3), source.randint(1, 4)
        datatype = source.choice(["UINT2", "INT2", "UINT8", "INT9"])
        cases.append(((1, *size, lanes * folding), lanes, kernel, datatype))
    return cases


def pad_models() -> list:
    """One model a pad."""
    return [
        stream_model("StreamPad", shape, datatype, SIMD=simd, Padding=list(padding))
        for shape, simd, padding, datatype in PADS
    ]


def other_models() -> list:
    """One model a case of the other operators."""
    models = [
        stream_model("StreamMaxPool", shape, datatype, PE=lanes, KernelSize=list(kernel))
        for shape, lanes, kernel, datatype in [*POOLS, *random_pools(4, 1)]
    ]
    models += [
        stream_model(
            "StreamMaxPool", shape, datatype, PE=lanes, KernelSize=list(kernel), Pixels=pixels
        )
        for shape, lanes, kernel, datatype, pixels in PACKED
    ]
    models += [converter_model(*case) for case in CONVERTERS]
    for channels, group, simd, datatype, out in SUMS:
        attrs = {"Group": group, "SIMD": simd, "inputDataType": datatype, "outputDataType": out}
        models.append(one_node_model("GroupSum", (1, 3, 2, channels), attrs))
    for labels, lanes, datatype, out, *more in LABELS:
        attrs = {"Labels": labels, "PE": lanes, "inputDataType": datatype, "outputDataType": out}
        attrs |= more[0] if more else {}
        models.append(one_node_model("LabelSelect", (1, 3, 2, labels), attrs))
    fifo = {"depth": 4, "folded_shape": [1, 2, 3, 2, 2], "normal_shape": [1, 2, 3, 4]}
    models.append(one_node_model("StreamFIFO", (1, 2, 3, 4), {**fifo, "dataType": "INT4"}))
    return models


def test_bench(tmp_path):
    results = run_hls_bench([*pad_models(), *other_models()], tmp_path)
    assert [len(cases) for cases in results.values()] == [
        len(PADS) + len(POOLS) + 4 + len(PACKED) + len(CONVERTERS) + len(SUMS) + len(LABELS) + 1
    ] * 2


def test_bench_notices(tmp_path):
    """A missing beat, a beat too many and a wrong lane do not pass."""
    models = pad_models()
    program = write_bench(models, tmp_path)
    inputs, expected = model_beats(models, 1, 1)
    beats = [inputs[model.graph.input[0].name] for model in models]
    with pytest.raises(AssertionError, match="stream c2_StreamPad_in: read while empty, after 29 "):
        run_program(program, "fast", [*beats[:2], beats[2][:-1], *beats[3:]], 1)
    more = [*beats[:2], beats[2].repeat(2, axis=0), *beats[3:]]
    results = run_program(program, "fast", more, 1)
    with pytest.raises(AssertionError, match=r"c2_StreamPad, fast: .* beats differ"):
        check_results(results, program.ops, expected, 1)
    expected[2] = results[2].beats
    with pytest.raises(AssertionError, match="c2_StreamPad, fast: 30 input beats were not read"):
        check_results(results, program.ops, expected, 1)
