"""The driver on hardware with a camera path: frames as they lie, boxes as specified."""

from typing import Any

import cv2
import numpy as np
import pytest

from camera_path.frames import FrameFormat, PixelFormat
from camera_path.head import HeadIntegers
from camera_path.path import Settings, boxes, in_picture, network_frame
from hw.driver import (
    AcceleratorError,
    Camera,
    CameraBackend,
    Description,
    DupNetAccelerator,
    StuckError,
    Tensor,
    TransferError,
)
from hw.driver import camera_registers as reg
from hw.driver.simulated_camera import SimulatedCameraBus

SIDE = 8
ANCHORS = ((1.0, 1.2), (0.5, 0.75))
DESCRIPTION = Description(
    name="tiny",
    board="Pynq-Z2",
    build_id=0x1234ABCD,
    clock_mhz=100.0,
    input=Tensor((SIDE, SIDE, 3), "uint8"),
    output=Tensor((2, 2, 12), "int16", scale=(0.03,), bias=tuple(c / 8 for c in range(12))),
    registers={"camera0": 0x4000_0000},
    anchors=ANCHORS,
    stride=4,
    camera=Camera("memory", 60, 6),
)
HEAD = HeadIntegers.make(ANCHORS, 0.03, [c / 8 for c in range(12)], 4)


class Network:
    """(8, 8, 3) -> (2, 2, 12): means of quarters and rows, less a middle level."""

    def run(self, frames: list[Any]) -> list[Any]:
        return [self.of_one(frame) for frame in frames]

    def of_one(self, frame: Any) -> Any:
        parts = frame.astype(np.int64).reshape(2, 4, 2, 2, 2, 3).sum(axis=(3, 4))
        return parts.transpose(0, 2, 1, 3).reshape(2, 2, 12) - 500


class Bus(SimulatedCameraBus):
    """Remembers what it was handed: address, stride, format and bytes. stuck: nothing happens."""

    def __init__(self) -> None:
        super().__init__(Network(), DESCRIPTION)
        self.handed: list[tuple[int, int, int]] = []
        self.stuck, self.patience = False, 0.05

    def write(self, block: str, offset: int, value: int) -> None:
        if offset == reg.CTRL:
            held = [self.read(block, at) for at in (reg.ADDR_LO, reg.STRIDE, reg.FORMAT)]
            self.handed.append((held[0], held[1], held[2]))
            if self.stuck:
                return
        super().write(block, offset, value)


def wanted(rgb: Any, score: float = 0.3, most: int = 100) -> tuple[Any, Any]:
    """Boxes of a picture by the specification, in its pixels."""
    height, width, _ = rgb.shape
    frame, where = network_frame(rgb.reshape(-1), FrameFormat(width, height), SIDE)
    found = boxes(Network().of_one(frame), HEAD, Settings.make(score, 0.45, most), 6)
    return in_picture(found, where)


def same(found: Any, expected: tuple[Any, Any]) -> bool:
    return np.array_equal(found.boxes, expected[0]) and np.array_equal(found.scores, expected[1])


def bus_of(accelerator: DupNetAccelerator) -> Bus:
    backend = accelerator.backend
    assert isinstance(backend, CameraBackend) and isinstance(backend.bus, Bus)
    return backend.bus


@pytest.fixture
def accelerator() -> DupNetAccelerator:
    return DupNetAccelerator(Bus(), DESCRIPTION)


def noise(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def test_every_format_is_what_opencv_makes_of_it(accelerator: DupNetAccelerator):
    rgb, grey, yuyv = noise(20, 30, 3), noise(20, 30), noise(20, 30, 2)
    found = accelerator.detect(rgb, 0.3)
    assert len(found)
    assert same(found, wanted(rgb))
    assert same(accelerator.detect(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), 0.3, pixels="BGR"),
                wanted(rgb))  # fmt: skip
    as_rgb = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    assert same(accelerator.detect(grey, 0.3, pixels="GREY"), wanted(as_rgb))
    assert same(accelerator.detect(grey[:, :, None], 0.3, pixels="GREY"), wanted(as_rgb))
    as_rgb = cv2.cvtColor(yuyv, cv2.COLOR_YUV2RGB_YUYV)
    assert same(accelerator.detect(yuyv, 0.3, pixels="YUYV"), wanted(as_rgb))


def test_a_view_is_taken_as_it_lies(accelerator: DupNetAccelerator):
    """A part of a larger picture, and RGB that is BGR read backwards."""
    bgr = noise(40, 50, 3)
    part = bgr[3:30, 5:47]
    rgb = np.ascontiguousarray(part[:, :, ::-1])
    assert same(accelerator.detect(part[:, :, ::-1], 0.3), wanted(rgb))
    handed = bus_of(accelerator).handed
    assert handed[-1][2] == PixelFormat.BGR
    assert same(accelerator.detect(part[:, ::2], 0.3, pixels="BGR"),
                wanted(np.ascontiguousarray(rgb[:, ::2])))  # fmt: skip
    assert same(accelerator.detect(part[::-1, :, ::-1], 0.3), wanted(rgb[::-1].copy()))


def test_a_frame_in_a_buffer_of_the_hardware_stays_where_it_is(accelerator: DupNetAccelerator):
    memory = accelerator.frame_buffer(40, 50, "BGR")
    memory[...] = noise(40, 50, 3, seed=1)
    expected = wanted(np.ascontiguousarray(memory[2:20, 4:31, ::-1]))
    assert same(accelerator.detect(memory[2:20, 4:31], 0.3, pixels="BGR"), expected)
    address, stride, _ = bus_of(accelerator).handed[-1]
    assert address == next(iter(bus_of(accelerator).buffers)) + 2 * 150 + 4 * 3
    assert stride == 150


def test_a_camera_may_write_into_one_buffer_again_and_again(accelerator: DupNetAccelerator):
    memory = accelerator.frame_buffer(16, 24)
    pictures = [noise(16, 24, 3, seed=i) for i in range(5)]

    def camera() -> Any:
        for picture in pictures:
            memory[...] = picture
            yield memory

    found = list(accelerator.detect_stream(camera(), 0.3))
    assert len(found) == 5
    assert all(same(one, wanted(p)) for one, p in zip(found, pictures, strict=True))


def test_sizes_change_in_a_stream(accelerator: DupNetAccelerator):
    pictures = [noise(h, w, 3, seed=h) for h, w in [(8, 8), (1, 60), (60, 1), (59, 60), (3, 2)]]
    found = list(accelerator.detect_stream(pictures, 0.3, limit=2))
    assert all(same(one, wanted(p, most=2)) for one, p in zip(found, pictures, strict=True))
    assert accelerator.counters()["camera0_frames"] == 5


def test_integers_of_frames_of_the_network_s_size(accelerator: DupNetAccelerator):
    frames = noise(3, SIDE, SIDE, 3)
    found = accelerator.execute(frames)
    assert found.dtype == np.int16
    assert np.array_equal(found, [Network().of_one(frame) for frame in frames])


@pytest.mark.parametrize(
    ("picture", "pixels", "words"),
    [
        (noise(4, 61, 3), "RGB", "a frame of 61 x 4 pixels; this hardware takes 60 a side"),
        (noise(4, 5, 2), "YUYV", "5 pixels wide; expected an even width"),
        (noise(4, 5, 4), "RGB", r"\(4, 5, 4\), uint8; expected \(H, W, 3\), uint8"),
        (noise(4, 5), "BGR", r"expected \(H, W, 3\), uint8"),
        (noise(4, 5, 3).astype(np.int16), "RGB", r"int16; expected \(H, W, 3\), uint8"),
        (noise(0, 5, 3), "RGB", r"a picture of shape \(0, 5, 3\)"),
        (noise(4, 5, 3), "NV12", "pixels NV12: expected one of RGB, BGR, GREY, YUYV"),
    ],
)
def test_what_cannot_be_is_refused_and_the_next_frame_is_right(
    accelerator: DupNetAccelerator, picture: Any, pixels: str, words: str
):
    with pytest.raises(AcceleratorError, match=words):
        accelerator.detect(picture, pixels=pixels)
    good = noise(9, 9, 3)
    assert same(accelerator.detect(good, 0.3), wanted(good))


def test_errors_of_the_hardware_have_names(accelerator: DupNetAccelerator):
    bus = bus_of(accelerator)
    accelerator.detect(noise(4, 4, 3))
    bus.write("camera0", reg.SIZE, 0)
    bus.write("camera0", reg.CTRL, 1)
    with pytest.raises(TransferError, match="a width or height of 0") as caught:
        accelerator.detect(noise(4, 4, 3))
    assert caught.value.block == "camera0"
    good = noise(9, 9, 3)
    assert same(accelerator.detect(good, 0.3), wanted(good))
    bus.stuck = True
    with pytest.raises(StuckError, match=r"makes no progress .* camera0_frames \d"):
        accelerator.detect(good)


def test_another_bitfile_is_refused():
    class Dma(Bus):
        def read(self, block: str, offset: int) -> int:
            return 0xD0D00001 if offset == reg.VERSION else super().read(block, offset)

    with pytest.raises(AcceleratorError, match="has no camera path"):
        DupNetAccelerator(Dma(), DESCRIPTION)


def test_description_says_it_and_comes_back():
    assert Description.from_json(DESCRIPTION.to_json()) == DESCRIPTION


def test_closed_is_closed(accelerator: DupNetAccelerator):
    accelerator.frame_buffer(4, 4)
    accelerator.detect(noise(4, 4, 3))
    accelerator.close()
    assert bus_of(accelerator).buffers == {}
    with pytest.raises(AcceleratorError, match="is closed"):
        accelerator.detect(noise(4, 4, 3))


class Counted(Bus):
    """Remembers the registers that the driver writes and how often it reads one."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.looks = 0
        super().__init__()

    def write(self, block: str, offset: int, value: int) -> None:
        looks = self.looks
        super().write(block, offset, value)
        self.written.append(offset)
        self.looks = looks

    def read(self, block: str, offset: int) -> int:
        self.looks += 1
        return super().read(block, offset)


def test_a_stream_writes_what_changes_alone():
    """A frame behind the first: its two addresses and the START; few looks at registers."""
    bus, picture = Counted(), noise(20, 30, 3)
    accelerator = DupNetAccelerator(bus, DESCRIPTION)
    list(accelerator.detect_stream([picture] * 3, 0.3))
    bus.written, bus.looks = [], 0
    found = list(accelerator.detect_stream([picture] * 9, 0.3))
    assert all(same(one, wanted(picture)) for one in found)
    assert bus.written == [reg.ADDR_LO, reg.RECORDS_LO, reg.CTRL] * 9
    assert bus.looks <= 9 * 3 + 4

    # What another stream sets is set, behind a reset too
    assert same(next(accelerator.detect_stream([picture], 0.6)), wanted(picture, 0.6))
    accelerator.backend.reset()
    small = noise(9, 11, 3)
    assert same(next(accelerator.detect_stream([small], 0.3)), wanted(small))
