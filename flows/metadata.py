"""What a graph's metadata says, read back: each entry a JSON text of a described form."""

from collections.abc import Mapping
from typing import TypeVar

from flows.files import READER

#: Width and height of each anchor, in cells.
Anchors = tuple[tuple[float, float], ...]
#: A number for each output channel.
Channels = tuple[float, ...]

T = TypeVar("T")


def read(metadata: Mapping[str, str], key: str, schema: type[T], default: str = "") -> T:
    """The entry key as schema; FlowError naming the key where it is missing or of another form."""
    text = metadata.get(key, default)
    return READER.parse(f"the network's metadata {key}", text, schema, "build again")
