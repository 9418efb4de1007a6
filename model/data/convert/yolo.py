"""YOLO's labels, as Ultralytics and Darknet write them: a text file beside each picture.

A line is `class x y w h`: the box's centre and sides as fractions of the picture's width and
height. `images/a/1.jpg` has its lines in `labels/a/1.txt`; without such a file a picture has no
objects. The classes' names stand in a data.yaml, with the folders of the splits.
"""

from pathlib import Path

from model.data.convert.labels import Labelled, choose, event_name
from model.data.lines import Lines
from model.data.wider import SUFFIXES
from model.detection.image import image_size
from model.errors import ModelError
from model.files import READER
from outside.schema import OpenDocument

EXPECTED = "expected Ultralytics' data.yaml: names, and a folder of pictures for each split"
COLUMNS = "class x y w h"


class Data(OpenDocument):
    """A data.yaml; folders are relative to `path`, and that one to the file."""

    path: str = ""
    train: str = ""
    val: str = ""
    test: str = ""
    names: dict[int, str] | list[str]

    def classes(self) -> dict[int, str]:
        """Names of the classes by number."""
        return dict(enumerate(self.names)) if isinstance(self.names, list) else dict(self.names)


def read_data(file: Path, split: str) -> tuple[Path, dict[int, str]]:
    """The folder of a split's pictures, and the classes, as a data.yaml says."""
    data = READER.yaml(file, Data, EXPECTED)
    given = {"train": data.train, "val": data.val, "test": data.test}
    if not given.get(split):
        known = ", ".join(name for name, folder in given.items() if folder)
        raise ModelError(f"{file}: no split {split}; it has {known or 'none'}")
    return file.parent / data.path / given[split], data.classes()


def labels_of(images: Path) -> Path:
    """The folder of labels by convention: the last `images` of the path becomes `labels`."""
    parts = list(images.parts)
    if "images" not in parts:
        raise ModelError(f"{images}: no folder images in this path; expected --labels as well")
    last = len(parts) - 1 - parts[::-1].index("images")
    return Path(*parts[:last], "labels", *parts[last + 1 :])


def read(
    images: Path,
    labels: Path | None = None,
    category: str = "",
    names: dict[int, str] | None = None,
) -> list[Labelled]:
    """The pictures of a folder, by name, each with the boxes of one class.

    Args:
        images: the folder; folders in it count too.
        labels: folder of the labels; none: by convention.
        category: name or number of the class; "": the only one, or face.
        names: of the classes by number; none: not known, then 0 is converted by default.

    Raises:
        ModelError: names the file and line that cannot be taken.
    """
    if not images.is_dir():
        raise ModelError(f"{images}: no such folder; expected one of pictures")
    labels = labels or labels_of(images)
    if not labels.is_dir():
        raise ModelError(f"{labels}: no such folder; expected the labels of {images}")
    wanted = choose(names, category, str(images)) if names else _number(category)
    sources = sorted(p for p in images.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not sources:
        raise ModelError(f"{images}: no picture ({', '.join(SUFFIXES)}); expected some")
    unused = {path for path in labels.rglob("*.txt") if path.name != "classes.txt"}
    pictures = []
    for source in sources:
        below = source.relative_to(images)
        file = labels / below.with_suffix(".txt")
        picture = Labelled(source, event_name(below.as_posix(), str(images)))
        if file in unused:
            unused.remove(file)
            _add(picture, file, wanted, names)
        pictures.append(picture)
    if unused:
        raise ModelError(
            f"{min(unused)}: no picture of this name in {images}; expected one for every file of "
            f"labels ({len(unused)} have none)"
        )
    return pictures


def _number(category: str) -> int:
    if category and not category.isdigit():
        raise ModelError(
            f"--category {category}: names are not known without a data.yaml; expected a number"
        )
    return int(category or 0)


def _add(picture: Labelled, file: Path, wanted: int, names: dict[int, str] | None) -> None:
    """Take in the boxes of a file of labels."""
    lines = Lines(file, f"lines of {COLUMNS}")
    size = width, height = image_size(picture.source)
    while lines.more():
        if not lines.peek():
            lines.next(COLUMNS)
            continue
        (values,) = lines.numbers(1, COLUMNS)
        kind, x, y, w, h = values
        if kind < 0 or kind != int(kind) or (names is not None and int(kind) not in names):
            known = f"0 to {max(names)}" if names else "a whole number"
            raise lines.fail(f"class {kind:g}; expected {known}")
        if max(x, y, w, h) > 2:
            raise lines.fail(
                f"{x:g} {y:g} {w:g} {h:g}; expected fractions of the picture, not pixels"
            )
        if int(kind) == wanted:
            left, top = (x - w / 2) * width, (y - h / 2) * height
            box = (left, top, left + w * width, top + h * height)
            picture.add(box, size, f"{file}:{lines.number}")
