"""Every operator's HLS C++ and RTL on the same random configurations and vectors.

Same integers, and the trips of the one are the clocks of the other. Then faults put into the HLS
side, each of which the comparison has to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from qonnx.core.modelwrapper import ModelWrapper

from hw.ops.hls_base import HlsOp, hls_variant
from hw.sim.beats import IntArray
from hw.sim.design import OUTPUT
from hw.sim.run import simulate
from tests.hw.bench import assert_beats, build_bench, check_run, model_beats
from tests.hw.hls.bench import HlsCaseResult, run_program, write_bench
from tests.hw.hls.mutation import change_header, flip_first_bit
from tests.hw.hls.mvau_cases import MvauCase, mvau_model
from tests.hw.hls.random_models import random_models

FRAMES = 3
#: Clocks from a lone frame's first beat in to its last one out, beyond the trips: pipelines' depth.
LATENCY = 24


@dataclass(frozen=True)
class RtlRun:
    """Each model in RTL: its output beats, clocks a frame, clocks of frame 0."""

    models: list[ModelWrapper]
    inputs: list[IntArray]
    beats: list[IntArray]
    clocks: list[int]
    latency: list[int]


def run_rtl(models: list[ModelWrapper], folder) -> RtlRun:
    """Simulate all models without stalls, and let the references agree."""
    design, simulator = build_bench(models, folder)
    inputs, expected = model_beats(models, FRAMES, 1)
    run = simulate(simulator, inputs, FRAMES, seed=1, record="outputs")
    check_run(run, expected, "RTL")
    names = [stream.name for stream in design.of_kind(OUTPUT)]
    return RtlRun(
        models,
        [inputs[model.graph.input[0].name] for model in models],
        [run.beats(name) for name in names],
        [run.clocks_per_frame_of(name) or 0 for name in names],
        [run.latency_of(name) for name in names],
    )


@pytest.fixture(scope="module")
def rtl(tmp_path_factory) -> RtlRun:
    groups = random_models(6, 11)
    # accumulators as output, and thresholds that many accumulators are equal to
    open_ones = [MvauCase(16, 9, 4, 9, 2, thresholds=n, datatype="UINT1") for n in (0, 3, 17)]
    models = [model for group in groups.values() for model in group]
    models += [mvau_model(case, 1) for case in open_ones]
    return run_rtl(models, tmp_path_factory.mktemp("rtl"))


def compare(results: Sequence[HlsCaseResult], beats: Sequence[IntArray]) -> None:
    """Assert that HLS gives the beats of the RTL."""
    for result, rtl_beats in zip(results, beats, strict=True):
        assert_beats(result.beats, rtl_beats, f"{result.name}, {result.build}")


def most_surplus(op: HlsOp) -> int:
    """Trips of a frame beyond the RTL's clocks a frame in steady state, at most.

    The first window of a frame arrives in the RTL while the last ones of the frame before leave;
    a call of the C++ function handles one frame, and waits for it (hw/hls/README.md).
    """
    if op.hls_function() == "shuffle":  # the last block is read while none is written
        return int(op.order().size // op.lanes_in())
    if op.hls_function() != "sliding_window_serial":
        return 0
    kernel_h, kernel_w = op.ints_attr("KernelSize")
    stride_h, stride_w = op.ints_attr("Stride")
    span = ((kernel_h - 1) * op.input_shape()[2] + kernel_w) * op.folding()
    apart = stride_h > kernel_h or stride_w > kernel_h * kernel_w
    return int(span + 1 + (op.serial_depth() - span if apart else 0))


@pytest.mark.parametrize("build", ["fast", "exact"])
def test_same_integers(tmp_path, rtl, build):
    program = write_bench(rtl.models, tmp_path)
    results = run_program(program, build, rtl.inputs, FRAMES)
    compare(results, rtl.beats)
    assert {op.hls_function() for op in program.ops} == set(random_models(1, 1))
    for result, op in zip(results, program.ops, strict=True):
        assert result.trips == FRAMES * op.hls_trips(), result.name


def test_trips_are_clocks(rtl):
    for model, clocks, latency in zip(rtl.models, rtl.clocks, rtl.latency, strict=True):
        op = hls_variant(model.graph.node[0])
        trips = op.hls_trips()
        what = f"{model.graph.node[0].name}: {trips} trips, {clocks} clocks, {latency} for one"
        assert 0 <= trips - clocks <= most_surplus(op), what
        # of one frame alone the fill is in the clocks as well
        assert latency <= trips + (2 if most_surplus(op) else LATENCY), what


#: (functions, header, text, fault): what a comparison has to notice
FAULTS = {
    "threshold in parallel": (
        ("mvau", "thresholding"),
        ("threshold_count.hpp", "thresholds[i] <= wide", "thresholds[i] < wide"),
    ),
    "threshold searched": (
        ("mvau", "thresholding"),
        ("threshold_count.hpp", "thresholds[middle] <= wide", "thresholds[middle] < wide"),
    ),
    "group dropped": (
        ("group_sum",),
        ("group_sum.hpp", "unsigned term = 0; term < Terms", "unsigned term = 1; term < Terms"),
    ),
    "shared sum of activations": (("mvau",), ("mvau.hpp", "sum + x.lane[s]", "sum + x.lane[0]")),
    "replayed beat": (("mvau",), ("mvau.hpp", "x = replay[place];", "x = replay[0];")),
    "maximum": (("max_pool",), ("max_pool.hpp", "> b.lane[lane] ?", "< b.lane[lane] ?")),
    "maximum of a window": (("stream_pool",), ("stream_pool.hpp", "mine > other", "mine < other")),
    "sums of another fold": (
        ("global_acc_pool",),
        ("global_acc_pool.hpp", "before = sums[fold];", "before = sums[0];"),
    ),
    "repeated row": (
        ("upsample_nearest",),
        ("upsample_nearest.hpp", "y = row[address];", "y = row[0];"),
    ),
    "way back along an axis": (
        ("shuffle",),
        ("shuffle.hpp", "from - (Axes::count(axis) - 1) * Axes::stride(axis)", "from"),
    ),
}


def chosen(rtl: RtlRun, functions: Sequence[str]) -> RtlRun:
    """The part of a run that is of some functions."""
    places = [
        place
        for place, model in enumerate(rtl.models)
        if hls_variant(model.graph.node[0]).hls_function() in functions
    ]
    lists = (rtl.models, rtl.inputs, rtl.beats, rtl.clocks, rtl.latency)
    return RtlRun(*([values[place] for place in places] for values in lists))


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_caught(tmp_path, rtl, fault):
    functions, change = FAULTS[fault]
    part = chosen(rtl, functions)
    program = write_bench(part.models, tmp_path)
    change_header(program, *change)
    results = run_program(program, "fast", part.inputs, FRAMES)
    with pytest.raises(AssertionError, match=r"beats differ, first beat"):
        compare(results, part.beats)


def test_flipped_weight_is_caught(tmp_path, rtl):
    """One bit of one weight, in each model in turn."""
    part = chosen(rtl, ["mvau"])
    program = write_bench(part.models, tmp_path)
    assert program.source.read_text().count("_weights[") == len(part.models)

    def change(table: str) -> str:
        return flip_first_bit(table) if "_weights[" in table else table

    program = write_bench(part.models, tmp_path, change)
    results = run_program(program, "fast", part.inputs, FRAMES)
    caught = [
        (result.beats != beats).any() for result, beats in zip(results, part.beats, strict=True)
    ]
    # between few thresholds it may go unseen, so only the last three models have to see it
    assert all(caught[-3:]), caught
