"""Labelled pictures between a converter's reader and its writer; boxes are fitted to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from model.data.wider import ATTRIBUTES, INVALID, SUFFIXES
from model.errors import ModelError

EVENT = "pictures"
"""Folder of pictures that lie in none."""


@dataclass
class Labelled:
    """A picture with its boxes.

    source: its file. name: `event/image.jpg` in WIDER FACE's layout. boxes: left, top, right,
    bottom in pixels. invalid: which neither count nor are background. clipped: how many of the
    boxes reached beyond the picture.
    """

    source: Path
    name: str
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    invalid: list[bool] = field(default_factory=list)
    clipped: int = 0

    def add(
        self, box: Sequence[float], size: tuple[int, int], where: str, invalid: bool = False
    ) -> None:
        """Take a box in, clipped to the picture's (width, height).

        where: file and place that it stands at. ModelError for a box that is no finite rectangle,
        or that lies beyond the picture.
        """
        left, top, right, bottom = box
        shown = f"box {left:g} {top:g} {right - left:g} {bottom - top:g} (x y w h, pixels)"
        if not np.isfinite(box).all():
            raise ModelError(f"{where}: {shown}; expected numbers that are finite")
        if right <= left or bottom <= top:
            raise ModelError(f"{where}: {shown}; expected a width and a height above 0")
        width, height = size
        inside = (max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height))
        if inside[2] <= inside[0] or inside[3] <= inside[1]:
            raise ModelError(
                f"{where}: {shown} lies beyond its picture, {width} x {height}; expected one in it"
            )
        # what rounding alone moved over the edge has not been clipped
        self.clipped += max(abs(a - b) for a, b in zip(box, inside, strict=True)) > 0.5
        self.boxes.append(inside)
        self.invalid.append(invalid)

    def entry(self) -> tuple[str, NDArray[np.float64], NDArray[np.int64]]:
        """As `model.data.wider.write_split` takes it."""
        attributes = np.zeros((len(self.boxes), len(ATTRIBUTES)), dtype=np.int64)
        attributes[:, INVALID] = self.invalid
        return self.name, np.array(self.boxes, dtype=np.float64).reshape(-1, 4), attributes


def event_name(path: str, where: str) -> str:
    """`event/image.jpg` of a picture's path below its folder: the folders become the event.

    ModelError for a path that leads elsewhere, or is of no kind that WIDER FACE's layout has.
    """
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or not parts.name or "\n" in path:
        raise ModelError(f"{where}: {path!r}; expected a path below the folder of pictures")
    if parts.suffix.lower() not in SUFFIXES:
        raise ModelError(f"{where}: {path!r}; expected a picture {', '.join(SUFFIXES)}")
    return f"{'-'.join(parts.parts[:-1]) or EVENT}/{parts.name}"


def choose(names: dict[int, str], wanted: str, where: str) -> int:
    """The number of the class that is converted.

    names: of all classes by number. wanted: a name or a number; "": the only class, else the one
    that is called face. ModelError where it cannot be told.
    """
    if wanted:
        found = [number for number, name in names.items() if wanted in (name, str(number))]
    elif len(names) == 1:
        found = list(names)
    else:
        found = [number for number, name in names.items() if name.lower() in ("face", "faces")]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{number} {name}" for number, name in list(names.items())[:20])
    what = f"--category {wanted}" if wanted else "no class called face"
    raise ModelError(f"{where}: {what}; expected --category with one of: {known or 'none'}")
