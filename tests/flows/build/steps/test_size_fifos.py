"""FIFO depths: what the model says holds in simulated RTL, and less is too little."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.steps import size_fifos
from flows.build.steps.insert_streams import insert_streams
from flows.build.steps.size_fifos import modelled
from flows.build.target import target_clocks
from flows.run.rtlsim import rtlsim
from hw.dataflow.graph import StreamGraph
from hw.errors import HardwareError
from tests.flows.flow import write_config
from tests.flows.pyramid import pyramid
from tests.hw.bench import run_bench
from tests.hw.graph_models import GraphModel


def report(build, name):
    return json.loads((build.folder / "report" / f"{name}.json").read_text())


def interval(path, frames, folding=None, **keys):
    """(measured, modelled) clocks a frame of the simulated RTL with a folding file's entries."""
    if folding is not None:
        path.with_name("folding.json").write_text(json.dumps(folding))
        data = yaml.safe_load(path.read_text()) | {"folding_config_file": "folding.json"} | keys
        path.write_text(yaml.safe_dump(data))
    build = Build.load(path)
    run_steps(build)
    rtlsim(build, frames)
    performance = report(build, "rtlsim_performance")
    assert performance["frame_intervals_clocks"][1:] == [performance["clocks_per_frame"]] * (
        len(frames) - 2
    )
    model = performance["timing_model"]
    assert model["fifo_max_fill"] == performance["fifo_max_fill"]
    return performance["clocks_per_frame"], model["clocks_per_frame"]


def test_depths_keep_the_interval_and_smaller_ones_lose_it(tmp_path):
    net = pyramid()
    path = write_config(tmp_path, net, pixels_per_clock=1)
    frames = net.frames(4)
    kept = interval(path, frames)
    build = Build.load(path)
    model = build.model(StepName.GENERATE_RTL)
    slowest = max(getCustomOp(node).get_exp_cycles() for node in model.graph.node)
    assert kept[0] == kept[1]
    assert slowest <= kept[0] <= slowest * (1 + 1 / 4096)
    sizing = report(build, "fifo_sizing")
    assert sizing["clocks_per_frame"] == kept[0]
    depths = {name: entry["depth"] for name, entry in sizing["fifos"].items()}
    critical = max(depths, key=depths.get)
    folding = json.loads((build.folder / "final_hw_config.json").read_text())
    # half may do: up to 32 beats cost the same shift registers
    folding[critical]["inFIFODepths"] = [depths[critical] // 4]
    lost = interval(path, frames, folding)
    assert lost[0] == lost[1] > kept[0] * 1.02


def test_every_fifo_is_needed(tmp_path):
    """Without any one of them the network would be slower."""
    build = Build.load(write_config(tmp_path, pyramid(), pixels_per_clock=1))
    run_steps(build, stop="size_fifos")
    sizing = report(build, "fifo_sizing")
    ops = [getCustomOp(n) for n in build.model(StepName.SIZE_FIFOS).graph.node]
    depths = {name: entry["depth"] for name, entry in sizing["fifos"].items()}
    assert depths
    for name in depths:
        fewer = {other: depth for other, depth in depths.items() if other != name}
        assert (
            size_fifos.MachineGraph.of(ops, fewer).settled().interval > sizing["clocks_per_frame"]
        )


def test_beats_in_front_of_a_converter_are_those_that_come(tmp_path):
    """Four pixels a clock: the first pool gives two pixels of 2 channels of 2 bits a beat, where
    the layer behind it takes them one by one. The FIFO holds pairs, in front of the converter."""
    build = Build.load(write_config(tmp_path, pyramid(), pixels_per_clock=4, board="ZCU104"))
    run_steps(build, stop="insert_streams")
    nodes = build.model(StepName.INSERT_STREAMS).graph.node
    kinds = [node.op_type.removesuffix("_rtl") for node in nodes]
    at = kinds.index("StreamWidthConverter")
    assert (kinds[at - 1], nodes[at + 1].name) == ("StreamFIFO", "conv2_pad")
    fifos = report(build, "fifo_sizing")["fifos"]
    assert fifos["conv2_pad"]["bits_of_a_beat"] == 2 * 2 * 2
    assert fifos["conv2_pad"]["bits"] == 2 * 2 * 2 * fifos["conv2_pad"]["depth"]
    built = [getCustomOp(n) for n, kind in zip(nodes, kinds, strict=True) if kind == "StreamFIFO"]
    assert sorted((e["depth"], e["bits_of_a_beat"]) for e in fifos.values()) == sorted(
        (op.get_nodeattr("depth"), op.get_instream_width()) for op in built
    )


@pytest.mark.parametrize("pixels", ["1", "1/4", "1/16"])
@pytest.mark.parametrize("size", [(32, 48), (24, 20)])
def test_other_sizes_and_foldings_settle_within_the_target(tmp_path, size, pixels):
    build = Build.load(write_config(tmp_path, pyramid(*size), pixels_per_clock=pixels))
    run_steps(build, stop="insert_streams")
    model = build.model(StepName.INSERT_STREAMS)
    found = modelled(model, 40)
    gaps = np.diff(found.times.last[-1])
    assert not found.stuck
    assert set(gaps[2:]) == {found.interval}  # nothing grows from frame to frame
    assert found.interval <= target_clocks(build.config, model)


def test_given_depths_stay(tmp_path):
    (tmp_path / "f.json").write_text(
        json.dumps({"conv2_pad": {"inFIFODepths": [77]}, "conv3_pad": {"inFIFODepths": [2]}})
    )
    path = write_config(tmp_path, pyramid(), pixels_per_clock=1, folding_config_file="f.json")
    build = Build.load(path)
    run_steps(build, stop="insert_streams")
    table = json.loads((build.folder / "final_hw_config.json").read_text())
    assert table["conv2_pad"]["inFIFODepths"] == [77]
    assert table["conv3_pad"]["inFIFODepths"] == [2]
    assert report(build, "fifo_sizing")["fifos"]["conv2_pad"]["depth"] == 77


@pytest.mark.parametrize(
    ("overrides", "given"),
    [
        ({"a": {"outFIFODepths": [9]}}, {"b": 9}),
        ({"a": {"outFIFODepths": [9]}, "b": {"inFIFODepths": [5]}}, {"b": 9}),
        ({"a": {"outFIFODepths": [5]}, "b": {"inFIFODepths": [9]}}, {"b": 9}),
        ({"a": {"outFIFODepths": [2]}}, {}),  # as every node has it
        ({"b": {"inFIFODepths": [2], "outFIFODepths": [3]}}, {"b": 2, "c": 3}),
    ],
)
def test_depths_before_and_behind_a_node_are_one_fifos(overrides, given):
    graph = StreamGraph.chain([SimpleNamespace(name=name) for name in "abc"])
    assert size_fifos._given(graph, overrides) == given


def residual():
    """A fork, windows on one branch, and the sum of both."""
    graph = GraphModel((1, 8, 12, 1))
    far, near = graph.fork("x", "dup")
    graph.window_sum(far, "far")
    return graph.model(graph.join("far", near, "sum"))


@pytest.mark.parametrize(
    ("overrides", "given"),
    [
        ({"dup": {"outFIFODepths": [2, 40]}}, {"sum.in1": 40}),
        ({"dup": {"outFIFODepths": [9, 2]}, "sum": {"inFIFODepths": [2, 40]}},
         {"far_pad": 9, "sum": 2, "sum.in1": 40}),
    ],
)  # fmt: skip
def test_depths_of_a_node_are_one_for_each_stream(overrides, given):
    assert size_fifos._given(StreamGraph.of_model(residual()), overrides) == given


@pytest.mark.parametrize("automatic", [True, False])
def test_each_input_of_a_join_has_its_depth(automatic):
    """By rule a frame; by the model what the other branch holds back: a row and what is inside."""
    model = residual()
    report = size_fifos.set_fifo_depths(model, {}, automatic)
    first, second = getCustomOp(model.graph.node[-1]).get_nodeattr("inFIFODepths")
    if automatic:
        assert (first, report["fifos"]["sum.in1"]["depth"]) == (2, second)
        assert 12 < second < 32
        assert report["fifos"]["sum.in1"]["bits"] == 4 * second
    else:
        assert (first, second) == (96, 96)


def test_fifos_of_a_fork_have_names_of_their_own(tmp_path):
    """FINN's passes insert them; the result runs, exact and at the clocks of the timing model."""
    model = residual()
    size_fifos.set_fifo_depths(model, {"far_pad": {"inFIFODepths": [5]}}, True)
    model = insert_streams(model, "xc7z020clg400-1")
    fifos = sorted(n.name for n in model.graph.node if n.op_type.startswith("StreamFIFO"))
    assert fifos == ["dup_out0_fifo", "dup_out1_fifo"]
    settled = modelled(model, 3)
    assert settled.stuck == ""
    assert settled.interval == 10 * 14
    (result,) = run_bench([model], tmp_path / "rtl", stalls=[(0.5, 0.5)])
    assert result.clocks_per_frame == 10 * 14


def test_by_rule(tmp_path, monkeypatch, capsys):
    """Told so, or for want of a compiler: deep enough all the same."""
    net = pyramid()
    first = Build.load(write_config(tmp_path / "a", net, pixels_per_clock=1))
    run_steps(first)
    ruled = Build.load(
        write_config(tmp_path / "b", net, pixels_per_clock=1, auto_fifo_depths=False)
    )
    run_steps(ruled)
    settled = [modelled(build.model(StepName.GENERATE_RTL), 6) for build in (first, ruled)]
    assert settled[1].interval <= settled[0].interval
    assert "clocks_per_frame" not in report(ruled, "fifo_sizing")

    def missing(*_):
        raise HardwareError("no compiler")

    monkeypatch.setattr(size_fifos, "find_compiler", missing)
    without = Build.load(write_config(tmp_path / "c", net, pixels_per_clock=1))
    run_steps(without)
    assert "size_fifos: no compiler" in capsys.readouterr().out
    names = ("final_hw_config.json", "rtl/conv2_pad.sv")
    for name in names:
        assert (without.folder / name).read_text() == (ruled.folder / name).read_text()
