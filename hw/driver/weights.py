"""Weights and thresholds for an accelerator that takes such while it runs: what lies in a folder.

``weights.json`` says which words of 32 bits go to which addresses of the load bus; the words of a
table stand in a file of its own, one hexadecimal word a line. ``python -m flows weights`` writes
the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import AcceleratorError
from .fields import FieldError, Fields, parse
from .files import utf8_text

FILE = "weights.json"
#: Vectors of the network that the weights make: this folder beside the file.
VECTORS = "vectors"
#: Limits of what is read: of a file, of tables, of the load bus's addresses.
MAX_BYTES, MAX_TABLES, MAX_WORDS = 1 << 28, 10_000, 1 << 24
MAX_CHANNELS = 1 << 16
_EXPECTED = "expected what `python -m flows weights` writes"


@dataclass(frozen=True)
class Weights:
    """model: file that they are of. build_id: of the hardware that they are for. words: (address,
    word) each. scale, bias: of the output, as ``Tensor``. host_nodes: as ``Description``.
    """

    model: str
    build_id: int
    words: tuple[tuple[int, int], ...]
    scale: tuple[float, ...]
    bias: tuple[float, ...]
    host_nodes: tuple[str, ...]


def read_weights(folder: str | Path, channels: int) -> Weights:
    """The weights in a folder, of a network whose output has so many channels.

    Raises AcceleratorError, naming the file, for whatever is wrong with it.
    """
    place = Path(folder)
    path = place / FILE
    try:
        data = Fields(parse(utf8_text(str(path), _EXPECTED, MAX_BYTES)), "")
        words: list[tuple[int, int]] = []
        for table in data.objects("tables", MAX_TABLES):
            words += read_table(place, table, _EXPECTED)
        if not words:
            raise FieldError("tables: none")
        output, tail = data.inside("output"), data.inside("host_tail")
        return Weights(
            data.text("model"),
            data.word("build_id"),
            tuple(words),
            output.numbers("scale", (1, channels)),
            output.numbers("bias", (1, channels)),
            tail.texts("nodes", 0, MAX_TABLES),
        )
    except FieldError as error:
        raise AcceleratorError(f"{path}: {error}; {_EXPECTED}") from None


def read_table(folder: Path, table: Fields, expected: str) -> list[tuple[int, int]]:
    """(address, word) of a table's words; expected: end of the text on a file that is missing."""
    name = table.text("file")
    if Path(name).name != name:
        raise table.wrong("file", "the name of a file in this folder")
    rows, count = table.integer("rows", 1, MAX_WORDS), table.integer("words", 1, MAX_WORDS)
    apart, first = (
        table.integer("row_words", count, MAX_WORDS),
        table.integer("address", 0, MAX_WORDS - 1),
    )
    if first + (rows - 1) * apart + count > MAX_WORDS:
        raise table.wrong("rows", f"addresses below {MAX_WORDS}")
    path = folder / name
    text = utf8_text(str(path), expected, MAX_BYTES).split()
    if len(text) != rows * count:
        raise AcceleratorError(f"{path}: {len(text)} words; expected {rows * count}")
    found = []
    for index, word in enumerate(text):
        try:
            value = int(word, 16)
        except ValueError:
            value = -1
        if not 0 <= value < 1 << 32:
            raise AcceleratorError(f"{path}: word {index} is {word[:20]}; expected 32 bits in "
                                   "hexadecimal")  # fmt: skip
        found.append((first + index // count * apart + index % count, value))
    return found
