"""Clocks a frame of the simulated board: one frame several times in one transfer.

The first frame fills the pipeline; each further one comes as many clocks later as the board takes
for a frame, shell and memory included.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.errors import FlowError
from hw.driver import DupNetAccelerator

#: Of the register that times a transfer, to its last byte in memory.
_CLOCKS = "odma0_clocks"


@dataclass(frozen=True)
class Rate:
    """Clocks that a frame takes in a row of frames: clocks on the board, own of the accelerator."""

    frames: int
    clocks: float
    own: int

    def as_dict(self) -> dict[str, float]:
        """For report/board_sim.json."""
        return {
            "rate_frames": self.frames,
            "clocks_per_frame": self.clocks,
            "own_clocks_per_frame": self.own,
        }

    def __str__(self) -> str:
        more = f", {100 * (self.clocks / self.own - 1):+.2f} %" if self.own else ""
        return (
            f"{self.frames} frames in one transfer: {self.clocks:,.1f} clocks a frame "
            f"(the accelerator's slowest node: {self.own:,}{more})"
        )


def check_frames(frames: int) -> None:
    """FlowError unless there is at least one frame."""
    if frames < 1:
        raise FlowError(f"--frames {frames}: expected 1 or more")


def measure(
    accelerator: DupNetAccelerator, frame: Any, integers: Any, frames: int, own: int
) -> tuple[Rate, list[str]]:
    """Run a frame so often in one transfer, behind one that has run alone; and what is wrong.

    frame: (H, W, C), as the accelerator takes it; integers: (H', W', C'), its result alone. frames:
    two or more, at most the driver's batch. own: clocks a frame of the slowest node.
    """
    alone = accelerator.counters()[_CLOCKS]
    found = accelerator.execute(np.repeat(frame[None], frames, axis=0))
    clocks = accelerator.counters()[_CLOCKS] - alone
    wrong = [number for number, each in enumerate(found) if not np.array_equal(each, integers)]
    faults = [f"frame {number} of {frames} in a row gives other integers" for number in wrong]
    return Rate(frames, clocks / (frames - 1), own), faults
