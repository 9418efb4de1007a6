"""FDDB on disk: the ten folds with their ellipses, and detection files, in the published layouts.

    FDDB-folds/FDDB-fold-NN.txt               names of pictures, one a line
    FDDB-folds/FDDB-fold-NN-ellipseList.txt   name, number of faces, and of each face a line
                                              `major minor angle x y 1`
    <detections>/fold-NN-out.txt              name, number of detections, and of each a line
                                              `left top width height score` (rectangles) or
                                              `major minor angle x y score` (ellipses)

Names are like 2002/08/11/big/img_591, without .jpg; radii in pixels, the angle in radians between
the major axis and the horizontal. All detections may also stand in one file. (README.txt of
FDDB-folds.tgz; Jain and Learned-Miller, "FDDB: A Benchmark for Face Detection in Unconstrained
Settings", UM-CS-2010-009.)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.data.lines import Lines, shorten
from model.detection.decode import Detections
from model.detection.image import image_size
from model.errors import ModelError
from model.files import write_atomic

FOLDS = tuple(range(1, 11))
RECTANGLE = "left top width height score"
ELLIPSE = "major minor angle x y score"
FACE = "major minor angle x y 1"
LARGEST = 10_000
"""Pixels; FDDB's pictures have 500 a side at most."""


@dataclass(frozen=True, eq=False)
class Faces:
    """The annotated faces of one picture."""

    name: str  # 2002/08/11/big/img_591
    fold: int
    ellipses: NDArray[np.float64]  # (M, 5) major radius, minor radius, angle, centre x, centre y
    size: tuple[int, int] | None = None  # width and height of the picture, where it is known


@dataclass(frozen=True, eq=False)
class Regions:
    """The detections of one picture, in the order of the file."""

    kind: Literal["rectangle", "ellipse"]
    shapes: NDArray[np.float64]  # (N, 4) left, top, width, height, or (N, 5) as in Faces
    scores: NDArray[np.float64]  # (N,)

    @classmethod
    def of(cls, found: Detections) -> "Regions":
        """Boxes as rectangles."""
        sides = found.boxes[:, 2:] - found.boxes[:, :2]
        return cls("rectangle", np.column_stack([found.boxes[:, :2], sides]), found.scores)


def read_folds(
    folder: Path, images: Path | None = None, folds: Sequence[int] = FOLDS
) -> list[Faces]:
    """The annotated pictures of the folds.

    Args:
        folder: FDDB-folds.
        images: originalPics, from which the sizes of the pictures are taken; without it regions are
            clipped only above and left of the pictures.
        folds: which of the ten.
    """
    names = [name for n in folds for name in (_list_name(n), _ellipses_name(n))]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        there = "some of them are missing" if len(missing) < len(names) else "there are none"
        raise ModelError(
            f"{folder}: expected the folds of FDDB, FDDB-fold-NN.txt and "
            f"FDDB-fold-NN-ellipseList.txt, NN from {min(folds):02d} to {max(folds):02d}; "
            f"{there}, first {missing[0]}"
        )
    found: dict[str, Faces] = {}
    for n in folds:
        _read_fold(folder, n, images, found)
    return list(found.values())


def _list_name(fold: int) -> str:
    return f"FDDB-fold-{fold:02d}.txt"


def _ellipses_name(fold: int) -> str:
    return f"FDDB-fold-{fold:02d}-ellipseList.txt"


def _read_fold(folder: Path, fold: int, images: Path | None, found: dict[str, Faces]) -> None:
    """Add the pictures of one fold, checked against the fold's list, to those found before."""
    listing = Lines(folder / _list_name(fold), "names of pictures")
    lines = Lines(folder / _ellipses_name(fold), "names of pictures and their ellipses")
    while listing.more():
        name = listing.next("a picture's name")
        if name in found:
            raise listing.fail(
                f"{shorten(name)} stands in fold {found[name].fold} too; expected each picture once"
            )
        expected = f"the picture {name}, as in {_list_name(fold)} line {listing.number}"
        annotated = lines.next(expected)
        if annotated != name:
            raise lines.fail(f"{shorten(annotated)}; expected {expected}")
        ellipses = _ellipses(lines, lines.count("faces"), FACE)[:, :5]
        found[name] = Faces(name, fold, ellipses, _size(images, name) if images else None)
    if lines.more():
        extra = lines.next("nothing")
        raise lines.fail(f"{shorten(extra)}; expected the end, as {_list_name(fold)} ends here")


def _ellipses(lines: Lines, count: int, names: str) -> NDArray[np.float64]:
    """The next lines as ellipses with one value more, (M, 6)."""
    first = lines.number
    rows = np.array(lines.numbers(count, names), dtype=np.float64).reshape(-1, 6)
    _refuse(lines, first, np.any(rows[:, :2] < 0, axis=1), "a radius below 0; expected 0 or more")
    _refuse_far(lines, first, rows[:, [0, 1, 3, 4]])
    return rows


def _refuse_far(lines: Lines, first: int, pixels: NDArray[np.float64]) -> None:
    """Raise an error about the first of the lines behind `first` that lies in no picture."""
    far = np.any(np.abs(pixels) > LARGEST, axis=1)
    _refuse(lines, first, far, f"a value beyond {LARGEST}; expected pixels of a picture")


def _refuse(lines: Lines, first: int, wrong: NDArray[np.bool_], problem: str) -> None:
    """Raise an error about the first wrong one of the lines behind `first`."""
    if wrong.any():
        lines.number = first + int(np.argmax(wrong)) + 1
        raise lines.fail(problem)


def _size(images: Path, name: str) -> tuple[int, int]:
    path = images / f"{name}.jpg"
    if not path.exists():
        raise ModelError(f"{path}: no such picture; expected FDDB's originalPics")
    return image_size(path)


def read_detections(path: Path) -> dict[str, Regions]:
    """Detections by picture, of one file or of all fold-NN-out.txt (or other *.txt) in a folder."""
    if not path.is_dir():
        return _read_detections([path])
    files = sorted(path.glob("fold-*-out.txt")) or sorted(path.glob("*.txt"))
    if not files:
        raise ModelError(
            f"{path}: holds no detections; expected fold-01-out.txt to fold-10-out.txt"
        )
    return _read_detections(files)


def _read_detections(files: Sequence[Path]) -> dict[str, Regions]:
    found: dict[str, Regions] = {}
    for file in files:
        lines = Lines(file, "names of pictures and their detections")
        while lines.more():
            name = lines.next("a picture's name")
            if name in found:
                raise lines.fail(f"{shorten(name)} a second time; expected each picture once")
            found[name] = _regions(lines, lines.count("detections"))
    return found


def _regions(lines: Lines, count: int) -> Regions:
    """The next lines as detections: rectangles of five values or ellipses of six."""
    first = lines.number
    if len(lines.peek().split()) == 6 and count:
        rows = _ellipses(lines, count, ELLIPSE)
        return Regions("ellipse", rows[:, :5], rows[:, 5])
    rows = np.array(lines.numbers(count, RECTANGLE), dtype=np.float64).reshape(-1, 5)
    _refuse(
        lines,
        first,
        np.any(rows[:, 2:4] < 0, axis=1),
        "a width or height below 0; expected 0 or more",
    )
    _refuse_far(lines, first, rows[:, :4])
    return Regions("rectangle", rows[:, :4], rows[:, 4])


def write_detections(path: Path, detections: Iterable[tuple[str, Regions]]) -> None:
    """Write one detection file, complete or not at all."""
    lines: list[str] = []
    for name, found in detections:
        rows = np.column_stack([found.shapes, found.scores]).tolist()
        lines += [name, str(len(rows))]
        lines += [" ".join(f"{value:.9g}" for value in row) for row in rows]
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode())


def write_folds(folder: Path, faces: Iterable[Faces]) -> None:
    """Write both files of every fold, as published: for fixtures and for other data as FDDB."""
    folds: Mapping[int, list[Faces]] = {n: [] for n in FOLDS}
    for one in faces:
        folds[one.fold].append(one)
    for n, members in folds.items():
        names = "".join(f"{one.name}\n" for one in members)
        write_atomic(folder / _list_name(n), names.encode())
        text = ""
        for one in members:
            text += f"{one.name}\n{len(one.ellipses)}\n"
            text += "".join(" ".join(f"{v:f}" for v in row) + "  1\n" for row in one.ellipses)
        write_atomic(folder / _ellipses_name(n), text.encode())
