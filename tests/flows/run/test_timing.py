"""Timing of a simulation: what is reported beside the bounds, and what is printed."""

from dataclasses import replace

import numpy as np
from qonnx.custom_op.registry import getCustomOp

from flows.run.timing import timing, timing_lines
from hw.sim.run import simulate
from hw.sim.verilate import build
from hw.stitch import stitch
from tests.hw.bench import CACHE, one_node_model
from tests.hw.dataflow.test_machines import TYPES


def test_a_pool_alone(tmp_path):
    """A row and a pixel come before the first output; then one beat every fourth clock."""
    params = {"KernelSize": [2, 2], "PE": 1, **TYPES}
    model = one_node_model("StreamMaxPool", (1, 4, 6, 1), params)
    design = stitch([model], tmp_path / "rtl", "pool")
    frames = np.random.default_rng(1).integers(0, 4, (3, 4, 6, 1))
    beats = getCustomOp(model.graph.node[0]).input_beats(frames)
    simulator = build(design, cache_dir=CACHE, optimize="-O0")
    result = simulate(simulator, {"x": beats}, 3)
    found = timing(model, result, 0.0)
    assert found["frame_intervals_clocks"] == [24, 24]
    assert found["clocks_per_pixel"] == 1.0
    assert found["first_output_clocks"] == 8  # pixel 7 is the last of the first window
    bound = found["latency_bound"]
    assert (bound["rows"], bound["columns"], bound["line_buffer_clocks"]) == (1, 1, 7)
    assert bound["latency_clocks"] == 23
    assert found["timing_model"] == {
        "clocks_per_frame": 24,
        "first_output_clocks": 8,
        "latency_clocks": 24,
        "fifo_max_fill": {},
    }
    source = result.streams["x"]
    late = replace(source, first=[first + 5 for first in source.first])
    shifted = timing(model, replace(result, streams={**result.streams, "x": late}), 0.0)
    assert shifted["first_output_clocks"] == 8 - 5  # from the first beat in, not from clock 0
    stalled = timing(model, simulate(simulator, {"x": beats[:24]}, 1, 0.5), 0.5)
    assert "timing_model" not in stalled
    assert "clocks_per_pixel" not in stalled
    report = found | {"latency_clocks": 24, "clocks_per_frame": 24}
    text = "\n".join(timing_lines(report))
    assert "the 1 rows and 1 columns" in text
    assert "24 clocks a frame, 1.0000 for each of 24 pixels; between frames 24 to 24" in text
