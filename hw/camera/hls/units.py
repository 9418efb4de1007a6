"""The camera path's top levels as units of a Vitis HLS project: sources, a bench, vectors."""

from typing import Any

import numpy as np

from camera_path.decode import Boxes
from camera_path.frames import FrameFormat, PixelFormat
from camera_path.path import Settings, boxes, network_frame
from hw.camera.hls import CAMERA_HLS_DIR, head_tables
from hw.camera.hls.tops import CameraTops
from hw.hls.node_project import TOP_FILE
from hw.hls.vitis import CAMERA, MoreUnit
from hw.sim.beats import pack

_BENCH = "camera_testbench.cpp"
#: Byte that the bench's frame begins at, and the distance of its lines beyond their bytes.
_FIRST, _GAP = 5, 11
#: Settings of the bench: every box, overlaps as the driver has them.
_SETTINGS = Settings.make(0.0, 0.45, 1 << 20)


def camera_units(tops: CameraTops, integers: Any) -> tuple[MoreUnit, MoreUnit]:
    """Both top levels. integers: of a frame, (rows, columns, channels), for the second's bench."""
    return _in_unit(tops), _out_unit(tops, np.asarray(integers))


def records_of(found: Boxes, number: int, width: int, height: int, words: int) -> bytes:
    """Memory behind a frame: header, records, zeros (docs/registers-camera.md)."""
    records = np.zeros((words // 4, 4), np.int64)
    records[0] = (number, len(found), width | height << 16, 0)
    left, top, right, bottom = (np.asarray(found.corners)[:, i] % 65536 for i in range(4))
    rows = [left | top << 16, right | bottom << 16, found.places, found.scores]
    records[1 : 1 + len(found)] = np.stack(rows, axis=1)
    return records.astype("<u4").tobytes()


def _bench_frame(tops: CameraTops) -> tuple[bytes, FrameFormat]:
    """Noise of YUYV, at most 40 x 30, its first pixel at byte _FIRST."""
    most = tops.options.max_side
    width, height = min(40, most), min(30, most)
    pixels = PixelFormat.YUYV if width % 2 == 0 else PixelFormat.RGB
    stride = width * pixels.pixel_bytes + _GAP
    layout = FrameFormat(width, height, pixels, stride)
    count = _FIRST + layout.frame_bytes
    noise = np.random.default_rng(1).integers(0, 256, count + -count % 8, np.uint8)
    return noise.tobytes(), layout


def _in_unit(tops: CameraTops) -> MoreUnit:
    name, source = tops.names[0], tops.source
    memory, layout = _bench_frame(tops)
    frame, _ = network_frame(np.frombuffer(memory, np.uint8)[_FIRST:], layout, tops.side)
    words = pack(frame.astype(np.int64).reshape(-1, source.lanes), 8, False)
    vectors = {"camera_frame.bin": memory, "camera_pixels.bin": words.tobytes()}
    call = f"{_FIRST}, {layout.line_stride}, {layout.width}, {layout.height}, {int(layout.pixels)}"
    bench = _bench_text(
        tops, 0, vectors, source.bytes,
        "#define BENCH_IN",
        "inline void call(const std::uint64_t *frame, port_t &pixels) {\n"
        f"  {name}(frame, {call}, pixels);\n}}\n",
    )  # fmt: skip
    texts = {TOP_FILE.format(name): tops.in_text(len(memory) // 8), "camera_bench.hpp": bench}
    trips = tops.side * tops.side
    return MoreUnit(name, CAMERA, {**_headers(), **texts}, _BENCH, vectors, trips)


def _out_unit(tops: CameraTops, integers: Any) -> MoreUnit:
    name, result = tops.names[1], tops.result
    found = boxes(integers, tops.head, _SETTINGS, tops.options.candidates)
    words = pack(integers.astype(np.int64).reshape(-1, result.lanes), result.bits, result.signed)
    records = records_of(found, 7, 40, 30, tops.record_words)
    vectors = {"camera_integers.bin": words.tobytes(), "camera_records.bin": records}
    settings = f"{_SETTINGS.least}, {_SETTINGS.overlap}, {_SETTINGS.most}, 7, 40, 30"
    bench = _bench_text(
        tops, 1, vectors, result.bytes,
        f"#include <cstdint>\n\nnamespace bench {{\nconstexpr unsigned record_words = "
        f"{tops.record_words};\n}}",
        "inline void call(port_t &integers, std::uint32_t *records) {\n"
        f"  {name}({settings}, integers, records);\n}}\n",
    )  # fmt: skip
    texts = {
        TOP_FILE.format(name): tops.out_text(),
        "head_tables.hpp": head_tables(tops.head),
        "camera_bench.hpp": bench,
    }
    return MoreUnit(name, CAMERA, {**_headers(), **texts}, _BENCH, vectors, integers.size + 1)


def _headers() -> dict[str, str]:
    paths = [*sorted(CAMERA_HLS_DIR.glob("*.hpp")), CAMERA_HLS_DIR / _BENCH]
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def _bench_text(
    tops: CameraTops, which: int, vectors: dict[str, bytes], port_bytes: int, more: str, call: str
) -> str:
    """``camera_bench.hpp``: what ``camera_testbench.cpp`` has to know of a top level."""
    given, wanted = vectors
    return (
        f"// What {_BENCH} has to know of {tops.names[which]}. Generated, do not edit.\n"
        f'#pragma once\n\n#include "ports.hpp"\n\n{more}\n\n{tops.prototypes()[which]};\n\n'
        f"namespace bench {{\n\nusing port_t = {tops.port_types()[which]};\n"
        f"constexpr unsigned bytes = {port_bytes};\n"
        f'constexpr const char *name = "{tops.names[which]}";\n'
        f'constexpr const char *given = "{given}";\nconstexpr const char *wanted = "{wanted}";\n\n'
        f"{call}\n}}  // namespace bench\n"
    )
