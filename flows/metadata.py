"""A graph's metadata, read back: each entry is a JSON text of a described form."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import Field

from flows.files import READER

#: Width and height of each anchor, in cells.
Anchors = tuple[tuple[float, float], ...]
#: A number for each output channel.
Channels = tuple[float, ...]
#: The least score of a box.
Score = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]

T = TypeVar("T")


def read(
    metadata: Mapping[str, str],
    key: str,
    schema: type[T],
    default: str = "",
    hint: str = "build again",
) -> T:
    """The entry key as schema; FlowError naming the key where it is missing or of another form.

    default: text of an entry that is missing. hint: what was expected, or what helps.
    """
    name = f"the network's metadata {key}"
    return READER.parse(name, metadata.get(key, default), schema, hint)
