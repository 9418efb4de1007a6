"""A file's fork and join: the FIFO of the short branch is needed as deep as it is; packed as well.

One beat less loses the rate, in the timing model and in simulated RTL; half of it and the network
stands still in both.
"""

import json

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.emulate import emulate
from flows.run.rtlsim import rtlsim
from hw.errors import HardwareError, SimulationStuck
from hw.ops.registry import operator_of
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator
from hw.stitch import stitch
from tests.flows.flow import write_config
from tests.flows.residual import residual
from tests.hw.bench import CACHE

#: The short branch's input of the sum, by node and port.
NODE, PORT = "add3", 1
PLACE = f"{NODE}.in{PORT}"


def report(build, name):
    return json.loads((build.folder / "report" / f"{name}.json").read_text())


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """(network, its build, the depth in front of the sum)."""
    net = residual()
    build = Build.load(write_config(tmp_path_factory.mktemp("join"), net, target_fps=100_000))
    run_steps(build)
    return net, build, report(build, "fifo_sizing")["fifos"][PLACE]["depth"]


def of_depth(folder, case, depth):
    """The same build with another depth there."""
    net, build, _ = case
    folding = json.loads(build.paths.folding.read_text())
    folding[NODE]["inFIFODepths"][PORT] = depth
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "folding.json").write_text(json.dumps(folding))
    keys = {"target_fps": 100_000, "folding_config_file": "folding.json"}
    return Build.load(write_config(folder, net, **keys))


def clocks(build):
    return report(build, "fifo_sizing")["clocks_per_frame"]


def test_one_beat_less_loses_the_rate(case, tmp_path):
    _, build, depth = case
    less = of_depth(tmp_path, case, depth - 1)
    run_steps(less, stop="size_fifos")
    assert depth > 32
    assert clocks(less) > clocks(build)


def test_half_stands_still_and_is_refused_by_its_name(case, tmp_path):
    depth = case[2] // 2
    said = f"FIFO in front of {PLACE}: with the depth {depth} that is given for it the network"
    with pytest.raises(HardwareError, match=said):
        run_steps(of_depth(tmp_path, case, depth), stop="size_fifos")


@pytest.mark.slow
def test_simulated_rtl_loses_it_too(case, tmp_path):
    net, build, depth = case
    less = of_depth(tmp_path, case, depth - 1)
    run_steps(less)
    for each in (build, less):
        rtlsim(each, net.frames(4))
        measured = report(each, "rtlsim_performance")["clocks_per_frame"]
        assert measured == clocks(each)


@pytest.mark.slow
def test_simulated_rtl_stands_still_with_half(case, tmp_path):
    net, build, depth = case
    model = build.model(StepName.GENERATE_RTL)
    join = model.get_node_from_name(NODE)
    fifo = operator_of(model.find_producer(join.input[PORT]))
    assert fifo.get_nodeattr("depth") == depth
    fifo.set_nodeattr("depth", depth // 2)
    design = stitch([model], tmp_path / "rtl", "half")
    simulator = build_simulator(design, cache_dir=CACHE, optimize="-O0")
    source = model.graph.input[0].name
    beats = getCustomOp(model.find_consumer(source)).input_beats(net.frames(2).astype(np.int64))
    with pytest.raises(SimulationStuck):
        simulate(simulator, {source: beats}, 2, stuck_clocks=3000)


@pytest.mark.slow
def test_two_pixels_a_clock_with_a_fork_and_a_sum(tmp_path):
    """Packed: both branches carry two pixels of four channels in a pixel of the stream."""
    net = residual()
    build = Build.load(write_config(tmp_path, net, pixels_per_clock=2, board="ZCU104"))
    run_steps(build)
    model = build.model(StepName.GENERATE_RTL)
    assert operator_of(model.get_node_from_name(NODE)).input_shape() == (1, 8, 4, 8)
    frames = net.frames(3)
    right = emulate(build, frames)
    assert np.array_equal(rtlsim(build, frames), right)
    assert report(build, "rtlsim_performance")["clocks_per_frame"] == clocks(build) < 8 * 8
    assert np.array_equal(rtlsim(build, frames, stalls=0.3), right)
