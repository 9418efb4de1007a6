"""Most of a wait is slept at once where the last one's length is known."""

import numpy as np

from hw.driver.dma import DmaBackend
from hw.driver.waits import Waits
from tests.hw.driver.fake_bus import DESCRIPTION, FakeBus


def test_three_quarters_of_the_last_wait_of_the_same_kind() -> None:
    waits = Waits(longest=1.0)
    assert waits.at_once("boxes") == 0.0
    waits.ended("boxes", 0.008)
    waits.ended("room", 0.004)
    assert waits.at_once("boxes") == 0.006
    assert waits.at_once("room") == 0.003
    waits.ended("boxes", 0.0)  # it was there already
    assert waits.at_once("boxes") == 0.0


def test_never_longer_than_is_allowed() -> None:
    waits = Waits(longest=1.0)
    waits.ended("boxes", 60.0)
    assert waits.at_once("boxes") == 1.0


def test_transfers_of_so_many_frames_are_slept_through_at_once():
    """The first wait looks all the time; those like it sleep three quarters of it first."""

    class Slow(FakeBus):
        """A frame takes 20 pauses of at least 1 ms."""

        slept: list[float]
        ticks: int

        def pause(self, seconds: float = 0.0) -> None:
            self.slept.append(seconds)
            steps = max(1, round(seconds / 0.001))
            for _ in range(steps):
                self.time += 0.001
                self.ticks += 1
                if self.ticks % 20 == 0:
                    super().pause()

    bus = Slow()
    bus.slept, bus.ticks, bus.patience = [], 0, 10.0
    bus.now = lambda: bus.time
    backend = DmaBackend(bus, DESCRIPTION, batch=1)
    frames = np.zeros((6, 4, 4, 3), np.uint8)
    looks = []
    for _ in range(3):
        bus.slept.clear()
        backend.execute(frames[:1])
        looks.append(len(bus.slept))
    assert looks[0] > 2 * looks[1]
    assert max(bus.slept) > 0.005
