"""Crop: a part of a tensor, of rows, columns and channels. FINN's operator of this name.

Attributes: FINN's ``DataType, ImgDim`` (rows and columns), ``NumChannels, CropNorth, CropSouth,
CropWest, CropEast`` (rows and columns taken away), ``SIMD, numInputVectors``; ours: ``Steps`` (of
what is left every so many rows, columns) and ``Channels`` (those that are kept, in their order;
none said: all). ``SIMD``: lanes of the input. Where it is all channels, a beat is a whole pixel, of
which any lanes may be taken, in any order. Where it is less, whole beats are kept or dropped: the
first one that is kept, and from there on every so many.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import PAIR, Block, Parts, Segment, block, machine, take
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, StreamOp
from hw.ops.folding import Folding, divisors
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import instance_text
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, one
from hw.synth.estimates import counter_bits

#: First, last and step of what is kept of an axis.
Kept = tuple[int, int, int]
ATTRIBUTES = (
    *("DataType", "ImgDim", "NumChannels", "CropNorth", "CropSouth", "CropWest", "CropEast"),
    *("SIMD", "numInputVectors", "Steps"),
)


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    lanes, beats = one(rng, (1, 2, 4, 8)), one(rng, (2, 4, 6))
    size, channels = [one(rng, (12, 26, 52, 104)) for _ in range(2)], lanes * beats
    borders = [one(rng, (0, 1, 3)) if index % 3 else 0 for _ in range(4)]
    kept = {"Channels": list(range(lanes, channels))} if index % 2 else {}
    sides = dict(zip(("CropNorth", "CropSouth", "CropWest", "CropEast"), borders, strict=True))
    attrs = {
        "DataType": f"UINT{one(rng, (2, 4, 8))}", "ImgDim": size, "NumChannels": channels, **sides,
        "SIMD": channels if index % 4 == 3 else lanes, "numInputVectors": [1],
        "Steps": [one(rng, (1, 1, 2)), one(rng, (1, 1, 2))], **kept,
    }  # fmt: skip
    return Drawn("Crop", (1, *size, channels), attrs, seed=index)


class Crop(StreamOp):
    """(N, H, W, C) -> (N, rows kept, columns kept, channels kept)."""

    of_one_size = "it counts the rows and columns that it leaves out"
    finn_names = ("Crop",)
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD",)
    #: Samples of which the cost model is made.
    sampling = Sampling(ATTRIBUTES, ((12, _draw),), optional=("Channels",))

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        for name in ("inputShape", "inputDataType", "outputDataType"):
            del attrs[name]  # FINN's stand for them
        attrs.update(
            {
                "DataType": ("s", True, ""),
                # rows and columns that come in
                "ImgDim": ("ints", True, []),
                "NumChannels": ("i", True, 0),
                # rows and columns taken away at each side
                **{f"Crop{side}": ("i", False, 0) for side in ("North", "South", "West", "East")},
                # of what is left every so many rows, columns
                "Steps": ("ints", False, [1, 1]),
                # channels kept; none said: all
                "Channels": ("ints", False, []),
                # lanes of the input
                "SIMD": ("i", False, 1),
                "numInputVectors": ("ints", False, [1]),
            }
        )
        return attrs

    # --- streams --------------------------------------------------------------------------------

    def channels(self) -> tuple[int, ...]:
        """Channels that are kept, in the order in which they leave."""
        return self.ints_attr("Channels") or tuple(range(self.int_attr("NumChannels")))

    def rows(self) -> Kept:
        """First, last and step of the rows that are kept."""
        return self._side(0, "North", "South")

    def columns(self) -> Kept:
        """First, last and step of the columns that are kept."""
        return self._side(1, "West", "East")

    def _side(self, axis: int, begin: str, end: str) -> Kept:
        size, step = self.ints_attr("ImgDim")[axis], self.ints_attr("Steps")[axis]
        return self.int_attr(f"Crop{begin}"), size - self.int_attr(f"Crop{end}") - 1, step

    def is_whole(self) -> bool:
        """Whether a beat is a whole pixel."""
        return self.int_attr("SIMD") == self.int_attr("NumChannels")

    def beats_kept(self) -> Kept | None:
        """First, last and step of a pixel's beats that are kept; None where that says not all."""
        if self.is_whole():
            return 0, 0, 1
        lanes = self.int_attr("SIMD")
        channels = np.array(self.channels())
        if lanes < 1 or len(channels) % lanes:
            return None
        beats = channels[::lanes] // lanes
        whole = (beats[:, None] * lanes + np.arange(lanes)).reshape(-1)
        steps = np.diff(beats)
        if not np.array_equal(whole, channels) or (len(steps) and np.ptp(steps)):
            return None
        step = int(steps[0]) if len(steps) else 1
        return (int(beats[0]), int(beats[-1]), step) if step > 0 else None

    def lanes_in(self) -> int:
        return self.int_attr("SIMD")

    def lanes_out(self) -> int:
        return len(self.channels()) if self.is_whole() else self.int_attr("SIMD")

    def input_shape(self) -> tuple[int, ...]:
        vectors, size = self.ints_attr("numInputVectors"), self.ints_attr("ImgDim")
        return (*vectors, *size, self.int_attr("NumChannels"))

    def output_shape(self) -> tuple[int, ...]:
        sides = [len(range(first, last + 1, step)) for first, last, step in self._sides()]
        return (*self.ints_attr("numInputVectors"), *sides, len(self.channels()))

    def _sides(self) -> tuple[Kept, Kept]:
        return self.rows(), self.columns()

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("DataType")]

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("DataType")]

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        rows, columns = (slice(first, last + 1, step) for first, last, step in self._sides())
        return x[:, rows, columns][..., list(self.channels())]

    def check(self) -> None:
        name, count = self.name, self.int_attr("NumChannels")
        for what, (first, last, step) in zip(("rows", "columns"), self._sides(), strict=True):
            size = self.ints_attr("ImgDim")[what == "columns"]
            if not (0 <= first <= last < size and step >= 1):
                raise HardwareError(
                    f"node {name}: of {size} {what} every {step} from {first} to {last} are none; "
                    "expected one at least, inside"
                )
        if not all(0 <= channel < count for channel in self.channels()):
            raise HardwareError(
                f"node {name}: Channels = {list(self.channels())}; expected numbers of 0 to "
                f"{count - 1}"
            )
        self.require_divides("SIMD", self.int_attr("SIMD"), count)
        if self.beats_kept() is None:
            raise HardwareError(
                f"node {name}: SIMD = {self.int_attr('SIMD')}: the channels that are kept are no "
                f"whole beats at equal distances; expected a smaller SIMD, or all {count} channels"
            )
        super().check()

    # --- time, folding, cost --------------------------------------------------------------------

    def get_exp_cycles(self) -> int:
        """Clocks a frame: beats of its input."""
        return self.frame_beats()

    def machines(self) -> Parts:
        _, width = self.ints_attr("ImgDim")
        line, blocks = width * self.pixel_beats_in(), []
        first, last, step = self.rows()
        gap = first * line
        for _ in range(first, last + 1, step):
            blocks += self._row(gap)
            gap = (step - 1) * line
        height = self.ints_attr("ImgDim")[0]
        left = height - 1 - range(first, last + 1, step)[-1]
        return [(machine(*blocks, block(1, take(left * line))), PAIR)]

    def _row(self, before: int) -> list[Block]:
        """A row that is kept, behind so many beats that are not."""
        folds, width = self.pixel_beats_in(), self.ints_attr("ImgDim")[1]
        pixel = _steps(folds, self.beats_kept() or (0, 0, 1), [Segment(1)], 1)
        first, last, step = self.columns()
        count = len(range(first, last + 1, step))
        if step == 1 or count == 1:
            return [
                block(1, *_joined([take(before), *_steps(width, self.columns(), pixel, folds)]))
            ]
        left = width - 1 - range(first, last + 1, step)[-1]
        return [
            block(1, take(before + first * folds)),
            block(count - 1, *_joined([*pixel, take((step - 1) * folds)])),
            block(1, *_joined([*pixel, take(left * folds)])),
        ]

    def dependency(self) -> Dependency:
        rows, columns = (np.arange(a, b + 1, step) for a, b, step in self._sides())
        return Dependency((rows[:, None] * self.ints_attr("ImgDim")[1] + columns).reshape(-1))

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        lanes = divisors(self.int_attr("NumChannels"))
        return (Folding({"SIMD": count}) for count in lanes)

    def features(self, contents: Contents | None) -> Features:
        bits, size = self.get_outstream_width(), self.ints_attr("ImgDim")
        counters = counter_bits(*size, self.pixel_beats_in(), *self.ints_attr("Steps"))
        return Features(
            {"beat": bits, "counters": counters}, {"beat": 2 * bits, "counters": counters}
        )

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: the output's registers, counters and comparisons."""
        counters = counter_bits(*self.ints_attr("ImgDim"), self.pixel_beats_in())
        return int(self.get_outstream_width()) + 3 * counters + 6

    def sizes(self) -> dict[str, int]:
        """Parameters that RTL and HLS C++ have in common."""
        found = {
            "Folds": self.pixel_beats_in(),
            "Height": self.ints_attr("ImgDim")[0],
            "Cols": self.ints_attr("ImgDim")[1],
        }
        beats = self.beats_kept() or (0, 0, 1)
        for what, kept in (("Fold", beats), ("Row", self.rows()), ("Col", self.columns())):
            first, last, step = kept
            last = range(first, last + 1, step)[-1]
            found |= {f"First{what}": first, f"Last{what}": last, f"Step{what}": step}
        return found


def _steps(size: int, kept: Kept, inner: list[Segment], beats: int) -> list[Segment]:
    """Segments of size places of so many beats each: those of inner where a place is kept."""
    found: list[Segment] = []
    first, last, step = kept
    gap = first * beats
    for _ in range(first, last + 1, step):
        found += [take(gap), *inner]
        gap = (step - 1) * beats
    left = size - 1 - range(first, last + 1, step)[-1]
    return _joined([*found, take(left * beats)])


def _joined(segments: list[Segment]) -> list[Segment]:
    """The same steps, equal neighbours as one segment."""
    found: list[Segment] = []
    for segment in segments:
        if segment.count and found and found[-1].gives == segment.gives:
            found[-1] = Segment(found[-1].count + segment.count, gives=segment.gives)
        elif segment.count:
            found.append(segment)
    return found


class Crop_rtl(Crop, RtlOp):
    """Crop in SystemVerilog: ``crop``, behind wires that choose lanes."""

    rtl_only = ("Width",)
    variants = (
        Variant("crop"),
        Variant("crop", {"Folds": 4, "FirstFold": 1, "LastFold": 3, "StepFold": 2, "StepRow": 2}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("crop",)

    def rtl_body(self, model: ModelWrapper) -> str:
        bits, lanes = int(self.get_input_datatype().bitwidth()), self.lanes_out()
        chosen = self.channels() if self.is_whole() else range(lanes)
        text = f"  logic [{lanes * bits - 1}:0] chosen;\n"
        for place, lane in enumerate(chosen):
            text += (
                f"  assign chosen[{place * bits} +: {bits}] = in_data[{lane * bits} +: {bits}];\n"
            )
        pins = [
            ("in_valid_i", "in_valid"),
            ("in_ready_o", "in_ready"),
            ("in_data_i", "chosen"),
            ("out_valid_o", "out_valid"),
            ("out_ready_i", "out_ready"),
            ("out_data_o", "out_data"),
        ]
        params: dict[str, int | str] = {"Width": lanes * bits, **self.sizes()}
        return text + instance_text("crop", params, pins)


class Crop_hls(Crop, HlsOp):
    """Crop in HLS C++: hw/hls/crop.hpp."""

    hls_only = ("Lanes", "Bits", "IsSigned")

    def hls_function(self) -> str:
        return "crop"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {**self.lane_parameters(), **self.sizes()}

    def hls_call(self, model: ModelWrapper, *streams: str) -> str:
        """The lanes that are chosen come first."""
        chosen = self.channels() if self.is_whole() else range(self.lanes_out())
        lanes = f"df::lanes_t<{', '.join(map(str, chosen))}>()"
        return super().hls_call(model, lanes, *streams)

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(Crop, Crop_rtl, Crop_hls)
