"""The first level of verification: the integers against the imported file."""

from dataclasses import dataclass

from flows.build.config import BuildConfig
from flows.report.level import (
    FAILED,
    NOT_RUN,
    PASSED,
    Level,
    frames_text,
    read_result,
)

NAME = "Integers = imported file"
WHAT = (
    "the QONNX file as it stands (onnxruntime, QONNX's operators) against the streamlined integer "
    "graph, in real values"
)


@dataclass(frozen=True)
class Reached:
    """Of a quantizer: pairs (channel, level) reached, of those possible; thresholds compared."""

    reached: int
    possible: int
    thresholds: int


@dataclass(frozen=True)
class ImportCheck:
    """report/verify_import.json. levels: by quantizer."""

    frames: int
    frame_shape: tuple[int, int, int]
    full_size: bool
    input_scale: float
    input_scale_source: str
    mismatches: int
    difference: str
    boundaries: list[str]
    levels: dict[str, Reached]


def read_import_check(config: BuildConfig) -> tuple[ImportCheck | None, str]:
    """The comparison with the imported file in this build, or None and why there is none."""
    if not config.verify_import:
        return None, "turned off (verify_import: false in the configuration)"
    result, reason = read_result(config, "verify_import", "streamline", ImportCheck)
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
    height, width, _ = result.frame_shape
    levels = list(result.levels.values())
    reached, possible = sum(e.reached for e in levels), sum(e.possible for e in levels)
    thresholds = sum(e.thresholds for e in levels)
    size = "the network's size" if result.full_size else "a small picture of the same network"
    detail = (
        f"{frames_text(result.frames)} of {height} x {width} ({size}), {len(result.boundaries)} "
        f"boundaries, all equal; {reached:,} of {possible:,} levels of the "
        f"quantizers' channels reached; {thresholds:,} thresholds compared on both sides of "
        f"their steps; input_scale {result.input_scale!r} ({result.input_scale_source})"
    )
    return Level(NAME, WHAT, PASSED, detail, result.boundaries)
