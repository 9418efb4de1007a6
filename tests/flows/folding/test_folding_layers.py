"""Clocks of folded layers and networks by the timing model, and what is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.steps.set_folding import set_folding
from flows.errors import FlowError
from flows.folding.fitting import Room, fitting
from flows.folding.layers import layer_options
from flows.folding.options import Option, Pricer
from flows.folding.solve import Layer, stages_of
from hw.boards import Board
from hw.dataflow.machine_graph import MachineGraph
from hw.dataflow.sizing import MAX_REPLAY, deep_interval
from hw.synth.cost.model import load_cost_model
from tests.flows.flow import write_config
from tests.flows.networks import random_network
from tests.flows.pyramid import pyramid

#: Clocks between a row's last pixel and what waits for it, at most.
DELAY = 4
SMALL = Board(
    part="xc-small",
    family="zynq7000",
    lut=500,
    ff=1000,
    bram36=20,
    dsp=0,
    synth_clk_period_ns=10.0,
    name="small",
)
TINY = Board(
    part="xc-tiny",
    family="zynq7000",
    lut=50_000,
    ff=100_000,
    bram36=0,
    dsp=0,
    synth_clk_period_ns=10.0,
    name="tiny",
)


def hardware(folder, size=(24, 32)):
    build = Build.load(write_config(folder, pyramid(*size), target_fps=1000))
    run_steps(build, stop="to_hardware")
    return build.model(StepName.TO_HARDWARE)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return hardware(tmp_path_factory.mktemp("layers"))


def window_filling(layer):
    """Clocks in which a window takes in pixels that give no output: the rows above a frame's first
    one, and at the start of every row the columns of the first position."""
    kernel_h, kernel_w = layer.window.get_nodeattr("KernelSize")
    width = int(layer.window.input_shape()[2])
    rows = int(layer.window.output_shape()[1])
    pixel = layer.window.folding()
    return (kernel_h - 1) * width * pixel + rows * (kernel_w * pixel + DELAY)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_layer_takes_no_more_clocks_than_its_limit(model, data):
    """But for those in which its window is filled, which count in images as small as these."""
    ops = [getCustomOp(node) for node in model.graph.node]
    layers = [s for s in stages_of(ops) if isinstance(s, Layer) and s.window is not None]
    layer = data.draw(st.sampled_from(layers))
    pricer = Pricer(load_cost_model(), {op.onnx_node.name: op.contents(model) for op in ops})
    before = [op.onnx_node.SerializeToString() for op in ops]
    _, fastest = layer_options(layer, 1 << 40, {}, pricer)
    assert [op.onnx_node.SerializeToString() for op in ops] == before
    limit = int(fastest * data.draw(st.floats(1.05, 40)))
    options, _ = layer_options(layer, limit, {}, pricer)
    option = data.draw(st.sampled_from(options))
    parts = [op for op in (layer.pad, layer.window, layer.unit) if op is not None]
    for op in parts:
        for key, value in option.settings[op.onnx_node.name].items():
            op.set_nodeattr(key, value)
    beats = layer.unit.pixel_beats_in()
    fifo = {layer.name: min(MAX_REPLAY, beats)} if beats > 2 else {}
    interval = MachineGraph.of(parts, fifo).settled(strict=False).interval
    assert interval <= limit + window_filling(layer)


@pytest.mark.parametrize("clocks", [2_000, 4_000, 16_000])
def test_the_network_keeps_its_clocks(tmp_path, clocks):
    """With deep FIFOs, as size_fifos begins with."""
    folded = set_folding(hardware(tmp_path), clocks, {}, 10.0)
    ops = [getCustomOp(node) for node in folded.graph.node]
    interval = deep_interval(ops)
    assert interval is not None
    assert interval <= clocks


def test_what_does_not_fit_is_refused_with_figures(model):
    with pytest.raises(FlowError, match=r"some \d+ LUT \(estimate\), xc-small has 500; lower fps"):
        set_folding(model, 1_000, {}, 10.0, "fps", SMALL)
    with pytest.raises(FlowError, match="do not fit the 0 BRAM36 of xc-tiny"):
        overrides = {"conv2_window": {"ram_style": "block"}}
        set_folding(model, 1_000_000, overrides, 10.0, "fps", TINY)


def test_without_block_ram_memories_are_of_luts(model):
    folded = set_folding(model, 1_000_000, {}, 10.0, "fps", TINY)
    styles = {
        getCustomOp(node).get_nodeattr("ram_style")
        for node in folded.graph.node
        if "ram_style" in getCustomOp(node).get_nodeattr_types()
    }
    assert "block" not in styles


def test_more_block_ram_is_taken_where_luts_are_short(model):
    """Of two parts with one BRAM36: of the one with many LUTs no more than its share is taken."""

    def taken(lut):
        board = Board("xc-any", "zynq7000", lut, 2 * lut, 1, 0, 10.0)
        folded = set_folding(model, 1_000, {}, 10.0, "fps", board)
        costs = load_cost_model().by_node(folded).values()
        return sum(cost.bram18 for cost in costs), sum(cost.lut for cost in costs)

    many, few = taken(100_000), taken(800)
    assert few[0] > many[0] == 0
    assert few[1] < many[1]


@pytest.mark.parametrize(
    ("choices", "taken"),
    [
        # (most RAMB18, LUTs) of the foldings; the part has 1,000 LUTs and 20 RAMB18
        ([(6, 380), (8, 350), (20, 340)], 6),
        ([(6, 700), (10, 490), (20, 440)], 10),  # a balance
        ([(6, 500), (20, 140)], 6),  # though the other is the cheaper: it leaves no block RAM
        ([(6, 1050), (20, 700)], 20),  # what fits, though no block RAM is left
    ],
)
def test_the_share_of_block_ram_that_burdens_the_part_least(choices, taken):
    board = Board("xc-any", "zynq7000", 1000, 2000, 10, 0, 10.0)
    stage = [Option(8, 8, 1, float(lut), 0.0, ram, {}) for ram, lut in choices]
    pricer = Pricer(load_cost_model(), {})
    assert fitting([stage], pricer, Room(board), "fps", None).bram18 == taken


def test_a_window_may_be_narrower_than_its_unit(tmp_path):
    """And the network is still what it was: its own test of RTL is test_rtlsim_random."""
    net = random_network(1001)
    path = write_config(tmp_path, net, target_fps=1_000)
    run_steps(Build.load(path), stop="to_hardware")
    model = Build.load(path).model(StepName.TO_HARDWARE)
    window = next(n.name for n in model.graph.node if n.op_type == "SlidingWindow")
    unit = window.replace("_window", "_mvau")
    width = getCustomOp(next(n for n in model.graph.node if n.name == unit)).get_nodeattr("MW")
    wanted = {window: {"SIMD": 1, "parallel_window": 0}, unit: {"SIMD": width, "PE": 1}}
    (tmp_path / "f.json").write_text(json.dumps(wanted))
    path = write_config(tmp_path, net, target_fps=1_000, folding_config_file="f.json")
    build = Build.load(path)
    run_steps(build)
    nodes = {node.name: node for node in build.model(StepName.GENERATE_RTL).graph.node}
    assert f"{window}_dwc" in nodes
    assert getCustomOp(nodes[unit]).get_nodeattr("SIMD") == width
