"""``DupNetAccelerator``: frames to integers, pictures to boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import detection, integer_path
from .backend import Backend, Bus, as_list, only
from .camera_backend import CameraBackend
from .description import Description, Tensor, find_description, read_description
from .detection import Detections
from .dma import DmaBackend
from .errors import AcceleratorError, ValidationError
from .files import load_array
from .frame_memory import frame_lines
from .host_tail import HostTail
from .loading import Loading
from .pynq_bus import PynqBus
from .video_backend import VideoBackend

#: Vectors that ship with the driver: this folder beside the description.
VECTORS = "vectors"


class DupNetAccelerator(Loading):
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
        self._begin_loading()

    def __enter__(self) -> DupNetAccelerator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop what runs, give back buffers and bus."""
        self.backend.close()

    def execute(self, frames: Any) -> Any:
        """Frames (N, H, W, C), or one (H, W, C) -> the network's integers, (N, H', W', C').

        Frames are integers of the input's type; ``quantize`` makes them of real numbers. A network
        with several inputs takes a list of such arrays, one an input, or a dict by their names; one
        with several outputs gives a list, one an output (FINN's driver does so too).
        """
        inputs = self.description.inputs
        arrays = [np.asarray(each) for each in self._of_inputs(frames)]
        arrays = [array[np.newaxis] if array.ndim == 3 else array for array in arrays]
        for source, array in zip(inputs, arrays):
            if array.ndim != 4 or not len(array):
                raise AcceleratorError(f"frames of shape {array.shape}; {expected(source)}")
            _check_kind(source, array[0])
            source.taken.check(array)
        if len(set(map(len, arrays))) > 1:
            raise AcceleratorError(
                f"{' and '.join(str(len(array)) for array in arrays)} frames at the inputs; "
                "expected as many at each"
            )
        return self.backend.execute(only(arrays))

    def quantize(self, real: Any, index: int = 0) -> Any:
        """Real numbers as the network's file takes them -> the integers that ``execute`` takes.

        real: (..., H, W, C), of input number index. By the scale, zero point and rounding of the
        file's own quantizer.
        """
        source = self.description.inputs[index]
        return source.taken.quantize(real, source.scale[0]).astype(source.dtype)

    def outputs(self, integers: Any) -> dict[str, Any]:
        """Integers (N, H', W', C') of ``execute`` -> the outputs of the network's file, by name.

        Of several outputs of the hardware the list of them, as ``execute`` gives it.
        What the hardware does not do is done here, by onnxruntime; where that is but a scale and a
        bias, by numpy. Raises AcceleratorError where onnxruntime is needed and missing.
        """
        if self._tail is None:
            self._tail = HostTail(self.description, self.folder)
        given = as_list(integers, len(self.description.outputs))
        return self._tail.run(only([np.asarray(each) for each in given]))

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """Frames (H, W, C) one by one -> integers (H', W', C'), double-buffered.

        The result of a frame is given once the next frame is under way. Of several inputs or
        outputs a frame, or its integers, are a list, as ``execute`` has them.
        """

        def checked() -> Iterator[Any]:
            for frame in frames:
                arrays = [np.asarray(each) for each in self._of_inputs(frame)]
                for source, array in zip(self.description.inputs, arrays):
                    _check_kind(source, array)
                    source.taken.check(array)
                yield only(arrays)

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
        pictures: Iterable[Any] | None = None,
        threshold: float | None = None,
        overlap: float = 0.45,
        limit: int = 100,
        camera_path: bool = False,
        pixels: str = "RGB",
        size: tuple[int, int] | None = None,
    ) -> Iterator[Detections]:
        """As ``detect``, picture after picture, the hardware busy while boxes are decoded.

        Hardware with a video input takes no pictures: boxes of its frames come without end, as
        ``VideoBackend.video_stream`` says; size: (width, height) of these.
        """
        least = self.description.least_score(threshold)
        if isinstance(self.backend, VideoBackend):
            if pictures is not None:
                raise AcceleratorError(
                    "detect_stream: this build's frames come from its video "
                    "input; expected no pictures"
                )
            yield from self.backend.video_stream(least, overlap, limit, size, pixels)
            return
        if pictures is None or size is not None:
            raise AcceleratorError(
                "detect_stream without pictures, or with size, is for builds "
                "with a video input; expected pictures"
            )
        if isinstance(self.backend, CameraBackend):
            lines = (frame_lines(picture, pixels) for picture in pictures)
            yield from self.backend.boxes_stream(lines, least, overlap, limit)
            return
        height, width, channels = self.description.input.shape
        if height != width or channels != 3 or not self.description.takes_pixels:
            raise AcceleratorError(
                f"{self.description.name} takes no square pictures of 3 channels"
            )
        if len(self.description.blocks) != 2:
            raise AcceleratorError(
                f"{self.description.name} has several inputs or outputs; boxes are found in the "
                "only output of an only picture: use execute"
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
        and again: a PYNQ-Z2 has no memory for many. The bandwidths are of all inputs, of all
        outputs.
        """
        sources, results = self.description.inputs, self.description.outputs
        rng = np.random.RandomState(0)
        batches = []
        for source in sources:
            frame = source.taken.random(rng, source.shape).astype(source.dtype)
            batches.append(np.broadcast_to(frame, (frames, *source.shape)))
        self.execute(only([batch[:1] for batch in batches]))  # allocates the buffers
        began = self.backend.now()
        self.execute(only(batches))
        seconds = self.backend.now() - began
        taken, given = (sum(each.frame_bytes for each in group) for group in (sources, results))
        return {
            "runtime[ms]": seconds * 1e3,
            "throughput[images/s]": frames / seconds,
            "DRAM_in_bandwidth[MB/s]": taken * frames / seconds / 1e6,
            "DRAM_out_bandwidth[MB/s]": given * frames / seconds / 1e6,
            "fclk[mhz]": self.description.clock_mhz,
            "batch_size": frames,
        }

    def validate(self, folder: str | Path | None = None) -> int:
        """Frames of ``input.npy`` against the integers in ``expected.npy``: ``==`` or an error.

        Several inputs or outputs have a file each: ``vector_names``. folder: default ``vectors``
        beside the description. Returns how many frames were compared. Raises ValidationError at
        the first integer that differs.
        """
        if folder is None:
            if self.folder is None:
                raise AcceleratorError("validate needs the folder of the vectors")
            folder = self.folder / VECTORS
        frames, right = (
            {name: load_array(str(Path(folder) / name)) for name in names}
            for names in vector_names(self.description)
        )
        count = len(next(iter(frames.values())))
        for name, array in frames.items():
            if array.ndim != 4 or not count or len(array) != count:
                raise AcceleratorError(self._unfit(folder, {**frames, **right}, name))
        for (name, array), result in zip(right.items(), self.description.outputs):
            if array.shape != (count, *result.shape):
                raise AcceleratorError(self._unfit(folder, {**frames, **right}, name))
        found = as_list(self.execute(only(list(frames.values()))), len(right))
        for (name, wanted), mine in zip(right.items(), found):
            _compare(mine, wanted, f"{name}, " if len(right) > 1 else "")
        return count

    def _unfit(self, folder: str | Path, arrays: dict[str, Any], name: str) -> str:
        """The text on vectors whose shapes are not the network's; name: of the first such file."""
        shapes = ", ".join(
            f"{each} has shape {array.shape}" if not at else f"{each} {array.shape}"
            for at, (each, array) in enumerate(arrays.items())
        )
        inputs = "; ".join(expected(source) for source in self.description.inputs)
        results = " and ".join(
            f"(N, {', '.join(map(str, result.shape))})" for result in self.description.outputs
        )
        wrong = f" ({name} does not fit)" if len(arrays) > 2 else ""
        return f"{folder}: {shapes}{wrong}; {inputs} and {results} integers"

    def counters(self) -> dict[str, int]:
        """Counters of the hardware."""
        return self.backend.counters()

    def _of_inputs(self, frames: Any) -> list[Any]:
        """The arrays of the inputs: of one input itself, of several a list or dict of them."""
        inputs = self.description.inputs
        if len(inputs) == 1:
            return [frames]
        names = [source.name for source in inputs]
        if isinstance(frames, dict):
            if set(frames) != set(names):
                raise AcceleratorError(
                    f"inputs {', '.join(map(str, frames))}; expected {', '.join(names)}"
                )
            return [frames[name] for name in names]
        if not isinstance(frames, (list, tuple)) or len(frames) != len(inputs):
            raise AcceleratorError(
                f"the network has {len(inputs)} inputs ({', '.join(names)}); expected a list of as "
                "many arrays"
            )
        return list(frames)


def vector_names(description: Description) -> tuple[list[str], list[str]]:
    """Files of the frames and of the integers that ``validate`` reads: a number where several."""

    def names(stem: str, count: int) -> list[str]:
        return [f"{stem}.npy"] if count == 1 else [f"{stem}_{at}.npy" for at in range(count)]

    return names("input", len(description.inputs)), names("expected", len(description.outputs))


def expected(source: Tensor) -> str:
    """The arrays that an input takes, as errors say it."""
    shape = ", ".join(map(str, source.shape))
    of = f" at {source.name}" if source.name else ""
    return f"the network takes (N, {shape}) {source.dtype}{of}"


def _check_kind(source: Tensor, frame: Any) -> None:
    if frame.shape != source.shape or frame.dtype != source.dtype:
        raise AcceleratorError(f"a frame of shape {frame.shape}, {frame.dtype}; {expected(source)}")


def _compare(found: Any, right: Any, where: str) -> None:
    """ValidationError at the first of the integers (N, H, W, C) that differs."""
    unequal = np.argwhere(found != right)
    if not len(unequal):
        return
    frame, row, column, channel = (int(v) for v in unequal[0])
    at = tuple(unequal[0])
    raise ValidationError(
        f"{where}frame {frame}, row {row}, column {column}, channel {channel}: expected "
        f"{right[at]}, found {found[at]} ({len(unequal)} of {found.size} integers differ)"
    )


def _backend(target: Any, description: Description, batch: int | None) -> Backend:
    options = {} if batch is None else {"batch": batch}
    if description.camera is not None and not hasattr(target, "execute"):
        bus = PynqBus(target, description) if isinstance(target, (str, Path)) else target
        kind = VideoBackend if description.camera.source == "video" else CameraBackend
        return kind(bus, description)
    if isinstance(target, (str, Path)):
        return DmaBackend(PynqBus(target, description), description, **options)
    if hasattr(target, "execute"):
        if batch is not None:
            raise AcceleratorError("batch is an option of a bitfile or a bus")
        backend: Backend = target
        return backend
    return DmaBackend(target, description, **options)
