"""Prediction files as WIDER FACE's evaluation tool takes them: one text file a picture.

`<folder>/<event>/<image>.txt` holds the picture's name, the number of boxes, and a line
`x y w h score` for each box (http://shuoyang1213.me/WIDERFACE/, "Submission"). The name of the file
says which picture it is, as in the tool; the name within is for the reader.
"""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import numpy as np

from model.data.lines import Lines
from model.detection.decode import Detections
from model.errors import ModelError
from model.files import write_atomic

COLUMNS = "x y w h score"


def key(name: str) -> str:
    """`event/image` of `event/image.jpg`: what a prediction file is called.

    Only endings of pictures are cut: names of WIDER FACE hold dots.
    """
    path = PurePosixPath(name)
    suffixes = (".jpg", ".jpeg", ".png", ".bmp")
    return str(path.with_suffix("")) if path.suffix.lower() in suffixes else str(path)


def best_first(found: Detections) -> Detections:
    """The same detections by falling score; equal scores keep their order, as in MATLAB's sort."""
    order = np.argsort(-found.scores, kind="stable")
    return Detections(found.boxes[order], found.scores[order])


def write_file(path: Path, name: str, found: Detections) -> None:
    """Write one picture's predictions; boxes are left, top, right, bottom as everywhere here."""
    sides = found.boxes[:, 2:] - found.boxes[:, :2]
    rows = np.column_stack([found.boxes[:, :2], sides, found.scores])
    lines = [name, str(len(rows))]
    lines += [" ".join(f"{value:.9g}" for value in row) for row in rows.tolist()]
    write_atomic(path, ("\n".join(lines) + "\n").encode())


def write(folder: Path, predictions: Iterable[tuple[str, Detections]]) -> None:
    """Write predictions of pictures named `event/image.jpg`."""
    for name, found in predictions:
        write_file(folder / f"{key(name)}.txt", PurePosixPath(name).name, found)


def read_file(path: Path) -> Detections:
    """One picture's predictions, best first."""
    lines = Lines(path, "a picture's name, a number of boxes, and lines of " + COLUMNS)
    lines.next("the picture's name")
    count = lines.count("boxes")
    rows = np.array(lines.numbers(count, COLUMNS), dtype=np.float64).reshape(-1, 5)
    if lines.more():
        lines.next("nothing")
        raise lines.fail(f"a line too many; expected {count} of {COLUMNS}, as line 2 says")
    negative = np.flatnonzero((rows[:, 2:4] < 0).any(axis=1))
    if len(negative):
        lines.number = 3 + int(negative[0])
        w, h = rows[negative[0], 2:4]
        raise lines.fail(f"a box of {w:g} x {h:g}; expected a width and height of at least 0")
    boxes = np.column_stack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
    return best_first(Detections(boxes, rows[:, 4]))


def read(folder: Path) -> dict[str, Detections]:
    """All predictions in a folder, by `event/image`."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder; expected predictions <event>/<image>.txt")
    paths = sorted(folder.glob("*/*.txt"))
    if not paths:
        raise ModelError(f"{folder}: holds no predictions; expected <event>/<image>.txt")
    return {path.relative_to(folder).with_suffix("").as_posix(): read_file(path) for path in paths}
