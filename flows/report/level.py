"""A level of verification.

The dataclasses of the levels are the schemas of their files: strict types, other keys passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: What a level needs that is of HLS C++, or of RTL that is made of it.
VITIS = "Vitis HLS"
PASSED, FAILED, NOT_RUN, ESTIMATED = "passed", "FAILED", "not run", "estimated"


@dataclass(frozen=True)
class Level:
    """One level. status: PASSED, FAILED, NOT_RUN, or ESTIMATED where nothing is compared.

    boundaries: the tensors that were compared. needs: what it takes beside this program and tools
    that are free, such as a vendor's; "" for nothing. estimates: it says figures, and compares
    nothing.
    """

    name: str
    what: str
    status: str
    detail: str
    boundaries: Sequence[str] = ()
    needs: str = ""
    estimates: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything that was compared is equal."""
        return self.status == PASSED


def frames_text(count: int) -> str:
    """Such as "2 frames"."""
    return "1 frame" if count == 1 else f"{count:,} frames"
