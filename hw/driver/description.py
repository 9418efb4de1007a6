"""The description of an accelerator, ``accelerator.json``, which is written with its bitfile."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .errors import AcceleratorError
from .fields import FieldError, Fields, parse
from .files import utf8_text
from .integers import Integers

FILE = "accelerator.json"
#: Types of the elements of a frame in memory: the smallest that holds the stream's lanes.
DTYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32")
#: Least score of a box where neither the network nor the caller says one.
DEFAULT_SCORE = 0.5
#: Limits of what is read: of the file, of a tensor's side, of a frame in memory, of the clock.
MAX_BYTES, MAX_SIDE, MAX_FRAME, MAX_MHZ = 1 << 20, 1 << 16, 1 << 30, 10_000.0
#: Most anchors, and most pixels of the input a cell.
MAX_ANCHORS, MAX_STRIDE = 1000, 1 << 16
#: Most inputs, and most outputs.
MAX_STREAMS = 8
#: Most operators of the host, and most outputs.
MAX_NODES = 10_000
#: Steps of a layout, and most steps and axes.
LAYOUT_STEPS, MAX_AXES = ("transpose", "squeeze", "unsqueeze", "reshape"), 16


@dataclass(frozen=True)
class Tensor:
    """Frames in memory: (N, *shape), NHWC, dense, elements of dtype (little endian).

    An element of fewer bits than dtype has is sign-extended where dtype is signed. scale, bias: the
    real value is ``scale * integer + bias``, one of each for a channel, or one for all. integers:
    of an input, those that it takes; None: all of dtype. name: of the stream, where there are
    several inputs or outputs.
    """

    shape: tuple[int, int, int]
    dtype: str
    scale: tuple[float, ...] = (1.0,)
    bias: tuple[float, ...] = (0.0,)
    integers: Integers | None = None
    name: str = ""

    @property
    def taken(self) -> Integers:
        """The integers that it can hold."""
        if self.integers is not None:
            return self.integers
        kind = np.iinfo(np.dtype(self.dtype))
        return Integers(int(kind.min), int(kind.max))

    def real(self, integers: Any) -> Any:
        """Integers (..., C) -> the numbers that they stand for, float64."""
        real = np.asarray(integers, np.float64) * np.array(self.scale) + np.array(self.bias)
        return real

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        height, width, channels = self.shape
        return height * width * channels * int(np.dtype(self.dtype).itemsize)


@dataclass(frozen=True)
class Camera:
    """The camera path of the hardware. source: where frames come from, "memory" or "video".

    max_side: pixels of a frame's side at most. candidates: kept for suppression, and boxes at most.
    """

    source: str
    max_side: int
    candidates: int


@dataclass(frozen=True)
class Description:
    """One accelerator.

    build_id: the first 32 bits of the build's hash, which the hardware repeats. further_inputs,
    further_outputs: those behind the first, in the order of the streams. registers: bus address of
    each DMA block. anchors: (width, height) in cells of the output, None where the
    network is no detector; stride: pixels of the input a cell; threshold: least score of a box, 0
    to 1, None where the network names none. host_nodes: the file's operators that the host does
    (``host_tail.onnx``), none where the output is but scaled; host_outputs: names of the outputs;
    host_layout: how the only output lies in the file, where there are no such operators: steps from
    (1, C, H, W) on, "transpose", "squeeze" and "unsqueeze" with axes, "reshape" with sizes. camera:
    of hardware with a camera path.
    """

    name: str
    board: str
    build_id: int
    clock_mhz: float
    input: Tensor
    output: Tensor
    registers: dict[str, int]
    anchors: tuple[tuple[float, float], ...] | None = None
    stride: int = 32
    threshold: float | None = None
    host_nodes: tuple[str, ...] = ()
    host_outputs: tuple[str, ...] = ("output",)
    host_layout: tuple[tuple[str, tuple[int, ...]], ...] = ()
    camera: Camera | None = None
    further_inputs: tuple[Tensor, ...] = ()
    further_outputs: tuple[Tensor, ...] = ()

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """All inputs: that of ``idma<i>`` is number i."""
        return (self.input, *self.further_inputs)

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """All outputs: that of ``odma<i>`` is number i."""
        return (self.output, *self.further_outputs)

    @property
    def blocks(self) -> dict[str, Tensor]:
        """The tensor of each DMA block, by its name: idmas, then odmas."""
        named = {f"idma{index}": tensor for index, tensor in enumerate(self.inputs)}
        named.update({f"odma{index}": tensor for index, tensor in enumerate(self.outputs)})
        return named

    @property
    def detects(self) -> bool:
        """Whether it finds boxes in pictures: it has anchors and takes squares of RGB pixels."""
        height, width, channels = self.input.shape
        single = len(self.blocks) == 2 and height == width and channels == 3
        return self.anchors is not None and single and self.takes_pixels

    @property
    def takes_pixels(self) -> bool:
        """Whether its input has the integers of a picture, 0 to 255."""
        taken = self.input.taken
        return self.input.dtype == "uint8" and (taken.low, taken.high) == (0, 255)

    def least_score(self, given: float | None = None) -> float:
        """The threshold that counts: the one given, else the network's own, else 0.5.

        Raises AcceleratorError where the one given is no number from 0 to 1.
        """
        if given is None:
            return DEFAULT_SCORE if self.threshold is None else self.threshold
        if not isinstance(given, (int, float)) or not 0 <= given <= 1:
            raise AcceleratorError(f"threshold {given}: expected 0 to 1")
        return float(given)

    def to_json(self) -> str:
        """Text of ``accelerator.json``."""

        def tensor(t: Tensor) -> dict[str, Any]:
            named = {"name": t.name} if t.name else {}
            return {
                **named,
                "shape": list(t.shape),
                "dtype": t.dtype,
                "frame_bytes": t.frame_bytes,
                "scale": list(t.scale),
                "bias": list(t.bias),
                "integers": None if t.integers is None else t.integers.to_json(),
            }

        lists = (("further_inputs", self.further_inputs), ("further_outputs", self.further_outputs))
        further = {key: [tensor(t) for t in tensors] for key, tensors in lists if tensors}
        detection = None
        if self.anchors is not None:
            detection = {
                "anchors": [list(a) for a in self.anchors],
                "stride": self.stride,
                "threshold": self.threshold,
            }
        data: dict[str, Any] = {
            "name": self.name,
            "board": self.board,
            "build_id": f"0x{self.build_id:08x}",
            "clock_mhz": self.clock_mhz,
            "input": tensor(self.input),
            "output": tensor(self.output),
            **further,
            "detection": detection,
            "host_tail": {
                "nodes": list(self.host_nodes),
                "outputs": list(self.host_outputs),
                "layout": [{"step": kind, "axes": list(axes)} for kind, axes in self.host_layout],
            },
            "registers": {name: f"0x{base:08x}" for name, base in self.registers.items()},
        }
        if self.camera is not None:
            data["camera"] = {
                "source": self.camera.source,
                "max_side": self.camera.max_side,
                "candidates": self.camera.candidates,
            }
        return json.dumps(data, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Description:
        """Inverse of ``to_json``; FieldError, a ValueError, says what is wrong in other texts."""
        data = Fields(parse(text), "")
        anchors, stride, threshold = None, 32, None
        if data.value("detection") is not None:
            detection = data.inside("detection")
            anchors = tuple(
                (width, height) for width, height in detection.rows("anchors", 2, MAX_ANCHORS)
            )
            stride = detection.integer("stride", 1, MAX_STRIDE)
            if detection.optional("threshold") is not None:
                threshold = detection.number("threshold", 0.0, 1.0)
        nodes: tuple[str, ...] = ()
        outputs: tuple[str, ...] = ("output",)
        layout: tuple[tuple[str, tuple[int, ...]], ...] = ()
        if data.optional("host_tail") is not None:
            tail = data.inside("host_tail")
            nodes = tail.texts("nodes", 0, MAX_NODES)
            outputs = tail.texts("outputs", 1, MAX_NODES)
            layout = tuple(map(_layout_step, tail.objects("layout", MAX_AXES)))
        registers = data.inside("registers")
        camera = None
        if data.optional("camera") is not None:
            camera = _camera(data.inside("camera"))
        return cls(
            name=data.text("name"),
            board=data.text("board"),
            build_id=data.word("build_id"),
            clock_mhz=data.number("clock_mhz", 1e-3, MAX_MHZ),
            input=_tensor(data.inside("input")),
            output=_tensor(data.inside("output")),
            registers={name: registers.word(name) for name in registers.names()},
            anchors=anchors,
            stride=stride,
            threshold=threshold,
            host_nodes=nodes,
            host_outputs=outputs,
            host_layout=layout,
            camera=camera,
            further_inputs=_tensors(data, "further_inputs"),
            further_outputs=_tensors(data, "further_outputs"),
        )


def _camera(data: Fields) -> Camera:
    source = data.text("source")
    if source not in ("memory", "video"):
        raise data.wrong("source", "memory or video")
    return Camera(
        source,
        data.integer("max_side", 1, MAX_SIDE),
        data.integer("candidates", 1, MAX_SIDE),
    )


def _layout_step(data: Fields) -> tuple[str, tuple[int, ...]]:
    kind = data.text("step")
    if kind not in LAYOUT_STEPS:
        raise data.wrong("step", f"one of {', '.join(LAYOUT_STEPS)}")
    return kind, data.some_integers("axes", MAX_AXES, -1, MAX_FRAME)


def _tensors(data: Fields, name: str) -> tuple[Tensor, ...]:
    """Tensors of a list that is only there where it holds some."""
    if data.optional(name) is None:
        return ()
    return tuple(map(_tensor, data.objects(name, MAX_STREAMS - 1)))


def _tensor(data: Fields) -> Tensor:
    height, width, channels = data.integers("shape", 3, 1, MAX_SIDE)
    dtype = data.text("dtype")
    if dtype not in DTYPES:
        raise data.wrong("dtype", f"one of {', '.join(DTYPES)}")
    scale, bias = (data.numbers(key, (1, channels)) for key in ("scale", "bias"))
    integers = None
    if data.optional("integers") is not None:
        integers = Integers.from_fields(data.inside("integers"))
        kind = np.iinfo(np.dtype(dtype))
        if integers.low < kind.min or integers.high > kind.max:
            raise data.wrong("integers", f"a range within {dtype}")
    name = data.text("name") if data.optional("name") is not None else ""
    tensor = Tensor((height, width, channels), dtype, scale, bias, integers, name)
    if tensor.frame_bytes > MAX_FRAME:
        raise data.wrong("shape", f"frames of {MAX_FRAME:,} bytes at most")
    if data.integer("frame_bytes", 1, MAX_FRAME) != tensor.frame_bytes:
        raise data.wrong("frame_bytes", f"{tensor.frame_bytes}, by shape and dtype")
    return tensor


def read_description(path: str | Path) -> Description:
    """Description in a file; AcceleratorError naming the file and what is wrong in it."""
    text = utf8_text(str(path), "expected what `make driver` writes beside the driver", MAX_BYTES)
    try:
        return Description.from_json(text)
    except FieldError as error:
        raise AcceleratorError(f"{path}: not an accelerator's description ({error})") from None


def check_bitfile(bitfile: str | Path) -> Path:
    """The bitfile's whole path; AcceleratorError where there is no such file."""
    path = Path(bitfile).resolve()
    if not path.is_file():
        raise AcceleratorError(f"{path}: no such file; expected a bitfile (make bitstream)")
    return path


def find_description(bitfile: str | Path) -> Path:
    """``accelerator.json`` in the bitfile's folder, or in the one above it."""
    folder = check_bitfile(bitfile).parent
    places = [folder / FILE, folder.parent / FILE]
    for path in places:
        if path.is_file():
            return path
    raise AcceleratorError(
        f"{bitfile}: no {FILE} beside it; expected {' or '.join(map(str, places))}"
    )


def find_bitfile(home: str | Path) -> Path:
    """The one bitfile in a deployed folder's ``bitfile``."""
    folder = Path(home).resolve() / "bitfile"
    found = sorted(path for end in ("bit", "fs") for path in folder.glob(f"*.{end}"))
    if len(found) != 1:
        what = f"{len(found)} bitfiles" if found else "no bitfile"
        raise AcceleratorError(f"{folder}: {what}; expected one, or --bitfile FILE")
    return found[0]
