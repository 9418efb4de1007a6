"""The shell with a camera path whose frames come from a video input: boxes alone."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from . import camera_registers as reg
from .camera_backend import CAMERA, CameraBackend
from .detection import Detections
from .errors import AcceleratorError, StuckError
from .frame_memory import PIXELS, FrameLines
from .integer_path import errors, frames, path

#: Faults of a frame, by the bit of FAULTS.
FAULTS = {0: "a line was too short", 1: "a line was too long", 2: "lines lack", 3: "it had more"}
#: So many frames in a row that are not of their size are an error.
MOST_DAMAGED = 10


@dataclass(frozen=True)
class VideoDetections(Detections):
    """Boxes of a frame of the stream. number: among all its frames, modulo 65,536; its size."""

    number: int
    width: int
    height: int


class VideoBackend(CameraBackend):
    """``CameraBackend`` of a build whose frames come in as AXI4-Stream Video.

    ``video_stream`` alone gives results: there is no way in for frames of the processor.
    """

    _is_video = True
    _advice = "; does the video source run?"

    def video_stream(
        self,
        threshold: float,
        overlap: float,
        limit: int,
        size: tuple[int, int] | None = None,
        pixels: str = "RGB",
        integers: list[Any] | None = None,
    ) -> Generator[VideoDetections, None, None]:
        """Boxes of the stream's frames, one after the other, as long as they are asked for.

        size: (width, height) of the frames; default: what the stream has had, and what it changes
        to. pixels: RGB, BGR (red and blue exchanged), GREY or YUYV, as the register FORMAT says.
        Frames that were not of their size are left out; ``counters`` has them as damaged, and as
        dropped those for which the reader came late. integers: gets the network's of each frame.
        Raises StuckError where no frame comes, AcceleratorError where none is of this size.
        """
        if pixels not in PIXELS:
            raise AcceleratorError(f"pixels {pixels}: expected one of {', '.join(PIXELS)}")
        try:
            settings = path.Settings.make(threshold, overlap, limit)
        except errors.CameraPathError as error:
            raise AcceleratorError(str(error)) from None
        damaged = 0
        for handed in self._pipeline(self._asked(size, pixels), settings, integers is not None):
            found, note = self._records(handed)
            width, height = handed.layout.width, handed.layout.height
            if note >> 16:
                damaged += 1
                if damaged == MOST_DAMAGED:
                    raise AcceleratorError(self._unfit(note >> 16, width, height))
                continue
            damaged = 0
            if integers is not None:
                handed.slot.raw.invalidate()
                integers.append(handed.slot.raw.array.copy())
            yield VideoDetections(found.boxes, found.scores, note & 0xFFFF, width, height)

    def boxes_stream(self, *_: Any, **__: Any) -> Generator[Detections, None, None]:
        """AcceleratorError: frames cannot be handed over."""
        raise AcceleratorError(_NO_FRAMES)

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """AcceleratorError: frames cannot be handed over."""
        raise AcceleratorError(_NO_FRAMES)

    def frame_buffer(self, height: int, width: int, channels: int) -> Any:
        """AcceleratorError: frames cannot be handed over."""
        raise AcceleratorError(_NO_FRAMES)

    def _asked(self, size: tuple[int, int] | None, pixels: str) -> Iterator[FrameLines]:
        """The next frame to ask for, without end: of the size that the stream has by then."""
        kind = frames.PixelFormat[pixels]
        while True:
            width, height = self._size() if size is None else size
            try:
                layout = frames.FrameFormat(width, height, kind)
            except errors.CameraPathError as error:
                raise AcceleratorError(str(error)) from None
            yield FrameLines(None, layout)

    def _size(self) -> tuple[int, int]:
        """(width, height) that the stream's frames have; waits for a first one."""
        since = self.bus.now()
        while not (found := self._read(reg.VIDEO_SIZE)):
            if self.bus.now() - since > self.bus.patience:
                raise StuckError(
                    f"{CAMERA}: no whole frame at the video input within {self.bus.patience:g} s"
                    f"{self._advice}"
                )
            self.bus.pause()
        return found & 0xFFFF, found >> 16

    def _place(self, frame: FrameLines, slot: Any) -> tuple[int, int, bool]:
        return 0, 0, False

    def _unfit(self, faults: int, width: int, height: int) -> str:
        texts = [text for bit, text in FAULTS.items() if faults >> bit & 1]
        seen = self._read(reg.VIDEO_SIZE)
        return (
            f"{MOST_DAMAGED} frames in a row were not {width} x {height} ({', '.join(texts)}); the "
            f"video input's last one was {seen & 0xFFFF} x {seen >> 16}"
        )


_NO_FRAMES = (
    "frames of this build come from its video input: detect_stream without pictures gives their "
    "boxes; expected a build with camera: memory, or without a camera, for frames of the processor"
)
