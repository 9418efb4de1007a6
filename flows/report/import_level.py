"""The first level of verification: the integers against the imported file."""

from collections.abc import Mapping

from flows.build.build import Build
from flows.build.import_check import ImportCheck, InputCheck, read_import_check
from flows.report.level import (
    FAILED,
    NOT_RUN,
    PASSED,
    Level,
    frames_text,
)

NAME = "Integers = imported file"
WHAT = (
    "the QONNX file as it stands (onnxruntime, QONNX's operators) against the streamlined integer "
    "graph, in real values"
)


def import_level(build: Build) -> Level:
    """As one level of the report."""
    result, reason = read_import_check(build)
    if result is None:
        return Level(NAME, WHAT, NOT_RUN, reason)
    if result.mismatches or result.difference:
        return Level(NAME, WHAT, FAILED, result.difference, result.boundaries)
    if not result.boundaries or result.frames < 1:
        return Level(NAME, WHAT, NOT_RUN, "the result names no frame or boundary compared")
    inputs: Mapping[str, ImportCheck | InputCheck] = result.inputs or {"": result}
    sizes = " and ".join(f"{e.frame_shape[0]} x {e.frame_shape[1]}" for e in inputs.values())
    scales = ", ".join(
        f"input_scale {f'of {name} ' if name else ''}{each.input_scale!r} "
        f"({each.input_scale_source})"
        for name, each in inputs.items()
    )
    levels = list(result.levels.values())
    reached, possible = sum(e.reached for e in levels), sum(e.possible for e in levels)
    thresholds = sum(e.thresholds for e in levels)
    size = "the network's size" if result.full_size else "a small picture of the same network"
    tail = ""
    if result.host_tail:
        reasons = "; ".join(f"{name}: {why}" for name, why in result.host_tail_reasons.items())
        tail = f"; on the host, equal to the file's: {', '.join(result.host_tail)}"
        tail += f" ({reasons})" if reasons else ""
    detail = (
        f"{frames_text(result.frames)} of {sizes} ({size}), {len(result.boundaries)} "
        f"boundaries, all equal; {reached:,} of {possible:,} levels of the "
        f"quantizers' channels reached; {thresholds:,} thresholds compared on both sides of "
        f"their steps; {scales}{tail}"
    )
    return Level(NAME, WHAT, PASSED, detail, result.boundaries)
