"""Another size of the image for an accelerator that takes such while it runs: what a folder holds.

``size.json`` says which words of 32 bits go to which addresses of the load bus, and how many beats
and bytes a frame has at each DMA block; ``accelerator.json`` describes the accelerator at this
size. ``python -m flows size`` writes the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .description import FILE as DESCRIPTION
from .description import MAX_FRAME, Description, read_description
from .errors import AcceleratorError
from .fields import FieldError, Fields, parse
from .files import utf8_text
from .weights import MAX_BYTES, MAX_TABLES, read_table

FILE = "size.json"
_EXPECTED = "expected what `python -m flows size` writes"


@dataclass(frozen=True)
class Size:
    """height, width: of the input. words: (address, word) each. frames: (beats, bytes) of a frame
    at each DMA block. description: of the accelerator at this size.
    """

    height: int
    width: int
    words: tuple[tuple[int, int], ...]
    frames: dict[str, tuple[int, int]]
    description: Description


def read_size(folder: str | Path, build_id: int) -> Size:
    """The size in a folder, for the build of this number.

    Raises AcceleratorError, naming the file, for whatever is wrong with it.
    """
    place = Path(folder)
    path = place / FILE
    try:
        data = Fields(parse(utf8_text(str(path), _EXPECTED, MAX_BYTES)), "")
        found = data.word("build_id")
        words: list[tuple[int, int]] = []
        for table in data.objects("tables", MAX_TABLES):
            words += read_table(place, table, _EXPECTED)
        blocks = data.inside("frames")
        frames = {}
        for name in blocks.names():
            block = blocks.inside(name)
            frames[name] = (
                block.integer("beats", 1, MAX_FRAME),
                block.integer("bytes", 1, MAX_FRAME),
            )
        height, width = (data.integer(key, 1, MAX_FRAME) for key in ("height", "width"))
    except FieldError as error:
        raise AcceleratorError(f"{path}: {error}; {_EXPECTED}") from None
    description = read_description(place / DESCRIPTION)
    if found != build_id or description.build_id != build_id:
        raise AcceleratorError(
            f"{folder}: of build 0x{found:08x}, this is build 0x{build_id:08x}; expected what "
            "`flows size` wrote for it"
        )
    mine = {name: tensor.frame_bytes for name, tensor in description.blocks.items()}
    if mine != {name: size for name, (_, size) in frames.items()} or not words:
        raise AcceleratorError(f"{path}: not of the frames in {DESCRIPTION}; {_EXPECTED}")
    return Size(height, width, tuple(words), frames, description)
