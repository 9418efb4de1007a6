"""Section: the picture with its boxes, or what goes in and comes out."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.errors import FlowError
from flows.files import READER
from flows.report.boxes import Boxes, boxes
from flows.report.commands import Commands
from flows.report.facts import Facts
from flows.report.outputs import InOut, in_out
from flows.report.overview import Tile
from flows.report.section import Section
from flows.report.shown import Shown

#: Bytes of a picture that becomes a part of the page.
MAX_PICTURE = 64 << 20
IMAGE_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
"""First bytes of a file -> type, of those that every browser shows."""


@dataclass(frozen=True)
class Given:
    """A picture that was asked for. uri: the file itself."""

    name: str
    uri: str


@dataclass(frozen=True)
class Picture:
    """The view of the section: the boxes of a detector, or the ends of another network.

    remark: what the weights are worth; trained: None where nothing is known of it.
    """

    given: Given | None
    boxes: Boxes | None
    ends: InOut | None
    trained: bool | None
    seed: str
    detect: str
    tiles: Sequence[Tile]


def read_picture(path: Path) -> Given:
    """The file; FlowError where it is none that a browser shows."""
    content = READER.data(path, "expected a picture to show", MAX_PICTURE)
    for start, kind in IMAGE_TYPES.items():
        if content.startswith(start):
            return Given(path.name, f"data:{kind};base64,{base64.b64encode(content).decode()}")
    raise FlowError(f"{path}: not a PNG, JPEG or GIF; expected a picture to show")


def picture_section(
    facts: Facts,
    shown: Shown,
    given: Given | None,
    commands: Commands,
    figures: Sequence[Tile],
    threshold: float | None = None,
) -> Section:
    """The section. figures: those that matter, beside the picture.

    threshold: least score of a box, None for the network's own.
    """
    found = boxes(facts, shown, threshold)
    ends = None if found else in_out(shown)
    title = "The picture" if found or given else "What goes in, and what comes out"
    detect = commands.detect() if facts.is_detector else ""
    seed = facts.metadata.get("seed", "")
    data = Picture(given, found, ends, _trained(facts), seed, detect, figures)
    return Section("picture", "Picture" if found or given else "Ends", title, "picture.html", data)


def _trained(facts: Facts) -> bool | None:
    """Whether the weights are; None where the file does not say."""
    if facts.metadata.get("checkpoint"):
        return True
    if facts.metadata.get("network") and facts.metadata.get("seed"):
        return False
    return None
