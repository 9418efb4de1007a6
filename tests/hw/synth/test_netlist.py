"""Synthesized netlists, simulated with the vectors of the RTL: an operator of each kind."""

import numpy as np

from hw.sim.run import simulate
from hw.sim.verilate import build
from hw.stitch import stitch
from hw.synth.netlist import netlist_design
from hw.tools.yosys import find_yosys
from tests.hw.bench import CACHE, _rename, check_run, model_beats, one_node_model

SHAPE = (1, 5, 6, 4)
TYPES = {"inputDataType": "UINT2", "outputDataType": "UINT2"}
WINDOW = {"KernelSize": [3, 3], "Stride": [1, 1], **TYPES}
#: (operator, attributes)
STREAMS = [
    ("StreamPad", {"SIMD": 2, "Padding": [1, 1, 1, 1], **TYPES}),
    ("SlidingWindow", {"SIMD": 2, "parallel_window": 0, **WINDOW}),
    ("SlidingWindow", {"SIMD": 4, "parallel_window": 1, **WINDOW}),
    ("GroupSum", {"SIMD": 4, "Group": 2, "inputDataType": "UINT2", "outputDataType": "UINT3"}),
    ("StreamMaxPool", {"PE": 2, "KernelSize": [2, 2], **TYPES}),
    ("StreamMaxPool", {"PE": 4, "KernelSize": [2, 2], "Pixels": 2, **TYPES}),
    (
        "StreamFIFO",
        {
            "depth": 9, "folded_shape": [1, 5, 6, 2, 2], "normal_shape": list(SHAPE),
            "dataType": "UINT2", "ram_style": "auto",
        },
    ),
    (
        "StreamWidthConverter",
        {
            "inShape": list(SHAPE), "outShape": list(SHAPE), "inWidth": 2, "outWidth": 8,
            "dataType": "UINT2",
        },
    ),
]  # fmt: skip
#: (MW, MH, SIMD, PE, weights' values, input type, thresholds or 0)
MVAUS = [
    (36, 8, 18, 4, (-1, 1), "UINT2", 3),
    (30, 4, 15, 2, (-1, 1), "INT4", 3),
    (12, 4, 12, 4, (-2, 0, 2), "UINT8", 3),
    (12, 4, 3, 2, (-1, 1), "UINT4", 0),
]


def _mvau(seed, mw, mh, simd, pe, levels, datatype, number):
    rng = np.random.default_rng(seed)
    weights = rng.choice(levels, size=(mw, mh))
    initializers = [(weights, "INT8")]
    if number:
        thresholds = np.sort(rng.integers(-mw, mw, size=(mh, number)), axis=1)
        initializers.append((thresholds, "INT16"))
    attributes = {
        "MW": mw, "MH": mh, "SIMD": simd, "PE": pe, "weightDataType": "INT8",
        "noActivation": int(not number), "inputDataType": datatype,
        "outputDataType": "UINT2" if number else "INT16", "ram_style": "distributed",
    }  # fmt: skip
    return one_node_model("MultiLevelMVAU", (1, 2, 3, mw), attributes, initializers)


def test_netlists_compute_what_the_operators_mean(tmp_path):
    models = [one_node_model(op, SHAPE, attributes) for op, attributes in STREAMS]
    thresholds = np.sort(np.random.default_rng(3).integers(-32, 32, size=(4, 3)), axis=1)
    attributes = {"PE": 2, "inputDataType": "INT6", "outputDataType": "UINT2"}
    models.append(one_node_model("StreamThresholding", SHAPE, attributes, [(thresholds, "INT8")]))
    models += [_mvau(seed, *case) for seed, case in enumerate(MVAUS)]
    _rename(models)
    design = netlist_design(stitch(models, tmp_path, "netlists"), find_yosys())
    text = (design.folder / "netlist.v").read_text()
    assert all(cell in text for cell in ("LUT6", "CARRY4", "FDRE", "RAM32M"))
    assert "always" not in text
    simulator = build(design, cache_dir=CACHE, optimize="-O0")
    inputs, expected = model_beats(models, 3, 1)
    for idle, stall in ((0.0, 0.0), (0.5, 0.5)):
        run = simulate(simulator, inputs, 3, stall, 1, idle=idle, record="outputs")
        check_run(run, expected, f"netlist, idle {idle}, stall {stall}")
