"""Cameras and videos as they come: odd frames, sizes and rates, pictures that are missing."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2 as opencv
import numpy as np
import pytest

from hw.driver import AcceleratorError, DupNetAccelerator, camera
from hw.driver.camera import follow
from tests.hw.driver.fake_bus import DESCRIPTION, FakeBus

RNG = np.random.default_rng(5)
COLOUR = RNG.integers(0, 256, (6, 8, 3), np.uint8)
GREY = RNG.integers(0, 256, (6, 8), np.uint8)
LOST = (False, None)


class Capture:
    """Gives what it is told to, then (False, None)."""

    def __init__(self, reads: list[Any], rate: Any) -> None:
        self.reads, self.rate, self.released = list(reads), rate, False

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return True

    def read(self) -> Any:
        found = self.reads.pop(0) if self.reads else LOST
        if isinstance(found, Exception):
            raise found
        return found

    def get(self, _: int) -> Any:
        if isinstance(self.rate, Exception):
            raise self.rate
        return self.rate

    def release(self) -> None:
        self.released = True


class Writer:
    """Drops pictures of another size without a word, as OpenCV does; takes OpenCV's rates alone."""

    def __init__(self, _: str, __: int, rate: float, size: tuple[int, int]) -> None:
        self.rate, self.size, self.pictures = rate, size, []

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self.rate >= 1

    def write(self, picture: Any) -> None:
        if picture.shape == (self.size[1], self.size[0], 3) and picture.dtype == np.uint8:
            self.pictures.append(picture.copy())

    def release(self) -> None:
        pass


class Camera:
    """A stand-in for OpenCV and what came of it."""

    def __init__(self, patch: pytest.MonkeyPatch, reads: list[Any], rate: Any = 30.0) -> None:
        self.capture = Capture(reads, rate)
        self.writers: list[Writer] = []

        def writer(*arguments: Any) -> Writer:
            self.writers.append(Writer(*arguments))
            return self.writers[-1]

        module = SimpleNamespace(
            VideoCapture=lambda _: self.capture,
            VideoWriter=writer,
            VideoWriter_fourcc=lambda *_: 0,
            rectangle=lambda *_: None,
            putText=lambda *_: None,
            FONT_HERSHEY_SIMPLEX=0,
            CAP_PROP_FPS=5,
        )
        patch.setitem(sys.modules, "cv2", module)

    def run(self, source: str = "film.mp4", count: int = 0, out: str = "out.avi") -> int:
        accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
        return follow(accelerator, source, out, count, 0.5)[0]

    @property
    def written(self) -> list[Any]:
        return self.writers[0].pictures if self.writers else []


# --- frames -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (COLOUR, COLOUR),
        (GREY, np.stack([GREY] * 3, axis=2)),
        (GREY[..., None], np.stack([GREY] * 3, axis=2)),
        (np.dstack([COLOUR, np.zeros_like(GREY)]), COLOUR),  # BGRA, the fourth of no meaning
        (COLOUR.astype(np.uint16) * 256 + 200, COLOUR),
        (GREY.astype(np.uint16) * 256, np.stack([GREY] * 3, axis=2)),
        (COLOUR[::-1], COLOUR[::-1]),  # no memory of its own
    ],
    ids=["BGR", "grey", "grey (H, W, 1)", "BGRA", "16 bit", "grey 16 bit", "a view"],
)
def test_frames_of_every_kind(monkeypatch: pytest.MonkeyPatch, frame: Any, expected: Any) -> None:
    camera = Camera(monkeypatch, [(True, frame)] * 3)
    assert camera.run() == 3
    np.testing.assert_array_equal(np.stack(camera.written), np.stack([expected] * 3))


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((6, 8, 2), np.uint8),
        np.zeros((6, 8, 5), np.uint8),
        np.zeros((1, 6, 8, 3), np.uint8),
        np.zeros((6, 8, 3), np.float32),
        np.zeros((6, 8, 3), np.int16),
        np.zeros(9, np.uint8),
        "frame",
    ],
)
def test_frames_that_are_no_pictures(monkeypatch: pytest.MonkeyPatch, frame: Any) -> None:
    camera = Camera(monkeypatch, [(True, COLOUR), (True, frame)])
    with pytest.raises(AcceleratorError, match=r"--source film\.mp4: a frame of shape .*; exp"):
        camera.run()
    assert camera.capture.released


def test_a_capture_that_uses_one_array_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = np.zeros((6, 8, 3), np.uint8)

    class Reader(list[Any]):
        def pop(self, _: Any = -1) -> Any:
            super().pop(0)
            shared[...] = len(self)
            return True, shared

    camera = Camera(monkeypatch, [])
    camera.capture.reads = Reader([0] * 4)
    assert camera.run() == 4
    assert [int(picture[0, 0, 0]) for picture in camera.written] == [3, 2, 1, 0]


def test_a_size_that_changes_in_the_middle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    large = COLOUR.repeat(2, axis=0).repeat(2, axis=1)
    tall = RNG.integers(0, 256, (12, 4, 3), np.uint8)
    camera = Camera(monkeypatch, [(True, one) for one in (COLOUR, large, tall, COLOUR)])
    assert camera.run() == 4
    assert len(camera.written) == 4
    for index in (0, 1, 3):
        np.testing.assert_array_equal(camera.written[index], COLOUR)
    note = "note: 2 pictures of another size were stretched to the video's 8 x 6\n"
    assert capsys.readouterr().err == note


# --- pictures that are not there --------------------------------------------------------------


def test_pictures_that_are_missing_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reads = [(True, None), (True, COLOUR), (True, None), (True, np.zeros((0, 0, 3), np.uint8))]
    camera = Camera(monkeypatch, [*reads, (True, COLOUR)])
    assert camera.run() == 2
    assert capsys.readouterr().err == "note: 3 times the source gave no picture\n"
    camera = Camera(monkeypatch, [LOST, (True, COLOUR), LOST, (True, COLOUR)])
    monkeypatch.setattr("hw.driver.camera.newest", lambda source, _: source)  # these come at once
    assert camera.run("0", 2) == 2  # a camera goes on behind a read that failed
    assert capsys.readouterr().err == "note: 2 times the source gave no picture\n"


@pytest.mark.parametrize("source", ["film.mp4", "0"])
def test_a_source_that_gives_nothing_any_more(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    camera = Camera(monkeypatch, [(True, COLOUR)] + [(True, None)] * 1000)
    said = f"--source {source}: no picture 10 times in a row, behind 1 pictures"
    with pytest.raises(AcceleratorError, match=said):
        camera.run(source)


def test_an_end_before_the_count_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = Camera(monkeypatch, [(True, COLOUR)] * 3)
    assert camera.run(count=5) == 3
    assert capsys.readouterr().err == "note: the source ended behind 3 of 5 pictures\n"


def test_a_source_without_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    for source, said in (("film.mp4", "opened, but it has no picture"), ("0", "no picture 10")):
        with pytest.raises(AcceleratorError, match=f"--source {source}: {said}"):
            Camera(monkeypatch, []).run(source)


def test_a_read_that_raises_is_the_source_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = Camera(monkeypatch, [(True, COLOUR), opencv.error("bad stream")])
    with pytest.raises(AcceleratorError, match=r"--source film\.mp4: cannot be read \(error: bad"):
        camera.run()
    assert camera.capture.released


def test_ctrl_c_tells_what_was_read_and_not_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = Camera(monkeypatch, [])

    class Reader(list[Any]):
        def pop(self, _: Any = -1) -> Any:
            if not super().pop(0):
                raise KeyboardInterrupt
            return True, COLOUR

    camera.capture.reads = Reader([1, 1, 1, 0])
    assert camera.run() == 2
    note = "note: 1 pictures more were read and are not in the result\n"
    assert capsys.readouterr().err == note


# --- the video --------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1.0, 29.97, 120, 1000])
def test_rates_that_a_video_can_have(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rate: float
) -> None:
    camera = Camera(monkeypatch, [(True, COLOUR)] * 2, rate)
    assert camera.run() == 2
    assert camera.writers[0].rate == rate
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "rate",
    [
        float("nan"),
        -1,
        0,
        0.5,
        0.999,
        float("inf"),
        -float("inf"),
        90_000,
        None,
        opencv.error("no"),
    ],
)
def test_rates_that_none_can_have_are_replaced_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rate: Any
) -> None:
    camera = Camera(monkeypatch, [(True, COLOUR)] * 3, rate)
    assert camera.run() == 3
    assert camera.writers[0].rate == 25.0
    assert len(camera.written) == 3
    said = capsys.readouterr().err
    assert said.startswith("note: the source names no rate that a video can have (")
    assert said.endswith("): the video has 25 pictures a second\n")


def test_a_place_that_is_none_is_told_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(b"x")
    os.link(source, tmp_path / "same.avi")
    for out, said in (
        (tmp_path, "is a folder; expected an .avi"),
        (tmp_path / "nowhere" / "a.avi", f"there is no folder {tmp_path / 'nowhere'}; expected"),
        (source, "is the source; expected another file"),
        (tmp_path / "same.avi", "is the source; expected another file"),
    ):
        camera = Camera(monkeypatch, [(True, COLOUR)])
        with pytest.raises(AcceleratorError, match=f"--out {out}: {said}"):
            camera.run(str(source), out=str(out))
        assert len(camera.capture.reads) == 1


def test_a_picture_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise opencv.error("disk full")

    monkeypatch.setattr(Writer, "write", full)
    camera = Camera(monkeypatch, [(True, COLOUR)])
    with pytest.raises(AcceleratorError, match=r"--out out\.avi: a picture cannot be written \("):
        camera.run()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--frames", "-1"], "error: --frames -1: expected 0 (all of them) or more\n"),
        (["--threshold", "nan"], "error: threshold nan: expected 0 to 1\n"),
        (["--source", "²"], "error: --source ²: no camera or readable video\n"),
        (["--source", "0" * 5000], "no camera or readable video\n"),
    ],
)
def test_options_out_of_range(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    made = Camera(monkeypatch, [(True, COLOUR)])
    made.capture.isOpened = lambda: "--source" not in options  # type: ignore[method-assign]
    monkeypatch.setattr(
        camera, "open_accelerator", lambda _: DupNetAccelerator(FakeBus(), DESCRIPTION)
    )
    assert camera.main(options) == 1
    assert capsys.readouterr().err.endswith(said)


# --- OpenCV itself ----------------------------------------------------------------------------


def test_a_video_of_opencv_s_own(tmp_path: Path) -> None:
    """Five pictures written and read by OpenCV, through the camera, into another video."""
    source, out = str(tmp_path / "a.avi"), str(tmp_path / "b.avi")
    code = opencv.VideoWriter_fourcc(*"MJPG")  # type: ignore[attr-defined]
    writer = opencv.VideoWriter(source, code, 12.5, (64, 48))
    for level in range(5):
        writer.write(np.full((48, 64, 3), 50 * level, np.uint8))
    writer.release()
    with DupNetAccelerator(FakeBus(), DESCRIPTION) as accelerator:
        assert follow(accelerator, source, out, 0, 1.0)[0] == 5
    capture = opencv.VideoCapture(out)
    assert capture.get(opencv.CAP_PROP_FPS) == 12.5
    levels = []
    while True:
        there, picture = capture.read()
        if not there:
            break
        levels.append(float(picture.mean()))
    capture.release()
    assert np.allclose(levels, [0, 50, 100, 150, 200], atol=4)
