"""COCO's detection labels: one JSON file of images, annotations and categories.

Format: cocodataset.org, "Data format", object detection. A box is x, y, width, height in pixels
from the upper left. Crowds (`iscrowd`) and boxes with `ignore` become boxes that are flagged
invalid.
"""

from pathlib import Path

from pydantic import Field

from model.data.convert.labels import Labelled, choose, event_name
from model.detection.image import image_size
from model.errors import ModelError
from model.files import READER
from outside.schema import OpenDocument

EXPECTED = "expected COCO's detection labels: images, annotations, categories"
LIMIT = 1 << 29


class Image(OpenDocument):
    """A picture; width and height as the boxes take them."""

    id: int
    file_name: str
    width: int
    height: int


class Annotation(OpenDocument):
    """A box of one picture."""

    id: int
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float] = Field(description="expected x, y, width, height")
    iscrowd: int = 0
    ignore: int = 0


class Category(OpenDocument):
    """A class."""

    id: int
    name: str


class Labels(OpenDocument):
    """The parts of the file that are read."""

    images: list[Image]
    annotations: list[Annotation]
    categories: list[Category]


def read(annotations: Path, images: Path, category: str = "") -> list[Labelled]:
    """The pictures of a file of labels, in its order, each with the boxes of one class.

    Args:
        annotations: the JSON file.
        images: folder that its file names begin at.
        category: name or number of the class; "": the only one, or face.

    Raises:
        ModelError: names the file and the image or annotation that cannot be taken.
    """
    labels = READER.json(annotations, Labels, EXPECTED, LIMIT)
    names = {one.id: one.name for one in labels.categories}
    wanted = choose(names, category, str(annotations))
    pictures: dict[int, Labelled] = {}
    sizes: dict[int, tuple[int, int]] = {}
    for one in labels.images:
        where = f"{annotations}: image {one.id}"
        if one.id in pictures:
            raise ModelError(f"{where}: stands there a second time; expected each once")
        name = event_name(one.file_name, where)
        source = images / one.file_name
        if not source.is_file():
            raise ModelError(f"{where}: there is no {source}; expected every picture listed")
        sizes[one.id] = image_size(source)
        if sizes[one.id] != (one.width, one.height):
            width, height = sizes[one.id]
            raise ModelError(
                f"{where}: {one.width} x {one.height}, but {source} is {width} x {height} as it "
                "is shown (turned as EXIF says); expected boxes of the same picture"
            )
        pictures[one.id] = Labelled(source, name)
    for box in labels.annotations:
        where = f"{annotations}: annotation {box.id}"
        if box.image_id not in pictures:
            raise ModelError(f"{where}: image_id {box.image_id}; expected one of images")
        if box.category_id not in names:
            raise ModelError(f"{where}: category_id {box.category_id}; expected one of categories")
        if box.category_id == wanted:
            x, y, w, h = box.bbox
            ignored = bool(box.iscrowd or box.ignore)
            pictures[box.image_id].add((x, y, x + w, y + h), sizes[box.image_id], where, ignored)
    return list(pictures.values())
