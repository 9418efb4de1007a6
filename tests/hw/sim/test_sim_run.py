"""The harness: exact transport, clocks, stalls, FIFO fills, and what it says about broken RTL."""

from pathlib import Path

import numpy as np
import pytest

from hw.errors import HardwareError, SimulationStuck
from hw.sim.run import simulate
from hw.sim.verilate import Simulator, build
from tests.hw.bench import CACHE
from tests.hw.sim.chain import chain


def _built(tmp_path, modules, **options):
    return build(chain(tmp_path / "d", modules, **options), cache_dir=CACHE, optimize="-O0")


def _inputs(beats, lanes=1, bits=8, seed=0):
    values = np.random.default_rng(seed).integers(0, 1 << bits, size=(beats, lanes))
    return {"x": values}


@pytest.mark.parametrize(("lanes", "bits"), [(1, 3), (1, 8), (3, 7), (5, 8), (9, 7), (40, 2)])
def test_transport_is_exact_at_every_width(tmp_path, lanes, bits):
    simulator = _built(tmp_path, ["stage", "stage"], lanes=lanes, bits=bits)
    inputs = _inputs(30, lanes, bits)
    for idle, stall in [(0, 0), (0.5, 0), (0, 0.9), (0.9, 0.5)]:
        result = simulate(simulator, inputs, 3, stall, idle=idle)
        for stream in simulator.design.streams:
            assert np.array_equal(result.beats(stream.name), inputs["x"])
        assert not result.violations
        assert not result.surplus


def test_clocks_and_fills(tmp_path):
    simulator = _built(tmp_path, ["stage", "stage"])
    result = simulate(simulator, _inputs(30), 3)
    # a stage takes a beat every second clock
    assert result.clocks_per_frame == 20
    assert result.streams["x"].first[0] == 0
    assert result.latency_clocks == 2 * 9 + 2
    assert result.clocks_total == result.streams["n1_stage"].last[2] + 1
    assert result.fifo_max_fill == {"n0_stage": 1, "n1_stage": 1}
    assert result.streams["x"].stalled == 29
    assert simulate(simulator, _inputs(10), 1).clocks_per_frame is None


def test_seed_decides_the_stalls(tmp_path):
    simulator = _built(tmp_path, ["stage", "stage"])
    clocks = [simulate(simulator, _inputs(30), 3, 0.5, seed).clocks_total for seed in (1, 1, 2)]
    assert clocks[0] == clocks[1] != clocks[2]


def test_node_that_refuses_data_is_named(tmp_path):
    simulator = _built(tmp_path, ["stage"] * 4, params={2: ".RefuseAfter(7)"})
    with pytest.raises(SimulationStuck) as error:
        simulate(simulator, _inputs(20), 2, stuck_clocks=100)
    text = str(error.value)
    assert "stream n1_stage is blocked" in text
    assert "stuck:  n1_stage (n1_stage -> n2_stage): valid=1 ready=0, 7 of 20 beats" in text
    assert "before: n0_stage (n0_stage -> n1_stage): valid=1 ready=0, 8 of 20 beats" in text
    assert "after:  n2_stage (n2_stage -> n3_stage): valid=0 ready=1, 7 of 20 beats" in text


def test_node_that_loses_data_is_named(tmp_path):
    simulator = _built(tmp_path, ["stage", "losing", "stage"])
    inputs = {"x": np.full((10, 1), 5)}
    inputs["x"][4] = 77
    with pytest.raises(SimulationStuck, match="stream n1_losing is starved"):
        simulate(simulator, inputs, 1, stuck_clocks=100)


def test_clock_bound(tmp_path):
    simulator = _built(tmp_path, ["stage", "stage"])
    with pytest.raises(SimulationStuck, match="did not finish in 12 clocks"):
        simulate(simulator, _inputs(10), 1, max_clocks=12)


def test_dropped_valid_is_named(tmp_path):
    simulator = _built(tmp_path, ["stage", "dropping", "stage"])
    assert not simulate(simulator, _inputs(10), 1).violations
    with pytest.raises(SimulationStuck, match="stream n1_dropping: valid dropped before ready"):
        simulate(simulator, _inputs(10), 1, 0.9, stuck_clocks=500)


@pytest.mark.parametrize("lanes", [2, 12])
def test_changed_data_is_a_violation(tmp_path, lanes):
    simulator = _built(tmp_path, ["stage", "changing", "stage"], lanes=lanes)
    result = simulate(simulator, _inputs(10, lanes), 1, 0.5)
    assert any("stream n1_changing: data changed" in line for line in result.violations)


def test_surplus_beats_are_counted(tmp_path):
    simulator = _built(tmp_path, ["doubling"])
    result = simulate(simulator, _inputs(10), 1)
    assert result.surplus == {"n0_doubling": 10}


def test_changed_memory_is_seen_without_a_new_build(tmp_path):
    simulator = _built(tmp_path, ["adding"])
    memory = simulator.design.folder / "offset.mem"
    inputs = {"x": np.arange(10).reshape(10, 1)}
    for offset in (3, 4):
        memory.write_text(f"{offset:02x}\n")
        again = build(simulator.design, cache_dir=CACHE, optimize="-O0")
        assert again.exe == simulator.exe
        found = simulate(again, inputs, 1).beats("n0_adding")
        assert np.array_equal(found, inputs["x"] + offset)


def test_unusable_inputs(tmp_path):
    simulator = _built(tmp_path, ["stage"])
    with pytest.raises(HardwareError, match="the design has"):
        simulate(simulator, {"y": np.zeros((10, 1), int)}, 1)
    with pytest.raises(HardwareError, match=r"input x: .*\(9, 1\), not \(10, 1\)"):
        simulate(simulator, {"x": np.zeros((9, 1), int)}, 1)
    with pytest.raises(HardwareError, match="input x: values 300 to 300 do not fit"):
        simulate(simulator, {"x": np.full((10, 1), 300)}, 1)
    with pytest.raises(HardwareError, match="without waves"):
        simulate(simulator, _inputs(10), 1, waves=tmp_path / "w.fst")


def test_only_outputs_are_recorded_on_demand(tmp_path):
    simulator = _built(tmp_path, ["stage", "stage"])
    result = simulate(simulator, _inputs(10), 1, record="outputs", out_dir=tmp_path / "out")
    assert len(result.beats("n1_stage")) == 10
    with pytest.raises(HardwareError, match="n0_stage was not recorded"):
        result.beats("n0_stage")


def test_a_design_that_ends_by_itself_is_no_result(tmp_path):
    simulator = _built(tmp_path, ["finishing"])
    with pytest.raises(SimulationStuck, match=r"was ended by \$finish at clock"):
        simulate(simulator, _inputs(10), 1)


def test_inputs_pause_as_outputs_stall_unless_told_otherwise(tmp_path):
    simulator = _built(tmp_path, ["stage", "stage"])
    clocks = {
        idle: simulate(simulator, _inputs(30), 3, 0.6, 4, idle=idle).clocks_total
        for idle in (None, 0.6, 0.0)
    }
    assert clocks[None] == clocks[0.6] != clocks[0.0]


@pytest.mark.parametrize(
    ("frames", "stall", "idle"), [(0, 0, 0), (1, 1.0, 0), (1, -0.1, 0), (1, 0, 1.0), (1, 0, -0.1)]
)
def test_probabilities_of_one_never_end(tmp_path, frames, stall, idle):
    simulator = Simulator(chain(tmp_path / "d", ["stage"]), Path("/bin/true"), False, 0.0)
    with pytest.raises(HardwareError, match=r"frames must be at least 1, stall and idle in \[0, 1"):
        simulate(simulator, _inputs(10), frames, stall, idle=idle)


def test_a_result_of_an_earlier_run_is_not_taken(tmp_path):
    """The simulator ends without a word; result.json lies there from before."""
    simulator = Simulator(chain(tmp_path / "d", ["stage"]), Path("/bin/true"), False, 0.0)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "result.json").write_text('{"stop": "done", "streams": []}')
    with pytest.raises(HardwareError, match="the simulator of chain_top ended with status 0"):
        simulate(simulator, _inputs(10), 1, out_dir=tmp_path / "out")
