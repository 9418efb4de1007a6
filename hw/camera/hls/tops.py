"""Texts of the camera path's two HLS top levels: ``<top>_camera_in`` and ``<top>_camera_out``.

The first takes a frame in memory (AXI4 master, settings by AXI4-Lite) and gives the network's
pixels at a port of its kind; the second takes the network's integers and leaves records in memory.
With the network's own top level between them they are the whole way.
"""

from dataclasses import dataclass

from camera_path.head import BOX_BITS, OUTPUTS, HeadIntegers
from camera_path.resize import PADDING
from hw.camera.options import CameraOptions
from hw.errors import HardwareError
from hw.hls.design import HlsProject, HlsStream
from hw.sim.design import INPUT, OUTPUT

#: Beats of sums that the letterbox holds, as in ``camera_shell``.
DEPTH = 512
_HEAD = "// Generated. Do not edit.\n"
_IN = "unsigned first, unsigned stride, unsigned width, unsigned height, unsigned format"
_OUT = (
    "unsigned least, unsigned overlap, unsigned most, unsigned number, unsigned width, "
    "unsigned height"
)


@dataclass(frozen=True)
class CameraTops:
    """The two top levels of a network's project.

    head, rows, columns: of its output. side: pixels of a side of its input.
    """

    project: HlsProject
    options: CameraOptions
    head: HeadIntegers
    rows: int
    columns: int
    side: int

    def __post_init__(self) -> None:
        source, result = self.source, self.result
        if source.frame_beats * source.lanes != 3 * self.side**2 or source.bits != 8:
            raise HardwareError(
                f"project {self.project.top}: its input is no square of {self.side} pixels of 3 "
                "channels of 8 bits"
            )
        count = OUTPUTS * self.rows * self.columns * self.head.anchors
        if result.frame_beats * result.lanes != count:
            raise HardwareError(
                f"project {self.project.top}: {result.frame_beats * result.lanes} integers of a "
                f"frame; a detector's has {count}"
            )

    @property
    def names(self) -> tuple[str, str]:
        """Names of the functions: in front of the network, behind it."""
        return f"{self.project.top}_camera_in", f"{self.project.top}_camera_out"

    @property
    def source(self) -> HlsStream:
        """The network's input."""
        return self._only(INPUT)

    @property
    def result(self) -> HlsStream:
        """The network's output."""
        return self._only(OUTPUT)

    @property
    def record_words(self) -> int:
        """Words of 32 bits of the header and all records."""
        return 4 * (1 + self.options.candidates)

    def _only(self, kind: str) -> HlsStream:
        streams = self.project.of_kind(kind)
        if len(streams) != 1:
            raise HardwareError(
                f"project {self.project.top}: {len(streams)} {kind}s; the camera path expects one"
            )
        return streams[0]

    def port_types(self) -> tuple[str, str]:
        """C++ types of the network's ports: its pixels', its integers'."""
        source, result = self.source, self.result
        return (
            f"df::port_t<{source.bits}, {source.lanes}>",
            f"df::port_t<{result.bits}, {result.lanes}>",
        )

    def prototypes(self) -> tuple[str, str]:
        """Declarations of both, without the semicolon."""
        pixels, integers = self.port_types()
        first, second = self.names
        return (
            f"void {first}(const std::uint64_t *frame, {_IN}, {pixels} &pixels)",
            f"void {second}({_OUT}, {integers} &integers, std::uint32_t *records)",
        )

    def in_text(self, frame_words: int = 1) -> str:
        """The source of the first. frame_words: of memory in co-simulation."""
        side, size = self.options.max_side, self.side
        values = f"{self.options.pixels}, {side}, {size}, {PADDING}, {DEPTH}, {self.source.lanes}"
        return (
            f'{_HEAD}#include "camera_path.hpp"\n\n{self.prototypes()[0]} {{\n'
            f"#pragma HLS INTERFACE m_axi port = frame offset = slave bundle = gmem0 "
            f"depth = {frame_words}\n"
            "#pragma HLS INTERFACE axis port = pixels\n"
            f"{_registers(('frame', 'first', 'stride', 'width', 'height', 'format'))}"
            f"  const df::Placement where = df::letterbox_place<{side}, {size}>(width, height);\n"
            f"  df::camera_in<{values}>(frame, first, stride, width, height, format, where, "
            "pixels);\n}\n"
        )

    def out_text(self) -> str:
        """The source of the second; it includes ``head_tables.hpp``."""
        result, options = self.result, self.options
        values = ", ".join(
            str(value).lower()
            for value in (
                result.bits, result.signed, result.lanes, self.rows, self.columns,
                self.head.anchors, self.head.stride << BOX_BITS, options.candidates,
            )
        )  # fmt: skip
        names = ("records", "least", "overlap", "most", "number", "width", "height")
        return (
            f'{_HEAD}#include "camera_path.hpp"\n#include "head_tables.hpp"\n\n'
            f"{self.prototypes()[1]} {{\n"
            f"#pragma HLS INTERFACE m_axi port = records offset = slave bundle = gmem1 "
            f"depth = {self.record_words}\n"
            f"#pragma HLS INTERFACE axis port = integers\n{_registers(names)}"
            f"  df::camera_out<{values}>(least, overlap, most, number, width, height, integers,\n"
            "      records, head_factors, head_offsets, head_sigmoid, head_power);\n}\n"
        )

    def top_header(self) -> str:
        """``camera_top.hpp``: what ``camera_main.cpp`` has to know of the three functions."""
        pixels, integers = self.port_types()
        (first, second), names = self.prototypes(), self.names
        return (
            f'{_HEAD}#pragma once\n\n#include "{self.project.top}.hpp"\n#include "ports.hpp"\n\n'
            f"{first};\n{second};\n\nnamespace camera {{\n\n"
            f"using pixels_t = {pixels};\nusing integers_t = {integers};\n"
            f"constexpr unsigned record_words = {self.record_words};\n"
            f"static const auto in = {names[0]};\nstatic const auto out = {names[1]};\n"
            f"static const auto network = {self.project.top};\n\n}}  // namespace camera\n"
        )


def _registers(names: tuple[str, ...]) -> str:
    lines = [f"#pragma HLS INTERFACE s_axilite port = {name}\n" for name in (*names, "return")]
    return "".join(lines)
