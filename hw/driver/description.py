"""What the driver knows of an accelerator: ``accelerator.json``, written with its bitfile."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .errors import AcceleratorError

FILE = "accelerator.json"
#: Types of the elements of a frame in memory: the smallest that holds the stream's lanes.
DTYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32")


@dataclass(frozen=True)
class Tensor:
    """Frames in memory: (N, *shape), NHWC, dense, elements of dtype (little endian).

    scale, bias: the real value is ``scale * integer + bias``, one of each for a channel, or one
    for all.
    """

    shape: tuple[int, int, int]
    dtype: str
    scale: tuple[float, ...] = (1.0,)
    bias: tuple[float, ...] = (0.0,)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        height, width, channels = self.shape
        return height * width * channels * int(np.dtype(self.dtype).itemsize)


@dataclass(frozen=True)
class Description:
    """One accelerator.

    build_id: the first 32 bits of the build's hash, which the hardware repeats. registers: bus
    address of each DMA block. anchors: (width, height) in cells of the output, None where the
    network is no detector; stride: pixels of the input a cell.
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

    def to_json(self) -> str:
        """Text of ``accelerator.json``."""

        def tensor(t: Tensor) -> dict[str, Any]:
            return {
                "shape": list(t.shape),
                "dtype": t.dtype,
                "frame_bytes": t.frame_bytes,
                "scale": list(t.scale),
                "bias": list(t.bias),
            }

        detection = None
        if self.anchors is not None:
            detection = {"anchors": [list(a) for a in self.anchors], "stride": self.stride}
        data = {
            "name": self.name,
            "board": self.board,
            "build_id": f"0x{self.build_id:08x}",
            "clock_mhz": self.clock_mhz,
            "input": tensor(self.input),
            "output": tensor(self.output),
            "detection": detection,
            "registers": {name: f"0x{base:08x}" for name, base in self.registers.items()},
        }
        return json.dumps(data, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Description:
        """Inverse of ``to_json``. Raises KeyError, TypeError or ValueError for other texts."""
        data = json.loads(text)
        detection = data["detection"]
        anchors = None
        if detection is not None:
            anchors = tuple((float(w), float(h)) for w, h in detection["anchors"])
        return cls(
            name=str(data["name"]),
            board=str(data["board"]),
            build_id=int(data["build_id"], 16),
            clock_mhz=float(data["clock_mhz"]),
            input=_tensor(data["input"]),
            output=_tensor(data["output"]),
            registers={name: int(base, 16) for name, base in data["registers"].items()},
            anchors=anchors,
            stride=32 if detection is None else int(detection["stride"]),
        )


def _tensor(data: dict[str, Any]) -> Tensor:
    height, width, channels = (int(size) for size in data["shape"])
    if min(height, width, channels) < 1:
        raise ValueError("a shape with an empty side")
    if data["dtype"] not in DTYPES:
        raise ValueError(f"dtype {data['dtype']}, expected one of {', '.join(DTYPES)}")
    scale, bias = (tuple(float(v) for v in data[key]) for key in ("scale", "bias"))
    if len(scale) not in (1, channels) or len(bias) not in (1, channels):
        raise ValueError(f"{len(scale)} scales and {len(bias)} biases of {channels} channels")
    return Tensor((height, width, channels), data["dtype"], scale, bias)


def read_description(path: str | Path) -> Description:
    """Description in a file; AcceleratorError naming the file where there is none."""
    try:
        return Description.from_json(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AcceleratorError(
            f"{path}: no such file; expected what `make driver` writes beside the driver"
        ) from None
    except OSError as error:
        raise AcceleratorError(f"{path}: cannot be read ({error.strerror})") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AcceleratorError(
            f"{path}: not an accelerator's description ({type(error).__name__}: {error})"
        ) from None


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
    found = sorted(folder.glob("*.bit"))
    if len(found) != 1:
        what = f"{len(found)} bitfiles" if found else "no bitfile"
        raise AcceleratorError(f"{folder}: {what}; expected one, or --bitfile FILE")
    return found[0]
