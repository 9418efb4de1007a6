"""Buffers: all or none, given back whatever happens, and the cause by its name."""

from typing import Any

import numpy as np
import pytest

from hw.driver import AcceleratorError, DupNetAccelerator, StuckError
from hw.driver import registers as reg
from tests.hw.driver.fake_bus import DESCRIPTION, FakeBuffer, FakeBus

FRAME = np.zeros((4, 4, 3), np.uint8)


class Short(FakeBus):
    """A bus whose allocation number fails_at raises."""

    def __init__(self, fails_at: int, error: BaseException) -> None:
        super().__init__()
        self.fails_at, self.error_of_allocation = fails_at, error

    def allocate(self, shape: tuple[int, ...], dtype: str) -> FakeBuffer:
        if len(self.buffers) + 1 == self.fails_at:
            raise self.error_of_allocation
        return super().allocate(shape, dtype)


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "error", [RuntimeError("Allocate failed: 4294967295"), MemoryError(), AcceleratorError("none")]
)
def test_an_allocation_that_fails_frees_those_before_it(fails_at: int, error: Exception) -> None:
    bus = Short(fails_at, error)
    accelerator = DupNetAccelerator(bus, DESCRIPTION, batch=2)
    with pytest.raises(AcceleratorError) as caught:
        accelerator.execute(FRAME)
    size = 2 * (48, 96)[(fails_at - 1) % 2]
    said = f"buffer {fails_at} of 4, {size} bytes, cannot be allocated ({error}); a smaller batch"
    assert str(caught.value).startswith(said)
    assert caught.value.__cause__ is error
    assert len(bus.buffers) == fails_at - 1
    assert all(buffer.freed for buffer in bus.buffers)
    bus.fails_at = 0  # the memory is there again
    bus.buffers.clear()
    assert len(accelerator.execute(FRAME)) == 1
    accelerator.close()
    assert [buffer.freed for buffer in bus.buffers] == [True] * 4


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
def test_ctrl_c_in_an_allocation_frees_those_before_it_too(fails_at: int) -> None:
    bus = Short(fails_at, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt), DupNetAccelerator(bus, DESCRIPTION) as accelerator:
        accelerator.execute(FRAME)
    assert len(bus.buffers) == fails_at - 1
    assert all(buffer.freed for buffer in bus.buffers)
    assert bus.closed


def test_a_buffer_that_cannot_be_freed_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    accelerator.execute(FRAME)

    def free() -> None:
        raise AcceleratorError("PYNQ cannot free a buffer (OSError: in use)")

    monkeypatch.setattr(bus.buffers[1], "free", free)
    with pytest.raises(AcceleratorError, match="cannot free a buffer"):
        accelerator.close()
    assert [buffer.freed for buffer in bus.buffers] == [True, False, True, True]
    assert bus.closed
    accelerator.close()  # again: nothing


@pytest.mark.parametrize("calls", range(1, 60, 4))
def test_a_register_that_fails_in_a_transfer_is_named_and_the_rest_is_given_back(
    calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    count, read = 0, bus.read

    def failing(block: str, offset: int) -> int:
        nonlocal count
        count += 1
        if count == calls:
            raise AcceleratorError(f"{block}: register 0x{offset:02x} cannot be read (OSError: x)")
        return read(block, offset)

    monkeypatch.setattr(bus, "read", failing)
    with pytest.raises(AcceleratorError, match=r"register 0x.. cannot be read"):
        accelerator.execute(np.stack([FRAME] * 20))
    assert bus.left == {"idma0": 0, "odma0": 0}
    assert len(accelerator.execute(FRAME)) == 1  # the next one is clean
    accelerator.close()
    assert all(buffer.freed for buffer in bus.buffers)


def test_a_bus_that_is_gone_tells_both_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    accelerator.execute(FRAME)

    def gone(block: str, *_: Any) -> Any:
        raise AcceleratorError(f"{block}: gone")

    monkeypatch.setattr(bus, "read", gone)
    monkeypatch.setattr(bus, "write", gone)
    with pytest.raises(AcceleratorError, match="idma0: gone; and then: idma0: gone"):
        accelerator.execute(FRAME)
    with pytest.raises(AcceleratorError, match="gone"):
        accelerator.close()
    assert bus.closed
    assert not any(buffer.freed for buffer in bus.buffers)  # the hardware may still write


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_in_a_transfer_stops_the_hardware(
    stopped: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = FakeBus()
    pause, count = bus.pause, 0

    def interrupted(seconds: float = 0.0) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise stopped
        pause()

    monkeypatch.setattr(bus, "pause", interrupted)
    with pytest.raises(stopped), DupNetAccelerator(bus, DESCRIPTION) as accelerator:
        accelerator.execute(np.stack([FRAME] * 20))
    assert bus.left == {"idma0": 0, "odma0": 0}
    assert bus.closed
    assert all(buffer.freed for buffer in bus.buffers)


def test_a_transfer_error_whose_reset_is_stuck_tells_both() -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    bus.error["idma0"], bus.endless = 1, True
    with pytest.raises(StuckError) as caught:
        accelerator.execute(FRAME)
    assert str(caught.value).startswith(f"idma0: {reg.ERROR_TEXTS[0]}")
    assert "and then: idma0 does not finish its reset" in str(caught.value)


def test_a_closed_accelerator_is_of_no_use() -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    accelerator.close()
    picture = np.zeros((9, 9, 3), np.uint8)
    for use in (
        lambda: accelerator.execute(FRAME),
        lambda: list(accelerator.stream([FRAME])),
        lambda: accelerator.detect(picture),
        lambda: accelerator.throughput_test(1),
        accelerator.counters,
        accelerator.backend.reset,
    ):
        with pytest.raises(AcceleratorError, match="the accelerator is closed"):
            use()
    accelerator.close()
