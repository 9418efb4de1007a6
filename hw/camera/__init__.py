"""Hardware of the camera path: from a frame's pixels to the network, and from there to boxes.

`camera_path` is the specification of each module of ``rtl``.
"""

import re
from functools import cache
from pathlib import Path

from hw import RTL_DIR
from hw.modules import Variant
from hw.shell import SHELL_RTL_DIR

CAMERA_RTL_DIR = Path(__file__).parent / "rtl"
#: Modules whose valid and ready follow no input within a clock, at parameters of all structures.
#: line_beats takes a word in the clock in which its beat is taken: it stands between the registers
#: of frame_read's FIFO and those of pixel_format, and both ends are checked there.
CAMERA_VARIANTS = (
    Variant("pixel_format"),
    Variant("frame_read"),
    Variant("frame_read", {"Lanes": 4}),
    Variant("camera_frames"),
    Variant("decode_boxes", {"Rows": 2, "Columns": 3, "Anchors": 1}),
    Variant("suppress_boxes", {"Most": 4}),
    Variant("letterbox", {"MaxOld": 40, "Size": 16, "Depth": 8}),
    Variant("letterbox", {"Lanes": 1, "Channels": 1, "MaxOld": 9, "Size": 24, "Depth": 2}),
)


@cache
def camera_sources(top: str) -> tuple[Path, ...]:
    """Files of a module of the camera path and of all that it needs: packages, then by name."""
    folders = (CAMERA_RTL_DIR, SHELL_RTL_DIR, RTL_DIR)
    known = {path.stem: path for folder in folders for path in folder.glob("*.sv")}
    found: set[str] = set()
    todo = {top}
    while todo:
        found.add(name := todo.pop())
        code = re.sub(r"//.*", "", known[name].read_text(encoding="utf-8"))
        todo |= (set(re.findall(r"\w+", code)) & set(known)) - found
    return tuple(known[name] for name in sorted(found, key=_packages_first))


def _packages_first(name: str) -> tuple[bool, str]:
    return not name.endswith("_pkg"), name
