"""The driver on a bus without hardware: integers, order, overlap, and what goes wrong."""

import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hw.driver import (
    AcceleratorError,
    DupNetAccelerator,
    StuckError,
    Tensor,
    TransferError,
    ValidationError,
)
from hw.driver import registers as reg
from tests.hw.driver.fake_bus import DESCRIPTION, FakeBus, sums


def frames(count: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (count, 4, 4, 3), np.uint8)


def expected(batch: Any) -> Any:
    return np.stack([sums(frame) for frame in batch])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 9])
@pytest.mark.parametrize("batch", [1, 3, 8])
def test_execute_returns_every_frame_in_order(count: int, batch: int) -> None:
    bus = FakeBus()
    with DupNetAccelerator(bus, DESCRIPTION, batch=batch) as accelerator:
        x = frames(count)
        y = accelerator.execute(x)
        assert y.dtype == np.int16
        np.testing.assert_array_equal(y, expected(x))
        np.testing.assert_array_equal(accelerator.execute(x[0]), expected(x[:1]))
        sizes = [size for block, size in bus.starts if block == "odma0"][:-1]
        assert sum(sizes) == count
        assert max(sizes) <= batch
    assert bus.closed
    assert all(buffer.freed for buffer in bus.buffers)


def test_stream_gives_a_result_while_the_next_frame_is_under_way() -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    x, asked = frames(5), []

    def source() -> Iterator[Any]:
        for index, frame in enumerate(x):
            asked.append(index)
            yield frame

    results = []
    for result in accelerator.stream(source()):
        results.append(result)
        if len(results) < 5:
            assert len(asked) == len(results) + 1
            assert bus.left["odma0"] == 1  # the next transfer has been started
    np.testing.assert_array_equal(np.stack(results), expected(x))


def test_a_stream_left_in_the_middle_resets_and_the_next_one_is_clean() -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    stream = accelerator.stream(iter(frames(4)))
    next(stream)
    with pytest.raises(AcceleratorError, match="still open"):
        accelerator.execute(frames(1))
    stream.close()
    assert bus.left == {"idma0": 0, "odma0": 0}
    np.testing.assert_array_equal(accelerator.execute(frames(3, 1)), expected(frames(3, 1)))


def test_closing_stops_the_hardware_before_the_buffers_are_freed() -> None:
    bus = FakeBus()
    with DupNetAccelerator(bus, DESCRIPTION) as accelerator:
        stream = accelerator.stream(iter(frames(4)))
        next(stream)
        assert bus.left["odma0"] == 1
    assert bus.left == {"idma0": 0, "odma0": 0}
    assert bus.closed
    assert all(buffer.freed for buffer in bus.buffers)
    accelerator.close()  # again: nothing
    with pytest.raises(AcceleratorError, match="the accelerator is closed"):
        next(stream)
    with pytest.raises(AcceleratorError, match="the accelerator is closed"):
        accelerator.execute(frames(1))


def test_a_stream_that_is_dropped_behind_the_closing_touches_no_bus() -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    stream = accelerator.stream(iter(frames(4)))
    next(stream)
    accelerator.close()
    stream.close()


def test_hardware_that_cannot_be_stopped_keeps_its_buffers() -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    stream = accelerator.stream(iter(frames(4)))
    next(stream)
    bus.endless = True
    with pytest.raises(StuckError, match="does not finish its reset"):
        accelerator.close()
    assert bus.closed
    assert not any(buffer.freed for buffer in bus.buffers)


def test_no_frames_no_results() -> None:
    assert list(DupNetAccelerator(FakeBus(), DESCRIPTION).stream([])) == []


@pytest.mark.parametrize("block", ["idma0", "odma0"])
@pytest.mark.parametrize("bit", sorted(reg.ERROR_TEXTS))
def test_every_error_bit_is_raised_with_its_meaning_and_the_next_transfer_works(
    block: str, bit: int
) -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    bus.error[block] = 1 << bit
    with pytest.raises(TransferError, match=re.escape(reg.ERROR_TEXTS[bit])) as caught:
        accelerator.execute(frames(2))
    assert (caught.value.block, caught.value.flags) == (block, 1 << bit)
    assert caught.value.address == bus.address(block) + 4096
    assert caught.value.address > 1 << 32  # both halves of the register
    assert f"0x{caught.value.address:x}" in str(caught.value)
    np.testing.assert_array_equal(accelerator.execute(frames(3)), expected(frames(3)))


def test_a_transfer_without_progress_is_named_with_the_counters() -> None:
    bus = FakeBus()
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    bus.stuck = True
    with pytest.raises(StuckError, match=r"odma0 makes no progress.*idma0_frames 0.*odma0_beats 0"):
        accelerator.execute(frames(1))
    bus.stuck = False
    np.testing.assert_array_equal(accelerator.execute(frames(3)), expected(frames(3)))


def test_results_that_come_slowly_after_the_last_frame_went_in_are_progress() -> None:
    class Slow(FakeBus):
        """A result every 0.04 s, of 0.05 that are waited for; frames go in as ever."""

        pauses = 0

        def pause(self, seconds: float = 0.0) -> None:
            self.pauses += 1
            left = self.left["odma0"]
            if self.pauses % 40:
                self.left["odma0"] = 0
                super().pause()
                self.left["odma0"] = left
            else:
                super().pause()

    bus, x = Slow(), frames(6)
    found = DupNetAccelerator(bus, DESCRIPTION, batch=6).execute(x)
    np.testing.assert_array_equal(found, expected(x))
    assert bus.time > 6 * 0.04


def test_throughput_has_the_keys_of_finns_drivers() -> None:
    found = DupNetAccelerator(FakeBus(), DESCRIPTION).throughput_test(10)
    assert found["batch_size"] == 10
    assert found["fclk[mhz]"] == 100.0
    assert found["runtime[ms]"] == pytest.approx(1e4 / found["throughput[images/s]"])
    assert found["DRAM_in_bandwidth[MB/s]"] == pytest.approx(48e-6 * found["throughput[images/s]"])
    assert found["DRAM_out_bandwidth[MB/s]"] == pytest.approx(96e-6 * found["throughput[images/s]"])


def test_throughput_takes_the_memory_of_few_frames() -> None:
    class Backend:
        clock = 0.0

        def execute(self, batch: Any) -> Any:
            assert batch.shape[1:] == (128, 128, 3)
            self.clock += len(batch)
            return batch[:, :1, :1]

        def now(self) -> float:
            return self.clock

    description = replace(DESCRIPTION, input=Tensor((128, 128, 3), "uint8"))
    accelerator = DupNetAccelerator(Backend(), description)
    tracemalloc.start()
    try:
        assert accelerator.throughput_test(64)["throughput[images/s]"] == 1
        assert tracemalloc.get_traced_memory()[1] < 16 * description.input.frame_bytes
    finally:
        tracemalloc.stop()


def test_validate_names_the_first_integer_that_differs(tmp_path: Path) -> None:
    (tmp_path / "accelerator.json").write_text(DESCRIPTION.to_json())
    (tmp_path / "vectors").mkdir()
    x = frames(3)
    y = expected(x).astype(np.int64)
    np.save(tmp_path / "vectors" / "input.npy", x)
    np.save(tmp_path / "vectors" / "expected.npy", y)
    accelerator = DupNetAccelerator(FakeBus(), tmp_path / "accelerator.json")
    assert accelerator.validate() == 3
    right = y[1, 0, 1, 7]
    y[1, 0, 1, 7] += 1
    y[2, 1, 1, 11] -= 1
    np.save(tmp_path / "vectors" / "expected.npy", y)
    text = f"frame 1, row 0, column 1, channel 7: expected {right + 1}, found {right} \\(2 of 144"
    with pytest.raises(ValidationError, match=text):
        accelerator.validate()


def test_validate_refuses_vectors_of_another_shape(tmp_path: Path) -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    with pytest.raises(AcceleratorError, match="needs the folder"):
        accelerator.validate()
    with pytest.raises(AcceleratorError, match=r"input\.npy: no such file"):
        accelerator.validate(tmp_path)
    np.save(tmp_path / "input.npy", frames(2))
    np.save(tmp_path / "expected.npy", np.zeros((1, 2, 2, 12)))
    with pytest.raises(AcceleratorError, match=r"expected\.npy \(1, 2, 2, 12\)"):
        accelerator.validate(tmp_path)


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((2, 4, 4, 3), np.int8),
        np.zeros((2, 4, 3, 4), np.uint8),
        np.zeros((0, 4, 4, 3), np.uint8),
        np.zeros((4, 4), np.uint8),
    ],
)
def test_frames_of_another_shape_or_type_are_refused(bad: Any) -> None:
    bus = FakeBus()
    with pytest.raises(AcceleratorError, match=r"the network takes \(N, 4, 4, 3\) uint8"):
        DupNetAccelerator(bus, DESCRIPTION).execute(bad)
    assert not bus.starts


@pytest.mark.parametrize(
    ("offset", "value", "text"),
    [
        (reg.VERSION, 0xFFFFFFFF, "none of this project's"),
        (reg.BUILD_ID, 7, "build 0x00000007.*build 0x1234abcd"),
        (reg.FRAME_BYTES, 40, "40 and 96 bytes.*48 and 96"),
    ],
)
def test_hardware_of_another_build_is_refused(offset: int, value: int, text: str) -> None:
    bus = FakeBus()
    bus.registers["idma0"][offset] = value
    with pytest.raises(AcceleratorError, match=text):
        DupNetAccelerator(bus, DESCRIPTION)


def test_a_batch_of_nothing_and_a_missing_description_are_refused() -> None:
    with pytest.raises(AcceleratorError, match="at least one frame"):
        DupNetAccelerator(FakeBus(), DESCRIPTION, batch=0)
    with pytest.raises(AcceleratorError, match="a description is needed"):
        DupNetAccelerator(FakeBus())


def test_a_network_without_anchors_detects_nothing() -> None:
    accelerator = DupNetAccelerator(FakeBus(), replace(DESCRIPTION, anchors=None))
    with pytest.raises(AcceleratorError, match="is no detector"):
        accelerator.detect(frames(1)[0])
