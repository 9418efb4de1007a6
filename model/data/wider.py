"""WIDER FACE on disk: reading and writing of its published layout.

    WIDER_<split>/images/<event>/<image>.jpg
    wider_face_split/wider_face_<split>_bbx_gt.txt

The text file lists, for every picture, its name `<event>/<image>.jpg`, the number of faces, and for
each face a line `x y w h blur expression illumination invalid occlusion pose` (readme.txt of
wider_face_split.zip; Yang, Luo, Loy and Tang, "WIDER FACE: A Face Detection Benchmark", CVPR 2016).

Its quirks, and what is done with them:

- a picture without faces has the count 0 and one line of zeros behind it: no boxes;
- some boxes are of no width or height: they are left out;
- some are flagged invalid (too small or blurred for the annotators): left out, or kept on request;
- some reach beyond the picture: they are clipped to it, and left out if nothing remains.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from model.data.lines import Lines, shorten
from model.detection.image import image_size
from model.errors import ModelError
from model.files import write_atomic

ATTRIBUTES = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")
COLUMNS = "x y w h " + " ".join(ATTRIBUTES)
INVALID = ATTRIBUTES.index("invalid")
SUFFIXES = (".jpg", ".jpeg", ".png")

Entry = tuple[str, NDArray[np.float64], NDArray[np.int64]]
"""Name `event/image.jpg`, boxes (M, 4), attributes (M, 6) of one picture."""


@dataclass(frozen=True, eq=False)
class Annotation:
    """The faces of one picture."""

    path: Path  # .../images/<event>/<image>.jpg
    boxes: NDArray[np.float64]  # (M, 4) left, top, right, bottom in pixels
    attributes: NDArray[np.int64]  # (M, 6), in the order of ATTRIBUTES

    @property
    def name(self) -> str:
        """`event/image.jpg`, as in the annotation file."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def invalid(self) -> NDArray[np.bool_]:
        """(M,): which faces the annotators flagged as invalid."""
        flags: NDArray[np.bool_] = self.attributes[:, INVALID] != 0
        return flags


def images_folder(folder: Path, split: str) -> Path:
    """Where the pictures of a split lie."""
    return folder / f"WIDER_{split}" / "images"


def annotation_file(folder: Path, split: str) -> Path:
    """Where the boxes of a split stand."""
    return folder / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt"


def read_split(folder: Path, split: str, keep_invalid: bool = False) -> list[Annotation]:
    """The annotations of a split ("train", "val", or any other that was written), in file order.

    Args:
        folder: the one that holds WIDER_<split> and wider_face_split.
        split: which.
        keep_invalid: keep faces flagged invalid (`Annotation.invalid` says which), for evaluation.
    """
    return list(iterate_split(folder, split, keep_invalid))


def iterate_split(folder: Path, split: str, keep_invalid: bool = False) -> Iterator[Annotation]:
    """As `read_split`, one picture at a time; the split's existence is checked at once."""
    images, text = images_folder(folder, split), annotation_file(folder, split)
    if not (images.is_dir() and text.is_file()):
        expected = [path.relative_to(folder).as_posix() for path in (images, text)]
        raise ModelError(
            f"{folder}: no split {split!r} of WIDER FACE here; expected {' and '.join(expected)}"
        )
    lines = Lines(text, "the boxes of WIDER FACE")
    if not len(lines):
        raise ModelError(f"{text}: empty; expected pictures and their boxes ({COLUMNS})")
    return _annotations(lines, images, keep_invalid)


def _annotations(lines: Lines, images: Path, keep_invalid: bool) -> Iterator[Annotation]:
    """The annotations in the lines of the text file."""
    seen: set[str] = set()
    while lines.more():
        name = _name(lines)
        if name in seen:
            raise lines.fail(f"{name} stands here a second time; expected each picture once")
        seen.add(name)
        path = images / name
        width, height = _size(path, lines)
        rows = _rows(lines)
        corners = np.column_stack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
        boxes = np.clip(corners, 0.0, np.array([width, height, width, height], dtype=np.float64))
        attributes = rows[:, 4:].astype(np.int64)
        kept = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        if not keep_invalid:
            kept &= attributes[:, INVALID] == 0
        yield Annotation(path, boxes[kept], attributes[kept])


def _name(lines: Lines) -> str:
    """The next line as the name of a picture."""
    expected = "a picture's name <event>/<image>.jpg"
    name = lines.next(expected)
    path = PurePosixPath(name)
    good = len(path.parts) == 2 and path.suffix.lower() in SUFFIXES and ".." not in path.parts
    if not good or path.is_absolute():
        raise lines.fail(f"{shorten(name)}; expected {expected}")
    return name


def _size(path: Path, lines: Lines) -> tuple[int, int]:
    """Width and height of a picture as it is shown."""
    if not path.exists():
        raise lines.fail(f"there is no {path}; expected every picture listed here")
    return image_size(path)


def _rows(lines: Lines) -> NDArray[np.float64]:
    """The next count and its lines, (M, 10); of a count of 0 the line of zeros is passed over."""
    count = lines.count("faces")
    if count == 0:
        words = lines.peek().split()
        if words and all(word == "0" for word in words):
            lines.numbers(1, COLUMNS)
        return np.zeros((0, 10))
    first = lines.number
    rows = np.array(lines.numbers(count, COLUMNS), dtype=np.float64).reshape(-1, 10)
    wrong = np.argwhere((rows[:, 4:] < 0) | (rows[:, 4:] != np.floor(rows[:, 4:])))
    if len(wrong):
        row, column = wrong[0]
        lines.number = first + int(row) + 1
        value = rows[row, 4 + column]
        raise lines.fail(f"{ATTRIBUTES[column]} is {value:g}; expected an integer from 0")
    return rows


def _entry_lines(name: str, boxes: NDArray[np.float64], attributes: NDArray[np.int64]) -> list[str]:
    """The lines of one picture; boxes on the grid of pixels, none of them empty."""
    path = PurePosixPath(name)
    if len(path.parts) != 2 or path.suffix.lower() not in SUFFIXES or path.is_absolute():
        raise ModelError(f"picture {shorten(name)}; expected a name <event>/<image>.jpg")
    if boxes.shape != (len(boxes), 4) or attributes.shape != (len(boxes), len(ATTRIBUTES)):
        raise ModelError(
            f"{name}: boxes of shape {boxes.shape}, attributes of shape {attributes.shape}; "
            "expected (M, 4) and (M, 6)"
        )
    if not np.isfinite(boxes).all() or (boxes[:, 2:] < boxes[:, :2]).any():
        raise ModelError(f"{name}: a box is not finite or of negative size; expected l, t, r, b")
    if not len(boxes):
        return [name, "0", "0 " * 10]
    corners = np.floor(boxes + 0.5).astype(np.int64)
    sides = np.maximum(corners[:, 2:] - corners[:, :2], 1)
    rows = np.column_stack([corners[:, :2], sides, attributes]).tolist()
    return [name, str(len(boxes)), *("".join(f"{value} " for value in row) for row in rows)]


def write_split(folder: Path, split: str, entries: Iterable[Entry]) -> None:
    """Write the annotation file of a split, complete or not at all.

    The pictures themselves, in WIDER_<split>/images/<event>, are the caller's to write.

    Args:
        folder: the one that holds WIDER_<split> and wider_face_split.
        split: which.
        entries: name `event/image.jpg`, boxes (M, 4) as left, top, right, bottom, attributes
            (M, 6). Boxes are rounded to whole pixels, as the published ones are, a width or height
            of 0 to 1.
    """
    lines = itertools.chain.from_iterable(_entry_lines(*entry) for entry in entries)
    text = "".join(f"{line}\n" for line in lines)
    write_atomic(annotation_file(folder, split), text.encode())


def boxes_of(annotations: Sequence[Annotation]) -> NDArray[np.float64]:
    """All boxes of many pictures, (N, 4): what anchors are made from."""
    return np.concatenate([np.zeros((0, 4)), *(one.boxes for one in annotations)])
