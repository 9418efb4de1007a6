"""The camera example with a stand-in for OpenCV: pictures in order, boxes drawn, video written."""

import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hw.driver import AcceleratorError, DupNetAccelerator, camera
from hw.driver.camera import follow, opencv
from tests.hw.driver.fake_bus import DESCRIPTION, FakeBus


class Capture:
    """Five pictures of 6 x 8, of a camera again and again; source "broken" does not open."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.pictures = list(np.random.default_rng(1).integers(0, 256, (5, 6, 8, 3), np.uint8))
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self.source != "broken"

    def read(self) -> tuple[bool, Any]:
        if isinstance(self.source, int):
            time.sleep(0.001)
            self.pictures.append(self.pictures[0])
        return (True, self.pictures.pop(0)) if self.pictures else (False, None)

    def get(self, _: int) -> float:
        return 0.0

    def release(self) -> None:
        self.released = True


class Writer:
    """Keeps what it is given; a file without a name's ending does not open."""

    def __init__(self, name: str, _: int, rate: float, size: tuple[int, int]) -> None:
        self.name, self.rate, self.size = name, rate, size
        self.pictures: list[Any] = []
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return "." in self.name

    def write(self, picture: Any) -> None:
        self.pictures.append(picture.copy())

    def release(self) -> None:
        self.released = True


@pytest.fixture
def cv2(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = SimpleNamespace(captures=[], writers=[], boxes=[])

    def capture(source: Any) -> Capture:
        module.captures.append(Capture(source))
        return module.captures[-1]

    def writer(*arguments: Any) -> Writer:
        module.writers.append(Writer(*arguments))
        return module.writers[-1]

    module.VideoCapture, module.VideoWriter = capture, writer
    module.VideoWriter_fourcc = lambda *_: 0
    module.rectangle = lambda _, low, high, *rest: module.boxes.append((*low, *high))
    module.putText = lambda *_: None
    module.FONT_HERSHEY_SIMPLEX = module.CAP_PROP_FPS = 0
    monkeypatch.setitem(sys.modules, "cv2", module)
    return module


def test_every_picture_is_written_with_its_own_boxes(cv2: Any) -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    number, seconds, stopped = follow(accelerator, "film.mp4", "out.avi", 0, 0.5)
    assert (number, seconds >= 0, stopped) == (5, True, False)
    (capture,), (writer,) = cv2.captures, cv2.writers
    assert (capture.source, capture.released, writer.released) == ("film.mp4", True, True)
    assert (writer.name, writer.rate, writer.size) == ("out.avi", 25.0, (8, 6))
    fresh = Capture(None).pictures
    np.testing.assert_array_equal(np.stack(writer.pictures), np.stack(fresh))
    expected = []
    for picture in fresh:
        alone = DupNetAccelerator(FakeBus(), DESCRIPTION).detect(picture[:, :, ::-1], 0.5)
        expected += [tuple(int(v) for v in box) for box in alone.boxes]
    assert cv2.boxes == expected
    assert expected


def test_a_camera_is_a_number_and_frames_are_limited(cv2: Any) -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    assert follow(accelerator, "0", "", 3, 0.5)[0] == 3
    assert cv2.captures[0].source == 0
    assert not cv2.writers


def test_a_source_that_does_not_open_is_named(cv2: Any) -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    with pytest.raises(AcceleratorError, match="--source broken: no camera or readable video"):
        follow(accelerator, "broken", "", 0, 0.5)


def test_a_video_that_cannot_be_written_is_named(cv2: Any) -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    with pytest.raises(AcceleratorError, match="--out nowhere: cannot be written"):
        follow(accelerator, "film.mp4", "nowhere", 0, 0.5)
    assert cv2.captures[0].released
    assert cv2.writers[0].released


@pytest.mark.parametrize(
    ("where", "call", "expected"),
    # a picture is read before the one before it is drawn
    [(Capture, 4, 2), (Writer, 2, 2), (Capture, 1, 0)],
)
def test_ctrl_c_is_the_usual_end(
    cv2: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: type[Capture | Writer],
    call: int,
    expected: int,
) -> None:
    bus, calls = FakeBus(), []
    name = "read" if where is Capture else "write"
    work = getattr(where, name)

    def interrupted(self: Any, *arguments: Any) -> Any:
        calls.append(name)
        if len(calls) == call:
            raise KeyboardInterrupt
        return work(self, *arguments)

    monkeypatch.setattr(where, name, interrupted)
    monkeypatch.setattr(camera, "open_accelerator", lambda _: DupNetAccelerator(bus, DESCRIPTION))
    assert camera.main(["--source", "film.mp4", "--out", "out.avi"]) == 130
    assert capsys.readouterr().out.startswith(f"{expected} pictures in ")
    assert cv2.captures[0].released
    assert all(writer.released for writer in cv2.writers)
    assert bus.closed
    assert bus.left == {"idma0": 0, "odma0": 0}


def test_ctrl_c_while_the_board_is_opened(
    cv2: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(camera, "open_accelerator", interrupted)
    assert camera.main([]) == 130
    assert capsys.readouterr() == ("", "interrupted\n")


def test_without_opencv_it_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(AcceleratorError, match="need OpenCV"):
        opencv()
