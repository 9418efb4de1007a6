"""Folding: it meets the target, it divides, and read back from its file it is the same design."""

import json

import pytest
import yaml
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.steps import set_folding as step
from flows.build.steps.insert_streams import insert_streams
from flows.build.steps.set_folding import set_folding
from flows.build.steps.size_fifos import set_fifo_depths
from flows.errors import FlowError
from hw.errors import HardwareError
from tests.flows.build.test_build import rtl_files
from tests.flows.convolution_networks import Layers
from tests.flows.flow import write_config
from tests.flows.networks import random_network
from tests.flows.pyramid import pyramid
from tests.hw.bench import run_bench
from tests.hw.graph_models import GraphModel


@pytest.mark.parametrize("seed", range(200, 208))
@pytest.mark.parametrize("fps", [1_000, 20_000, 80_000])
def test_every_folding_meets_the_target_or_is_refused(tmp_path, seed, fps):
    path = write_config(tmp_path, random_network(seed), target_fps=fps)
    build = Build.load(path)
    try:
        run_steps(build, stop="insert_streams")
    except FlowError as error:
        assert f"the target is {build.config.clocks_per_frame} (at 10.0 ns a clock)" in str(error)
        assert fps > 1_000
        return
    cycles = json.loads((build.folder / "report" / "estimate_layer_cycles.json").read_text())
    assert max(cycles.values()) <= build.config.clocks_per_frame
    model = build.model(StepName.INSERT_STREAMS)
    for node in model.graph.node:
        op = getCustomOp(node)
        op.check()
        if node.op_type == "MultiLevelMVAU_rtl":
            assert op.get_nodeattr("MW") % op.get_nodeattr("SIMD") == 0
            assert op.get_nodeattr("MH") % op.get_nodeattr("PE") == 0
    # neighbours fit: FINN's passes put width converters wherever they did not
    for node in model.graph.node:
        consumer = model.find_consumer(node.output[0])
        if consumer is not None:
            widths = (
                getCustomOp(node).get_outstream_width(),
                getCustomOp(consumer).get_instream_width(),
            )
            assert widths[0] == widths[1], (node.name, consumer.name)


def test_a_higher_target_costs_more_and_takes_fewer_clocks(tmp_path):
    found = []
    for fps in (1_000, 50_000):
        build = Build.load(write_config(tmp_path / str(fps), random_network(1001), target_fps=fps))
        run_steps(build, stop="insert_streams")
        estimates = [
            json.loads((build.folder / "report" / f"{name}.json").read_text())
            for name in ("estimate_network_performance", "estimate_layer_resources")
        ]
        found.append((estimates[0]["max_cycles"], estimates[1]["total"]["LUT"]))
    assert found[1][0] < found[0][0]
    assert found[1][1] > found[0][1]


@pytest.mark.parametrize("seed", [1001, 1003, 1004, 1005])
def test_folding_read_back_gives_the_identical_design(tmp_path, seed):
    net = random_network(seed)
    path = write_config(tmp_path / "a", net, target_fps=15_000)
    run_steps(Build.load(path))
    again = write_config(tmp_path / "b", net, folding_config_file="../a/build/final_hw_config.json")
    run_steps(Build.load(again))
    assert rtl_files(tmp_path / "a" / "build") == rtl_files(tmp_path / "b" / "build")


def test_overrides_replace_what_the_solver_chose(tmp_path):
    net = random_network(1001)
    path = write_config(tmp_path, net, target_fps=1_000)
    run_steps(Build.load(path), stop="set_folding")
    build = Build.load(path)
    table = json.loads((build.folder / "final_hw_config.json").read_text())
    name = next(key for key, entry in table.items() if key.endswith("_mvau"))
    model = build.model(StepName.SET_FOLDING)
    node = next(n for n in model.graph.node if n.name == name)
    rows = getCustomOp(node).get_nodeattr("MH")
    wanted = {"PE": int(rows), "ram_style": "block", "inFIFODepths": [37]}
    (tmp_path / "f.json").write_text(json.dumps({name: wanted}))
    data = yaml.safe_load(path.read_text()) | {"folding_config_file": "f.json"}
    path.write_text(yaml.safe_dump(data))
    run_steps(Build.load(path))
    build = Build.load(path)
    entry = json.loads((build.folder / "final_hw_config.json").read_text())[name]
    assert {key: entry[key] for key in wanted} == wanted
    fifos = [n for n in build.model(StepName.GENERATE_RTL).graph.node if "FIFO" in n.op_type]
    assert 37 in [getCustomOp(n).get_nodeattr("depth") for n in fifos]


def given(folder, entries, **keys):
    """A build of the pyramid (32 x 48 pixels) with a folding file; stops behind the folding."""
    path = write_config(folder, pyramid(), folding_config_file="f.json", **keys)
    (folder / "f.json").write_text(json.dumps(entries))
    build = Build.load(path)
    run_steps(build, stop="set_folding")
    return build.model(StepName.SET_FOLDING)


def test_what_is_given_counts_against_the_target(tmp_path):
    """One row at a time of two, however many taps: 2 clocks for each of 32 x 48 pixels."""
    entries = {"conv1_mvau": {"PE": 1}}
    with pytest.raises(FlowError, match=f"node conv1_mvau takes at least {32 * 48 * 2} clocks"):
        given(tmp_path, entries, pixels_per_clock=1)
    model = given(tmp_path, entries, pixels_per_clock="1/2")
    ops = {node.name: getCustomOp(node) for node in model.graph.node}
    assert (ops["conv1_mvau"].get_nodeattr("PE"), ops["conv1_mvau"].get_nodeattr("SIMD")) == (1, 9)


def test_a_folding_whose_parts_do_not_suit_each_other_is_refused(tmp_path):
    """A depthwise layer that takes its channels one by one, behind a window of four at once."""
    entries = {"conv1_window": {"SIMD": 4}, "conv1_mvau": {"PE": 1, "SIMD": 1}}
    (tmp_path / "f.json").write_text(json.dumps(entries))
    layers = Layers((4, 6, 6)).add(4, (3, 3), group=4, pads=[1] * 4, act=0)
    said = r"node conv1_window \(SIMD = 4\) and node conv1_mvau \(PE = 1, SIMD = 1\): no folding"
    with pytest.raises((FlowError, HardwareError), match=said):
        layers.built(tmp_path, target_fps=1000, folding_config_file="f.json")


def test_a_given_folding_that_is_slow_may_have_a_window_of_other_width(tmp_path):
    """No window of its width suits the unit; nothing is quick enough, and what is given stays."""
    entries = {"conv1_window": {"SIMD": 1}, "conv1_mvau": {"PE": 1, "SIMD": 3}}
    (tmp_path / "f.json").write_text(json.dumps(entries))
    layers = Layers((4, 6, 6)).add(4, (3, 3), group=4, pads=[1] * 4, act=0)
    build = layers.built(tmp_path, target_fps=1_000_000, folding_config_file="f.json")
    written = json.loads(build.paths.folding.read_text())
    for name, settings in entries.items():
        assert settings.items() <= written[name].items()


def test_depths_that_are_given_are_kept_beside_the_folding(tmp_path):
    entry = {"inFIFODepths": [37], "outFIFODepths": [5]}
    model = given(tmp_path, {"conv2_pad": entry}, pixels_per_clock=1)
    ops = {node.name: getCustomOp(node) for node in model.graph.node}
    for name, op in ops.items():
        depths = {key: op.get_nodeattr(key) for key in entry}
        if name == "conv2_pad":
            assert depths == entry
        else:
            assert depths == {"inFIFODepths": [2], "outFIFODepths": [2]}


@pytest.mark.parametrize(
    ("intervals", "kept"),
    [
        ([1900, 4000, 4000], 0),  # the first one keeps the 2,000 clocks: no other is tried
        ([2500, 2200, 2300], 1),  # none does: the fastest
        ([None, 2200, 1900], 2),
        ([None, None, 2300], 2),  # whatever moves is faster than what stands still
    ],
)
def test_the_fastest_of_the_foldings_that_are_tried(tmp_path, monkeypatch, intervals, kept):
    """Each is put into the network for its interval; what is kept is put there last."""
    path = write_config(tmp_path, pyramid(), pixels_per_clock=1)
    build = Build.load(path)
    run_steps(build, stop="to_hardware")
    model = build.model(StepName.TO_HARDWARE)
    applied, left = [], iter(intervals)
    monkeypatch.setattr(step, "fitting", lambda *_: object())
    monkeypatch.setattr(step, "_apply", lambda ops, found, overrides: applied.append(found))
    monkeypatch.setattr(step, "deep_interval", lambda ops: next(left))
    step.set_folding(model, 2_000, {}, 10.0)
    *tried, last = applied
    assert tried.index(last) == kept
    assert len(tried) == (1 if kept == 0 else 3)


def test_a_graph_is_folded_and_keeps_its_clocks(tmp_path):
    """A residual block: solver, FIFOs and converters by the steps; exact in RTL, at its target."""
    graph = GraphModel((1, 8, 8, 4), "UINT2")
    far, near = graph.fork("x", "dup")
    graph.layer(far, "conv")
    graph.join("conv", near, "sum")
    given = graph.model("sum")
    before, clocks = given.model.SerializeToString(), 1000
    model = set_folding(given, clocks, {}, 10.0)
    assert given.model.SerializeToString() == before != model.model.SerializeToString()
    assert set_fifo_depths(model, {}, True)["clocks_per_frame"] <= clocks
    model = insert_streams(model, "xc7z020clg400-1")
    (result,) = run_bench([model], tmp_path / "rtl", stalls=[(0.4, 0.4)])
    assert result.clocks_per_frame <= clocks
    with pytest.raises(FlowError, match="node dup takes at least 64 clocks a frame"):
        set_folding(graph.model("sum"), 10, {}, 10.0)


@pytest.mark.parametrize("depths", [[4], [4, 4, 4], 4, [4, -1]])
def test_depths_of_a_join_are_as_many_as_its_streams(depths):
    graph = GraphModel((1, 2, 2, 1))
    model = graph.model(graph.join(*graph.fork("x", "dup"), "sum"))
    with pytest.raises(FlowError, match=r"node sum: inFIFODepths = .*; expected a list of 2"):
        set_folding(model, 100, {"sum": {"inFIFODepths": depths}}, 10.0)
