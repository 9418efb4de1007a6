"""stream_fifo: every beat, in order, at any depth and width."""

import pytest

from tests.hw.bench import one_node_model, run_bench

#: (shape, lanes, depth, data type, ram_style)
CASES = [
    ((1, 5, 6, 4), 2, 1, "INT3", "auto"),
    ((1, 5, 6, 4), 2, 2, "INT3", "auto"),
    ((1, 5, 6, 4), 4, 3, "UINT1", "auto"),
    ((1, 5, 6, 4), 1, 4, "UINT2", "distributed"),
    ((1, 5, 6, 9), 9, 7, "INT5", "auto"),
    ((1, 5, 6, 4), 2, 3, "INT8", "block"),
    ((1, 5, 6, 4), 1, 17, "UINT2", "block"),
    ((1, 10, 13, 2), 1, 64, "UINT4", "auto"),
    ((1, 10, 13, 2), 1, 65, "UINT4", "auto"),
    ((1, 10, 13, 36), 36, 100, "INT2", "auto"),
]


def _model(case):
    shape, lanes, depth, datatype, style = case
    return one_node_model(
        "StreamFIFO",
        shape,
        {
            "depth": depth,
            "folded_shape": [*shape[:-1], shape[-1] // lanes, lanes],
            "normal_shape": list(shape),
            "dataType": datatype,
            "ram_style": style,
        },
    )


def test_bench(tmp_path):
    results = run_bench([_model(case) for case in CASES], tmp_path)
    for case, result in zip(CASES, results, strict=True):
        # a single register is free only every second clock
        result.check_cycles(factor=2 if case[2] == 1 else 1)


@pytest.mark.parametrize(
    ("depth", "style"), [(1, "auto"), (2, "auto"), (5, "distributed"), (5, "block"), (70, "auto")]
)
def test_holds_exactly_its_depth(tmp_path, depth, style):
    from hw.sim.run import simulate
    from tests.hw.bench import build_bench, model_beats

    model = _model(((1, 10, 13, 2), 1, depth, "UINT4", style))
    _, simulator = build_bench([model], tmp_path, top=f"fifo_{depth}_{style}")
    inputs, _ = model_beats([model], 2, 1)
    result = simulate(simulator, inputs, 2, 0.9, idle=0.0)
    assert result.fifo_max_fill == {"c0_StreamFIFO_rtl": depth}
