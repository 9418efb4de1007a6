"""Faults in a simulation by ``rtlsim``: each fault fails it and is reported."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

import flows.run.rtlsim
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.boundaries import Comparison
from flows.run.emulator import Emulator
from flows.run.outputs import only
from flows.run.rtlsim import _interval, memory_faults, rtlsim
from hw.sim.result import SimResult
from hw.sim.run import simulate
from tests.flows.flow import small_network, write_config


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """(configuration, frames, integers) of a small network that simulates without a fault."""
    net = small_network()
    path = write_config(tmp_path_factory.mktemp("small"), net, target_fps=100_000)
    build = Build.load(path)
    run_steps(build)
    frames = net.frames(2)
    return build, frames, rtlsim(build, frames)


def report(build):
    return json.loads((build.folder / "report" / "rtlsim_performance.json").read_text())


def verdicts(build):
    folder = build.folder / "verification_output"
    return sorted(path.name for path in folder.glob("verify_rtlsim_0_*.npy"))


def spoiled(monkeypatch, **streams):
    """The next simulation's counters of streams, by wire, with other values."""

    def run(*args, **options):
        result = simulate(*args, **options)
        for name, fields in streams.items():
            stream = next(s.name for s in result.design.streams if s.wire == name)
            result.streams[stream] = replace(result.streams[stream], **fields)
        return result

    monkeypatch.setattr(flows.run.rtlsim, "simulate", run)


def test_without_a_fault(built):
    build, frames, found = built
    assert verdicts(build) == ["verify_rtlsim_0_SUCCESS.npy"]
    assert report(build)["faults"] == []
    assert report(build)["handshake_violations"] == []
    assert report(build)["mismatches"] == 0
    assert found.shape[0] == len(frames)


def test_a_handshake_violation_fails(built, monkeypatch):
    build, frames, _ = built
    broken = {"violations": 2, "violation": "data changed before ready", "violation_clock": 17}
    spoiled(monkeypatch, conv1_mvau=broken)
    text = "stream conv1_mvau: data changed before ready at clock 17 (2 times)"
    with pytest.raises(FlowError) as error:
        rtlsim(build, frames)
    assert str(error.value) == f"RTL simulation: {text}"
    assert report(build)["faults"] == [f"RTL simulation: {text}"]
    assert report(build)["handshake_violations"] == [text]
    assert verdicts(build) == ["verify_rtlsim_0_FAIL.npy"]


def test_beats_beyond_the_last_frame_fail(built, monkeypatch):
    build, frames, integers = built
    assert integers.shape == (2, 3, 3, 3)
    beats = 2 * 3 * 3  # one pixel a beat
    spoiled(monkeypatch, m_axis_0={"transfers": beats + 4})
    with pytest.raises(FlowError) as error:
        rtlsim(build, frames)
    assert str(error.value) == "RTL simulation: 4 beats more than expected"
    assert report(build)["faults"] == ["RTL simulation: 4 beats more than expected"]
    assert verdicts(build) == ["verify_rtlsim_0_FAIL.npy"]


def test_another_integer_fails(built, monkeypatch):
    """The emulator's graph is as it was; the simulation's last beat is one more."""
    build, frames, integers = built
    found = SimResult.beats

    def beats(result, stream):
        array = found(result, stream).copy()
        if result.design.stream(stream).kind == "output":
            array[-1, -1] += 1
        return array

    monkeypatch.setattr(SimResult, "beats", beats)
    last = int(integers[1, 2, 2, 2])
    text = (
        f"frame 1, pixel (row 2, column 2), channel 2: expected {last}, found {last + 1} "
        "(1 of 27 integers differ)"
    )
    with pytest.raises(FlowError, match=f"differs from the emulator at .*{re.escape(text)}"):
        rtlsim(build, frames)
    assert report(build)["mismatches"] == 1
    assert text in report(build)["differences"][0]
    assert verdicts(build) == ["verify_rtlsim_0_FAIL.npy"]


def test_beats_that_are_missing_fail(built, monkeypatch):
    build, frames, _ = built
    found = SimResult.beats
    monkeypatch.setattr(SimResult, "beats", lambda *arguments: found(*arguments)[:-1])
    with pytest.raises(FlowError, match=r"^RTL simulation: node conv1_\w+ gave 71 of 72 beats$"):
        rtlsim(build, frames)  # 6 x 6 pixels of 2 frames


def test_a_fault_of_a_memory_fails_the_run(built, monkeypatch):
    build, frames, _ = built
    monkeypatch.setattr("flows.run.rtlsim.memory_faults", lambda *_: ["a row is not the model's"])
    with pytest.raises(FlowError, match=r"^a row is not the model's$"):
        rtlsim(build, frames)
    assert report(build)["faults"] == ["a row is not the model's"]
    assert verdicts(build) == ["verify_rtlsim_0_FAIL.npy"]


def test_clocks_of_a_single_frame_are_the_span_of_its_longest_stream(built):
    """Clocks 3 to 9 are seven; frames a second at 10 ns from there on."""
    build, frames, _ = built
    streams = {"a": SimpleNamespace(first=[3], last=[9]), "b": SimpleNamespace(first=[5], last=[9])}
    assert _interval(SimpleNamespace(clocks_per_frame=None, streams=streams)) == 7
    assert _interval(SimpleNamespace(clocks_per_frame=5, streams=streams)) == 5
    rtlsim(build, frames[:1])
    data = report(build)
    assert not data["clocks_per_frame_measured_between_frames"]
    assert data["throughput_fps_at_clock"] == pytest.approx(1e8 / data["clocks_per_frame"])


def test_what_is_given_is_the_executors_own(built):
    """Where the two differ, the output holds what the executor found, frame by frame."""
    build, frames, integers = built
    model = build.model(StepName.GENERATE_RTL)
    comparison = Comparison(model, Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1), None)
    last = comparison.boundaries[-1]
    for frame, own in zip(frames, integers, strict=True):
        expected = comparison.emulator.boundaries(frame)
        beats = {b.node: expected[b.tensor].reshape(-1) for b in comparison.boundaries}
        beats[last.node] = own.reshape(-1) + 7
        comparison.add(frame, beats)
    assert only(comparison.outputs).tolist() == (integers + 7).tolist()
    assert [(d.boundary, d.frame, d.count) for d in comparison.differences] == [
        (last.tensor, 0, 27), (last.tensor, 1, 27),
    ]  # fmt: skip
    assert last.tensor in comparison.compared


def test_a_memory_that_is_not_the_models_fails(built):
    """Frames may not show it, so the files themselves are compared."""
    build, _, _ = built
    memory = next((build.folder / "rtl").glob("*.mem"))
    text = memory.read_text()
    rows = text.split()
    for spoiled_rows, row in ((rows[:-1], len(rows) - 1), ([*rows, rows[0]], len(rows))):
        memory.write_text("\n".join(spoiled_rows) + "\n")
        model = build.model(StepName.GENERATE_RTL)
        (fault,) = memory_faults(model, build.folder / "rtl")
        assert fault.startswith(f"{memory}: row {row} is not the model's")
    memory.write_text(text)
    assert memory_faults(model, build.folder / "rtl") == []
