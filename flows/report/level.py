"""A level of verification.

The dataclasses of the levels are the schemas of their files: strict types, other keys passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PASSED, FAILED, NOT_RUN, ESTIMATED = "passed", "FAILED", "not run", "estimated"


@dataclass(frozen=True)
class Level:
    """One level. status: PASSED, FAILED, NOT_RUN, or ESTIMATED where nothing is compared."""

    name: str
    what: str
    status: str
    detail: str
    boundaries: Sequence[str] = ()


def frames_text(count: int) -> str:
    """Such as "2 frames"."""
    return "1 frame" if count == 1 else f"{count:,} frames"
