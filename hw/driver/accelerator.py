"""``DupNetAccelerator``: frames to integers, pictures to boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from . import detection, integer_path
from .backend import Backend, Bus
from .camera_backend import CameraBackend
from .description import Description, find_description, read_description
from .detection import Detections
from .dma import DmaBackend
from .errors import AcceleratorError, ValidationError
from .files import load_array
from .frame_memory import frame_lines
from .host_tail import HostTail
from .pynq_bus import PynqBus
from .weights import read_weights

#: Vectors that ship with the driver: this folder beside the description.
VECTORS = "vectors"


class DupNetAccelerator:
    """The accelerator on a board.

    Args:
        target: a bitfile for PYNQ, a ``Bus``, or a ``Backend``.
        description: ``accelerator.json``, its path or what was read of it; without one, the file in
            the bitfile's folder or the one above it.
        batch: frames of one transfer at most, where target is a bitfile or a bus.

    Raises AcceleratorError where the hardware is none of this project's, or of another build than
    the description. A context manager: leaving it closes the back-end.
    """

    def __init__(
        self,
        target: str | Path | Bus | Backend,
        description: str | Path | Description | None = None,
        batch: int | None = None,
    ) -> None:
        bitfile = target if isinstance(target, (str, Path)) else None
        if description is None:
            if bitfile is None:
                raise AcceleratorError("a description is needed where the target is no bitfile")
            description = find_description(bitfile)
        self.folder = None if isinstance(description, Description) else Path(description).parent
        if not isinstance(description, Description):
            description = read_description(description)
        self.description = description
        self.backend = _backend(target, description, batch)
        self._tail: HostTail | None = None

    def __enter__(self) -> DupNetAccelerator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop what runs, give back buffers and bus."""
        self.backend.close()

    def execute(self, frames: Any) -> Any:
        """Frames (N, H, W, C), or one (H, W, C) -> the network's integers, (N, H', W', C').

        Frames are integers of the input's type; ``quantize`` makes them of real numbers.
        """
        array = np.asarray(frames)
        array = array[np.newaxis] if array.ndim == 3 else array
        if array.ndim != 4 or not len(array):
            raise AcceleratorError(f"frames of shape {array.shape}; {self._expected()}")
        self._check_kind(array[0])
        self.description.input.taken.check(array)
        return self.backend.execute(array)

    def quantize(self, real: Any) -> Any:
        """Real numbers as the network's file takes them -> the integers that ``execute`` takes.

        real: (..., H, W, C). By the scale, zero point and rounding of the file's own quantizer.
        """
        source = self.description.input
        return source.taken.quantize(real, source.scale[0]).astype(source.dtype)

    def load_weights(self, folder: str | Path) -> int:
        """Make the accelerator another network of the same structure; returns how many words.

        folder: what `flows weights` wrote for this build. They are written between frames, each is
        read back, and ``outputs`` is then of that network. Raises AcceleratorError where the
        hardware's weights are constants, and for a folder of another build; then, and where an
        error comes while words are written, execute nothing before it has been loaded whole.
        """
        weights = read_weights(folder, self.description.output.shape[-1])
        if weights.build_id != self.description.build_id:
            raise AcceleratorError(
                f"{folder}: words for build 0x{weights.build_id:08x}, this is build "
                f"0x{self.description.build_id:08x}; expected what `flows weights` wrote for it"
            )
        load = getattr(self.backend, "load", None)
        if load is None:
            raise AcceleratorError("weights cannot be written by way of this board's link")
        count = int(load(weights.words))
        output = replace(self.description.output, scale=weights.scale, bias=weights.bias)
        self.description = replace(self.description, output=output, host_nodes=weights.host_nodes)
        self._tail = HostTail(self.description, folder)
        return count

    def outputs(self, integers: Any) -> dict[str, Any]:
        """Integers (N, H', W', C') of ``execute`` -> the outputs of the network's file, by name.

        What the hardware does not do is done here, by onnxruntime; where that is but a scale and a
        bias, by numpy. Raises AcceleratorError where onnxruntime is needed and missing.
        """
        if self._tail is None:
            self._tail = HostTail(self.description, self.folder)
        return self._tail.run(np.asarray(integers))

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """Frames (H, W, C) one by one -> integers (H', W', C'), double-buffered.

        The result of a frame is given once the next frame is under way.
        """

        def checked() -> Iterator[Any]:
            for frame in frames:
                array = np.asarray(frame)
                self._check_frame(array)
                yield array

        return self.backend.stream(checked())

    def detect(
        self,
        picture: Any,
        threshold: float | None = None,
        overlap: float = 0.45,
        limit: int = 100,
        camera_path: bool = False,
        pixels: str = "RGB",
    ) -> Detections:
        """Faces in a picture (H, W, 3) uint8 RGB of any size, in the picture's pixels.

        threshold: least score, 0 to 1; default: the network's own (``Description.least_score``).
        overlap: intersection over union above which the worse of two boxes is left out. limit:
        boxes at most. camera_path: resize and decode in the integers of the camera path
        (``integer_path``) instead of real numbers; hardware with a camera path always does. pixels:
        RGB; or BGR (OpenCV's), GREY (H, W), YUYV (H, W, 2), as ``frame_memory`` says. Hardware with
        a camera path takes them as they lie in memory.
        """
        (found,) = self.detect_stream([picture], threshold, overlap, limit, camera_path, pixels)
        return found

    def frame_buffer(self, height: int, width: int, pixels: str = "RGB") -> Any:
        """Memory for a camera to write frames into: uint8, (H, W, 3), (H, W, 1) or (H, W, 2).

        Hardware with a camera path reads a frame in it where it lies; the memory may be written
        again when ``detect`` has returned, or ``detect_stream`` asks for the next frame. Without a
        camera path it is an array as any other.
        """
        channels = {"RGB": 3, "BGR": 3, "GREY": 1, "YUYV": 2}.get(pixels)
        if channels is None or height < 1 or width < 1:
            raise AcceleratorError(
                f"a buffer for {width} x {height} pixels {pixels}; expected 1 x 1 or more of RGB, "
                "BGR, GREY or YUYV"
            )
        if isinstance(self.backend, CameraBackend):
            return self.backend.frame_buffer(height, width, channels)
        return np.zeros((height, width, channels), np.uint8)

    def detect_stream(
        self,
        pictures: Iterable[Any],
        threshold: float | None = None,
        overlap: float = 0.45,
        limit: int = 100,
        camera_path: bool = False,
        pixels: str = "RGB",
    ) -> Iterator[Detections]:
        """As ``detect``, picture after picture, the hardware busy while boxes are decoded."""
        least = self.description.least_score(threshold)
        if isinstance(self.backend, CameraBackend):
            lines = (frame_lines(picture, pixels) for picture in pictures)
            yield from self.backend.boxes_stream(lines, least, overlap, limit)
            return
        height, width, channels = self.description.input.shape
        if height != width or channels != 3 or not self.description.takes_pixels:
            raise AcceleratorError(
                f"{self.description.name} takes no square pictures of 3 channels"
            )
        path: Any = integer_path if camera_path else detection
        placements = []

        def frames() -> Iterator[Any]:
            for picture in pictures:
                rgb = picture if pixels == "RGB" else frame_lines(picture, pixels).rgb()
                frame, placement = path.letterbox(rgb, height)
                placements.append(placement)
                yield frame

        for output in self.stream(frames()):
            found = path.find(output, self.description, least, overlap, limit)
            yield Detections(placements.pop(0).to_picture(found.boxes), found.scores)

    def throughput_test(self, frames: int = 16) -> dict[str, float]:
        """Time of frames in a row, with the keys of FINN's drivers.

        Copies into and out of the buffers are part of it; decoding is not. It is one frame again
        and again: a PYNQ-Z2 has no memory for many.
        """
        source, result = self.description.input, self.description.output
        rng = np.random.RandomState(0)
        frame = source.taken.random(rng, source.shape).astype(source.dtype)
        batch = np.broadcast_to(frame, (frames, *source.shape))
        self.execute(batch[:1])  # allocates the buffers
        began = self.backend.now()
        self.execute(batch)
        seconds = self.backend.now() - began
        return {
            "runtime[ms]": seconds * 1e3,
            "throughput[images/s]": frames / seconds,
            "DRAM_in_bandwidth[MB/s]": source.frame_bytes * frames / seconds / 1e6,
            "DRAM_out_bandwidth[MB/s]": result.frame_bytes * frames / seconds / 1e6,
            "fclk[mhz]": self.description.clock_mhz,
            "batch_size": frames,
        }

    def validate(self, folder: str | Path | None = None) -> int:
        """Frames of ``input.npy`` against the integers in ``expected.npy``: ``==`` or an error.

        folder: default ``vectors`` beside the description. Returns how many frames were compared.
        Raises ValidationError at the first integer that differs.
        """
        if folder is None:
            if self.folder is None:
                raise AcceleratorError("validate needs the folder of the vectors")
            folder = self.folder / VECTORS
        frames, expected = (
            load_array(str(Path(folder) / name)) for name in ("input.npy", "expected.npy")
        )
        wanted = (len(frames), *self.description.output.shape)
        if frames.ndim != 4 or expected.shape != wanted or not len(frames):
            raise AcceleratorError(
                f"{folder}: input.npy has shape {frames.shape}, expected.npy {expected.shape}; "
                f"{self._expected()} and (N, {', '.join(map(str, wanted[1:]))}) integers"
            )
        found = self.execute(frames)
        unequal = np.argwhere(found != expected)
        if len(unequal):
            frame, row, column, channel = (int(v) for v in unequal[0])
            at = tuple(unequal[0])
            raise ValidationError(
                f"frame {frame}, row {row}, column {column}, channel {channel}: expected "
                f"{expected[at]}, found {found[at]} ({len(unequal)} of {found.size} integers "
                "differ)"
            )
        return len(frames)

    def counters(self) -> dict[str, int]:
        """Counters of the hardware."""
        return self.backend.counters()

    def _expected(self) -> str:
        shape = ", ".join(map(str, self.description.input.shape))
        return f"the network takes (N, {shape}) {self.description.input.dtype}"

    def _check_frame(self, frame: Any) -> None:
        self._check_kind(frame)
        self.description.input.taken.check(frame)

    def _check_kind(self, frame: Any) -> None:
        source = self.description.input
        if frame.shape != source.shape or frame.dtype != source.dtype:
            raise AcceleratorError(
                f"a frame of shape {frame.shape}, {frame.dtype}; {self._expected()}"
            )


def _backend(target: Any, description: Description, batch: int | None) -> Backend:
    options = {} if batch is None else {"batch": batch}
    if description.camera is not None and not hasattr(target, "execute"):
        bus = PynqBus(target, description) if isinstance(target, (str, Path)) else target
        return CameraBackend(bus, description)
    if isinstance(target, (str, Path)):
        return DmaBackend(PynqBus(target, description), description, **options)
    if hasattr(target, "execute"):
        if batch is not None:
            raise AcceleratorError("batch is an option of a bitfile or a bus")
        backend: Backend = target
        return backend
    return DmaBackend(target, description, **options)
