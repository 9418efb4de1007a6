"""The very driver on the Verilated shell and accelerator: integers, boxes, errors, recovery."""

import dataclasses
import itertools
import json
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows.run.board_sim as command
from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.run.board import BusOptions, board_simulator
from flows.run.board_sim import board_sim
from flows.run.detect import detect
from flows.run.driver import build_id, describe, load_design
from flows.run.emulator import Emulator
from flows.run.frames import make_frames
from hw.driver import AcceleratorError, Description, DupNetAccelerator, StuckError, TransferError
from hw.driver import registers as reg
from hw.errors import HardwareError
from hw.sim.board import DECERR, SLVERR, SimulatedBoard
from hw.sim.board_bus import SimulatedBus
from hw.sim.verilate import Simulator
from model.errors import ModelError
from tests.hw.bench import CACHE

Detector = tuple[Path, Build]


@pytest.fixture(scope="session")
def simulator(detector: Detector) -> Simulator:
    return board_simulator(detector[1], CACHE, "-O1")


@pytest.fixture(scope="session")
def emulator(detector: Detector) -> Emulator:
    return Emulator(detector[1].model(StepName.FOLD_DUPLICATED_WEIGHTS))


@pytest.fixture(scope="session")
def description(detector: Detector, emulator: Emulator) -> Description:
    return describe(detector[1], emulator, load_design(detector[1]))


@pytest.fixture
def board(simulator: Simulator) -> Iterator[SimulatedBoard]:
    with SimulatedBoard(simulator, memory_bytes=1 << 20, stall=0.3, latency=(2, 60)) as made:
        yield made
        assert made.violations == (0, "")


def driver(board: SimulatedBoard, description: Description, **options: Any) -> DupNetAccelerator:
    bus = SimulatedBus(board, description.clock_mhz, patience_clocks=20_000)
    return DupNetAccelerator(bus, description, **options)


@pytest.fixture(scope="session")
def frames(detector: Detector) -> Any:
    return make_frames(detector[1], None, 9, 1)


@pytest.fixture(scope="session")
def expected(emulator: Emulator, frames: Any) -> Any:
    return emulator.run(frames)


@pytest.mark.parametrize("stall", [0.0, 0.6])
@pytest.mark.parametrize("latency", [(1, 1), (3, 200)])
def test_every_integer_is_the_emulators_however_unkind_the_bus(
    simulator: Simulator,
    description: Description,
    frames: Any,
    expected: Any,
    stall: float,
    latency: tuple[int, int],
) -> None:
    with SimulatedBoard(simulator, stall=stall, latency=latency, seed=7) as board:
        accelerator = driver(board, description, batch=4)
        np.testing.assert_array_equal(accelerator.execute(frames), expected)
        counters = accelerator.counters()
        assert counters["idma0_frames"] == counters["odma0_frames"] == 9
        streamed = np.stack(list(accelerator.stream(frames)))
        np.testing.assert_array_equal(streamed, expected)
        assert accelerator.counters()["odma0_frames"] == 18
        assert board.violations == (0, "")


@settings(max_examples=15, deadline=None)
@given(
    stall=st.sampled_from([0.0, 0.1, 0.5, 0.9]),
    latency=st.tuples(st.integers(1, 40), st.integers(0, 300)),
    batch=st.integers(1, 5),
    count=st.integers(1, 7),
    seed=st.integers(0, 1000),
)
def test_any_bus_any_batch(
    simulator: Simulator,
    description: Description,
    frames: Any,
    expected: Any,
    stall: float,
    latency: tuple[int, int],
    batch: int,
    count: int,
    seed: int,
) -> None:
    span = (latency[0], sum(latency))
    with SimulatedBoard(simulator, stall=stall, latency=span, seed=seed) as board:
        accelerator = driver(board, description, batch=batch)
        found = accelerator.execute(frames[:count])
        np.testing.assert_array_equal(found, expected[:count])
        assert board.violations == (0, "")


def test_transfers_in_a_row_overlap(
    simulator: Simulator, description: Description, frames: Any
) -> None:
    """Streaming frame by frame takes hardly longer than all frames in one transfer."""
    clocks = {}
    for batch in (1, 9):
        with SimulatedBoard(simulator, latency=(8, 8)) as board:
            bus = SimulatedBus(board, description.clock_mhz, pause_clocks=20)
            accelerator = DupNetAccelerator(bus, description, batch=batch)
            began = board.clock
            accelerator.execute(frames)
            clocks[batch] = board.clock - began
    assert clocks[1] < 1.35 * clocks[9]


def test_the_throughput_test_counts_simulated_time(
    board: SimulatedBoard, description: Description
) -> None:
    began = board.clock
    found = driver(board, description).throughput_test(8)
    clocks = found["runtime[ms]"] * 1e-3 * description.clock_mhz * 1e6
    assert 8 * 2000 < clocks < board.clock - began


def test_a_bus_error_names_the_address_and_the_next_transfer_is_right(
    board: SimulatedBoard, description: Description, frames: Any, expected: Any
) -> None:
    accelerator = driver(board, description, batch=2)
    accelerator.execute(frames[:1])  # allocates: input, output, input, output
    slot = accelerator.backend._slots[0]
    for buffer, block in zip((*slot.inputs, *slot.outputs), ("idma0", "odma0"), strict=True):
        for response, bit in ((SLVERR, reg.ERROR_SLVERR), (DECERR, reg.ERROR_DECERR)):
            board.fault(buffer.address + 512, 8, response)
            with pytest.raises(TransferError) as caught:
                accelerator.execute(frames[:2])
            assert (caught.value.block, caught.value.flags) == (block, bit)
            first = caught.value.address
            assert first <= buffer.address + 512 < first + 128
            board.fault(0, 0)
            np.testing.assert_array_equal(accelerator.execute(frames[:5]), expected[:5])


def test_a_stream_left_in_the_middle_does_not_disturb_the_next(
    board: SimulatedBoard, description: Description, frames: Any, expected: Any
) -> None:
    accelerator = driver(board, description)
    stream = accelerator.stream(iter(frames))
    np.testing.assert_array_equal(next(stream), expected[0])
    stream.close()
    np.testing.assert_array_equal(accelerator.execute(frames), expected)


def test_nothing_is_written_to_memory_that_closing_has_freed(
    board: SimulatedBoard,
    description: Description,
    frames: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accelerator = driver(board, description)
    monkeypatch.setattr(accelerator.backend.bus, "close", lambda: None)  # the board goes on
    stream = accelerator.stream(iter(frames))
    next(stream)
    assert not accelerator.backend.odmas[0].idle()
    accelerator.close()
    place = board.allocate(1 << 19)  # what the driver had is in it
    board.write_memory(place, bytes(1 << 19))
    board.run(20_000)
    assert not any(board.read_memory(place, 1 << 19))


def test_a_hard_reset_in_a_frame_is_noticed_and_the_next_transfer_is_right(
    board: SimulatedBoard, description: Description, frames: Any, expected: Any
) -> None:
    accelerator = driver(board, description)
    accelerator.execute(frames[:1])
    backend = accelerator.backend
    backend.idmas[0].start(backend._slots[0].inputs[0].address, 2)
    board.run(700)
    assert not backend.idmas[0].idle()
    board.hard_reset()
    assert backend.idmas[0].idle()
    assert backend.odmas[0].idle()
    assert accelerator.counters()["idma0_frames"] == 0
    np.testing.assert_array_equal(accelerator.execute(frames), expected)


def test_without_an_input_the_output_is_stuck_and_said_to_be(
    board: SimulatedBoard, description: Description, frames: Any, expected: Any
) -> None:
    accelerator = driver(board, description)
    accelerator.execute(frames[:1])
    backend = accelerator.backend
    backend.odmas[0].start(backend._slots[0].outputs[0].address, 1)
    with pytest.raises(StuckError, match=r"odma0 makes no progress.*odma0_beats 0"):
        backend._wait(backend.odmas)
    backend.reset()
    np.testing.assert_array_equal(accelerator.execute(frames), expected)


def test_the_build_in_the_hardware_is_the_description_s(
    detector: Detector, board: SimulatedBoard, description: Description
) -> None:
    assert board.read(reg.BUILD_ID) == build_id(load_design(detector[1])) == description.build_id
    other = dataclasses.replace(description, build_id=description.build_id ^ 1)
    with pytest.raises(AcceleratorError, match="expected files of one build"):
        driver(board, other)


def test_a_breach_of_axis_rules_is_seen_and_fails_the_command(
    detector: Detector,
    simulator: Simulator,
    tmp_path: Path,
    description: Description,
    frames: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The shell's bursts of 16 words on a bus that allows 4."""
    with SimulatedBoard(simulator, burst_beats=4) as board:
        driver(board, description).execute(frames[:1])
        count, text = board.violations
    assert count >= 6
    assert "gmem0 AR: burst too long (address 0x10000000)" in text.splitlines()[0]
    assert "gmem1 AW: burst too long" in text
    long_bursts = partialmethod(SimulatedBoard.__init__, burst_beats=4)
    monkeypatch.setattr(SimulatedBoard, "__init__", long_bursts)
    with pytest.raises(FlowError, match=r"broke AXI's rules \d+ times: clock \d+: gmem0 AR: burst"):
        board_sim(detector[1], None, 0.0, tmp_path / "x.png", simulator=simulator)


def test_memory_is_lent_and_given_back(board: SimulatedBoard) -> None:
    sizes = [1, 4096, 5000, 100]
    addresses = [board.allocate(size) for size in sizes]
    assert all(address % 4096 == 0 for address in addresses)
    spans = sorted(zip(addresses, sizes, strict=True))
    assert all(a + n <= b for (a, n), (b, _) in itertools.pairwise(spans))
    with pytest.raises(HardwareError, match="no 1048576 bytes"):
        board.allocate(1 << 20)
    for address in addresses:
        board.free(address)
    assert board.allocate(1 << 20) == min(addresses)


def test_what_the_board_cannot_do_is_said(simulator: Simulator) -> None:
    with pytest.raises(HardwareError, match="built without waves"):
        SimulatedBoard(simulator, waves=Path("x.fst"))
    with pytest.raises(HardwareError, match=r"stall 1\.0"):
        SimulatedBoard(simulator, stall=1.0)
    board = SimulatedBoard(simulator, memory_bytes=4096)
    with pytest.raises(HardwareError, match="ended with status 0: an access of the host beyond"):
        board.read_memory(0, 4)
    with pytest.raises(HardwareError, match="the simulated board"):
        board.read(0)
    board.close()
    with pytest.raises(HardwareError, match="is closed"):
        board.read(0)


def test_the_command_compares_integers_and_boxes(
    detector: Detector, simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, build = detector
    out = tmp_path / "boxes.png"
    board_sim(build, None, 0.0, out, BusOptions(0.2, (5, 30), 3), simulator)
    said = capsys.readouterr().out
    assert "384 integers and" in said
    assert said.count("face ") > 0
    assert out.stat().st_size > 1000
    report = json.loads((build.folder / "report" / "board_sim.json").read_text())
    assert report["faults"] == []
    assert report["counters"]["odma0_frames"] == 1
    assert verdicts(build) == ["verify_board_sim_0_SUCCESS.npy"]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("", "score 0.5 or more (the default: the network names no threshold): "),
        ("0.0625", "score 0.0625 or more (the network's own): "),
    ],
)
def test_the_network_s_threshold_counts_where_none_is_given(
    detector: Detector,
    simulator: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    own: str,
    said: str,
) -> None:
    class Named(Emulator):
        def __init__(self, model: Any) -> None:
            super().__init__(model)
            self.graph.metadata["threshold"] = own

    monkeypatch.setattr(command, "Emulator", Named)
    board_sim(detector[1], None, None, tmp_path / "boxes.png", BusOptions(), simulator)
    found = capsys.readouterr().out
    assert said in found
    monkeypatch.setattr("flows.run.detect.Emulator", Named)
    detect(detector[1], None, None, None, tmp_path / "same.png")
    assert said[said.index("(") :].rstrip(": ") in capsys.readouterr().out


def verdicts(build: Build) -> list[str]:
    folder = build.folder / "verification_output"
    return sorted(path.name for path in folder.glob("verify_board_sim_*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--image", "none.jpg"], "none.jpg: no such file; expected a picture"),
        (["--stalls", "1.5"], "--stalls 1.5: expected 0 <= P < 1"),
        (["--stalls", "nan"], "--stalls nan: expected 0 <= P < 1"),
        (["--seed", "-1"], "--seed -1: expected 0 or more"),
        (["--threshold", "2"], "--threshold 2.0: expected 0 to 1"),
        (["--out", "x.tiff"], "x.tiff: unknown picture format"),
    ],
)
def test_what_is_asked_for_is_checked_before_anything_is_built(
    detector: Detector,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    def unwanted(*_: object) -> Simulator:
        raise AssertionError("a simulator is built")

    monkeypatch.setattr(command, "board_simulator", unwanted)
    status = 2 if message.startswith("--") else 1
    assert main(["board-sim", str(detector[0]), *arguments]) == status
    assert f"error: {message}" in capsys.readouterr().err


def test_a_picture_that_is_none_leaves_the_last_result(detector: Detector, tmp_path: Path) -> None:
    report = detector[1].folder / "report" / "board_sim.json"
    report.write_text("{}")
    with pytest.raises(ModelError, match="expected a picture"):
        board_sim(detector[1], tmp_path, 0.5)
    assert report.read_text() == "{}"


def test_a_board_with_another_shell_is_refused(detector: Detector) -> None:
    build = detector[1].of(board="ULX3S-85F")
    said = "board ULX3S-85F: .*not this one's serial shell, which is"
    with pytest.raises(FlowError, match=said):
        board_sim(build, None, 0.5)


def test_a_network_that_computes_something_else_fails_the_command(
    detector: Detector,
    simulator: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, build = detector
    right = Emulator.run

    def wrong(self: Emulator, frames: Any) -> Any:
        found = right(self, frames)
        found[0, 2, 3, 4] += 1
        return found

    monkeypatch.setattr(Emulator, "run", wrong)
    drawing = build.folder / "board_sim.png"
    drawing.write_bytes(b"of an earlier run")
    verdict = build.folder / "verification_output" / "verify_board_sim_0_SUCCESS.npy"
    verdict.parent.mkdir(exist_ok=True)
    verdict.touch()
    with pytest.raises(FlowError, match=r"simulated board: .*row 2, column 3\), channel 4"):
        board_sim(build, None, 0.0, tmp_path / "x.png", simulator=simulator)
    report = json.loads((build.folder / "report" / "board_sim.json").read_text())
    assert len(report["faults"]) >= 1
    assert not (tmp_path / "x.png").exists()
    assert not drawing.exists()
    assert verdicts(build) == ["verify_board_sim_0_FAIL.npy"]
