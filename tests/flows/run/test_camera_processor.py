"""The driver played again on a bus that answers what a simulated board answered."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from flows.run.camera_processor import BEFORE, TIMED, AnsweringBus, RecordingBus, processor_seconds
from hw.driver import camera_registers as reg


class Board:
    """Clocks alone."""

    clock = 0

    def run(self, clocks: int) -> None:
        self.clock += clocks


def test_looks_are_those_of_a_boards_driver():
    """One long sleep, and 10 of 0.1 ms, which on a board would be 5 of 0.2 ms."""
    bus = RecordingBus(Board(), 100, 10_000, 1)
    bus.pause(0.003)
    for _ in range(10):
        bus.pause()
    assert bus.board.clock == 300_000 + 10 * 10_000
    assert bus.looks(0.0002) == pytest.approx(1 + 5)


@pytest.mark.parametrize("looks", [0.0, 1.0, 2.5])
def test_a_driver_looks_as_often_as_it_is_told(looks: float):
    """It looks, notes how far the counters are, and looks again between pauses."""
    bus = AnsweringBus({reg.VERSION: 7}, np.full(32, 9, np.uint8), looks)
    assert bus.read("camera0", reg.VERSION) == 7
    buffer = bus.allocate((32,), "uint8")
    bus.write("camera0", reg.RECORDS_LO, buffer.address)

    def done(number: int) -> bool:
        return (bus.read("camera0", reg.FRAMES) - number) & 0xFFFFFFFF < 1 << 31

    for number in range(1, 5):
        bus.write("camera0", reg.CTRL, reg.CTRL_START)
        if not done(number):
            bus.read("camera0", reg.FRAMES)
            while not done(number):
                bus.pause()
        assert buffer.array.tolist() == [number - 1, 0, 0, 0] + [9] * 28
    assert bus.pauses == 4 * looks


def test_so_many_frames_are_asked_for(monkeypatch: pytest.MonkeyPatch):
    bus = RecordingBus(Board(), 100, 10_000, 1)
    bus.registers = {reg.RECORDS_LO: 64}
    monkeypatch.setattr(bus, "records", lambda: np.zeros(16, np.uint8))
    taken, times = [], iter([3.0, 3.0 + TIMED * 0.002])
    monkeypatch.setattr("flows.run.camera_processor.time.process_time", lambda: next(times))

    def stream(answers: Any) -> Iterator[int]:
        assert isinstance(answers, AnsweringBus)
        for number in range(1000):
            taken.append(number)
            yield number

    assert processor_seconds(bus, 1.0, stream) == pytest.approx(0.002)
    assert len(taken) == BEFORE + TIMED


def test_a_reset_is_over_at_once():
    """A driver that gives up its stream resets the path; it once waited a minute for that."""
    bus = AnsweringBus({reg.VERSION: 7, reg.RESET: 1}, np.zeros(32, np.uint8), 1.0)
    bus.write("camera0", reg.RESET, reg.RESET_RESET)
    assert bus.read("camera0", reg.RESET) == 0
