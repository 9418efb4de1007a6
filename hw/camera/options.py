"""How the camera path of a board is built: its input, pixels a beat, limits."""

from dataclasses import dataclass

from camera_path.path import HARDWARE_CANDIDATES
from hw.errors import HardwareError

#: Where frames may come from.
MEMORY, VIDEO = "memory", "video"
INPUTS = (MEMORY, VIDEO)
#: Pixels of a beat that the RTL is built and measured with.
PIXELS = (2, 4)
#: Pixels of a frame's side at most, unless told otherwise.
MAX_SIDE = 1920


@dataclass(frozen=True)
class CameraOptions:
    """A camera path. source: one of INPUTS. pixels: of a beat. max_side: pixels of a frame's side.

    candidates: boxes that are kept for suppression, and leave at most.
    """

    source: str = MEMORY
    pixels: int = 2
    max_side: int = MAX_SIDE
    candidates: int = HARDWARE_CANDIDATES

    @property
    def is_video(self) -> bool:
        """Whether frames come in as AXI4-Stream Video."""
        return self.source == VIDEO

    def check(self) -> None:
        """Raise HardwareError where the RTL could not be built so."""
        if self.source not in INPUTS:
            raise HardwareError(f"camera {self.source}: expected one of {', '.join(INPUTS)}")
        if self.pixels not in PIXELS:
            raise HardwareError(f"camera of {self.pixels} pixels a beat: expected 2 or 4")
        if not 1 <= self.max_side <= 4096:
            raise HardwareError(
                f"camera frames of up to {self.max_side} pixels a side: expected 1 to 4096"
            )
        if not 2 <= self.candidates <= 256:
            raise HardwareError(f"{self.candidates} candidates of a camera: expected 2 to 256")
