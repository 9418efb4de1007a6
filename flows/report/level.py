"""A level of verification, and the reading of result files that count for this very build.

The dataclasses of the levels are the schemas of their files: strict types, other keys passed over.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from flows.build.config import BuildConfig
from flows.build.sequence import model_path
from flows.report.data import read_json

PASSED, FAILED, NOT_RUN, ESTIMATED = "passed", "FAILED", "not run", "estimated"

T = TypeVar("T")


@dataclass(frozen=True)
class Level:
    """One level. status: PASSED, FAILED, NOT_RUN, or ESTIMATED where nothing is compared."""

    name: str
    what: str
    status: str
    detail: str
    boundaries: Sequence[str] = ()


def read_result(config: BuildConfig, name: str, step: str, schema: type[T]) -> tuple[T | None, str]:
    """What a result file says about the model after step, or None and the reason."""
    path = config.output_dir / "report" / f"{name}.json"
    if not os.path.lexists(path):
        return None, ""
    result = read_json(config.output_dir, name, schema)
    if os.stat(path).st_mtime_ns < os.stat(model_path(config, step)).st_mtime_ns:
        return None, f"the result at hand ({name}.json) is older than this build"
    return result, ""


def frames_text(count: int) -> str:
    """Such as "2 frames"."""
    return "1 frame" if count == 1 else f"{count:,} frames"
