"""Where the windows of a pool lie: kernel, strides, dilations, pads and rounding up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where

#: Attributes that ONNX leaves out where they are these.
USUAL = {"dilations": [1, 1], "ceil_mode": 0}


@dataclass(frozen=True)
class Windows:
    """Windows over an image. All pairs are (rows, columns); pads: (top, left, bottom, right).

    is_ceil: a last window that begins inside of image and border, and ends outside, counts.
    """

    size: tuple[int, int]
    kernel: tuple[int, int]
    strides: tuple[int, int]
    dilations: tuple[int, int]
    pads: tuple[int, int, int, int]
    is_ceil: bool

    @property
    def span(self) -> tuple[int, int]:
        """Rows and columns from a window's first pixel to its last, both counted."""
        rows, columns = (
            (kernel - 1) * step + 1
            for kernel, step in zip(self.kernel, self.dilations, strict=True)
        )
        return rows, columns

    @property
    def out(self) -> tuple[int, int]:
        """Rows and columns of windows; less than 1 where none fits."""
        return self._out(0), self._out(1)

    def _out(self, axis: int) -> int:
        size, begin, end = self.size[axis], self.pads[axis], self.pads[axis + 2]
        room, stride = size + begin + end - self.span[axis], self.strides[axis]
        if not self.is_ceil:
            return room // stride + 1
        count = -(-room // stride) + 1
        # none begins in the border at the far end
        return count - 1 if (count - 1) * stride >= size + begin else count

    @property
    def fitting_pads(self) -> tuple[int, int, int, int]:
        """The border that the windows that there are reach: no more below and right than that."""
        ends = [
            max(0, (out - 1) * stride + span - size - begin)
            for out, stride, span, size, begin in zip(
                self.out, self.strides, self.span, self.size, self.pads[:2], strict=True
            )
        ]
        return self.pads[0], self.pads[1], ends[0], ends[1]

    def counts(self, with_border: bool) -> set[int]:
        """How many pixels windows have: of the image, or of it and the border that is given."""
        rows, columns = self.counts_of_axes(with_border)
        return {height * width for height in set(rows) for width in set(columns)}

    def counts_of_axes(self, with_border: bool) -> tuple[list[int], list[int]]:
        """How many rows each row of windows has, and how many columns each column of them."""
        found = []
        for axis in range(2):
            low = -self.pads[axis] if with_border else 0
            high = self.size[axis] + (self.pads[axis + 2] if with_border else 0)
            firsts = range(-self.pads[axis], self.out[axis] * self.strides[axis] - self.pads[axis],
                           self.strides[axis])  # fmt: skip
            step, kernel = self.dilations[axis], self.kernel[axis]
            found.append(
                [sum(low <= first + i * step < high for i in range(kernel)) for first in firsts]
            )
        return found[0], found[1]

    @property
    def is_whole(self) -> bool:
        """Whether the only window is the whole image."""
        return (
            self.out == (1, 1)
            and self.span == self.kernel == self.size
            and not any(self.fitting_pads)
        )

    def attributes(self) -> dict[str, Any]:
        """As attributes of an integer graph's node, those left out that ONNX leaves out."""
        given: dict[str, Any] = {
            "kernel_shape": list(self.kernel),
            "strides": list(self.strides),
            "pads": list(self.pads),
            "dilations": list(self.dilations),
            "ceil_mode": int(self.is_ceil),
        }
        return {key: value for key, value in given.items() if USUAL.get(key) != value}


def windows_of(attributes: Mapping[str, Any], size: tuple[int, int]) -> Windows:
    """Windows that attributes of ONNX's pools say, over an image of size (H, W)."""
    return Windows(
        size,
        _pair(attributes["kernel_shape"]),
        _pair(attributes.get("strides", [1, 1])),
        _pair(attributes.get("dilations", [1, 1])),
        (*_pair(attributes.get("pads", [0] * 4)[:2]), *_pair(attributes.get("pads", [0] * 4)[2:])),
        bool(attributes.get("ceil_mode", 0)),
    )


def windows_of_node(node: NodeProto, size: tuple[int, int]) -> Windows:
    """Windows of a pool of an ONNX file. FlowError, naming the node, for what cannot be."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if attrs.get("auto_pad", b"NOTSET") not in (b"NOTSET", "NOTSET", b"VALID", "VALID"):
        raise FlowError(f"{where(node)}: auto_pad is not supported; expected pads")
    if len(attrs.get("kernel_shape", ())) != 2:
        raise FlowError(f"{where(node)}: expected a kernel_shape of two numbers")
    found = windows_of(attrs, size)
    if min(found.out) < 1:
        rows, columns = found.span
        raise FlowError(
            f"{where(node)}: kernel {rows} x {columns} is larger than the input "
            f"{size[0]} x {size[1]}"
        )
    if 0 in found.counts(with_border=False):
        raise FlowError(
            f"{where(node)}: a window lies in the border alone, of which nothing can be said; "
            "expected pads smaller than the kernel"
        )
    return found


def _pair(values: Any) -> tuple[int, int]:
    rows, columns = values
    return int(rows), int(columns)
