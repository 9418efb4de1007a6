"""Measured clocks of a simulation beside the least that line buffers and folding allow."""

from itertools import pairwise
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.steps.size_fifos import modelled
from flows.build.target import input_pixels
from hw.dataflow.bound import latency_bound
from hw.dataflow.graph import StreamGraph
from hw.sim.design import INPUT, OUTPUT
from hw.sim.result import SimResult


def timing(model: ModelWrapper, result: SimResult, stalls: float) -> dict[str, Any]:
    """For rtlsim_performance.json: intervals of all frames, latencies, their bounds, the model's.

    model: the hardware graph that was simulated. Latencies count from the first beat that the
    accelerator takes at any input, of frame 0. Pixels are those of the largest input. The timing
    model knows no stalls, so with stalls it is left out.
    """
    begin = min(result.streams[s.name].first[0] for s in result.design.of_kind(INPUT))
    sinks = [result.streams[stream.name] for stream in result.design.of_kind(OUTPUT)]
    intervals = [[b - a for a, b in pairwise(sink.last)] for sink in sinks]
    pixels = input_pixels(model)
    measured: dict[str, Any] = {
        "frame_intervals_clocks": max(intervals, key=lambda clocks: max(clocks, default=0)),
        "pixels_per_frame": pixels,
        "first_output_clocks": max(sink.first[0] for sink in sinks) - begin,
        "latency_bound": latency_bound(StreamGraph.of_model(model)).as_dict(),
    }
    if result.clocks_per_frame is not None:
        measured["clocks_per_pixel"] = result.clocks_per_frame / pixels
    if not stalls:
        expected = modelled(model, max(2, result.frames))
        measured["timing_model"] = {
            "clocks_per_frame": expected.interval,
            "first_output_clocks": expected.first_latency,
            "latency_clocks": expected.latency,
            "fifo_max_fill": expected.fills,
        }
    return measured


def timing_lines(report: dict[str, Any]) -> list[str]:
    """The lines of ``rtlsim_performance.json`` that ``rtlsim`` prints."""
    bound = report["latency_bound"]
    lines = [
        f"latency: first output {report['first_output_clocks']:,} clocks behind the first input "
        f"(at least {bound['first_output_clocks']:,}, of them {bound['line_buffer_clocks']:,} for "
        f"the {bound['rows']} rows and {bound['columns']} columns that line buffers wait for), "
        f"last {report['latency_clocks']:,} (at least {bound['latency_clocks']:,})"
    ]
    if "clocks_per_pixel" in report:
        intervals = report["frame_intervals_clocks"]
        lines.append(
            f"interval: {report['clocks_per_frame']:,} clocks a frame, "
            f"{report['clocks_per_pixel']:.4f} for each of {report['pixels_per_frame']:,} pixels; "
            f"between frames {min(intervals):,} to {max(intervals):,}"
        )
    return lines
