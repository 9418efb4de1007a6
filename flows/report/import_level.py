"""The first level of verification: the integers against the imported file."""

from dataclasses import dataclass
from typing import Any

from flows.config import BuildConfig
from flows.report.level import (
    FAILED,
    NOT_RUN,
    PASSED,
    Level,
    frames_text,
    names,
    read_result,
)

NAME = "Integers = imported file"
WHAT = (
    "the QONNX file as it stands (onnxruntime, QONNX's operators) against the streamlined integer "
    "graph, in real values"
)


@dataclass(frozen=True)
class ImportCheck:
    """report/verify_import.json. levels: pairs (channel, level) reached, of those possible."""

    frames: int
    shape: list[int]
    full_size: bool
    scale: float
    scale_source: str
    mismatches: int
    difference: str
    boundaries: list[str]
    levels: tuple[int, int]
    thresholds: int


def _parse(data: Any) -> ImportCheck:
    levels = list(data["levels"].values())
    return ImportCheck(
        int(data["frames"]),
        [int(size) for size in data["frame_shape"]],
        bool(data["full_size"]),
        float(data["input_scale"]),
        str(data["input_scale_source"]),
        int(data["mismatches"]),
        str(data["difference"]),
        names(data["boundaries"]),
        (sum(int(e["reached"]) for e in levels), sum(int(e["possible"]) for e in levels)),
        sum(int(e["thresholds"]) for e in levels),
    )


def read_import_check(config: BuildConfig) -> tuple[ImportCheck | None, str]:
    """The comparison with the imported file in this build, or None and why there is none."""
    if not config.verify_import:
        return None, "turned off (verify_import: false in the configuration)"
    result, reason = read_result(config, "verify_import", "streamline", _parse)
    again = "python -m flows build --start verify_import"
    return result, "" if result else reason or again


def import_level(config: BuildConfig) -> Level:
    """As one level of the report."""
    result, reason = read_import_check(config)
    if result is None:
        return Level(NAME, WHAT, NOT_RUN, reason)
    if result.mismatches or result.difference:
        return Level(NAME, WHAT, FAILED, result.difference, result.boundaries)
    if not result.boundaries or result.frames < 1:
        return Level(NAME, WHAT, NOT_RUN, "the result names no frame or boundary compared")
    height, width, _ = result.shape
    size = "the network's size" if result.full_size else "a small picture of the same network"
    detail = (
        f"{frames_text(result.frames)} of {height} x {width} ({size}), {len(result.boundaries)} "
        f"boundaries, all equal; {result.levels[0]:,} of {result.levels[1]:,} levels of the "
        f"quantizers' channels reached; {result.thresholds:,} thresholds compared on both sides of "
        f"their steps; input_scale {result.scale!r} ({result.scale_source})"
    )
    return Level(NAME, WHAT, PASSED, detail, result.boundaries)
