"""Which tensors of a file a graph's outputs stand for: real = scale * integer + bias.

Several tensors may be decoded from the integers of one output. Where there is a host's tail, the
tensors are those that it reads, or the file's own outputs in front of it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.metadata import Channels, read

#: Entry of the metadata: [tensor, number of the graph's output] of each (JSON).
KEY = "output_tensors"
_ENTRY = re.compile(r"output_(scale|bias)(_\d+)?")
#: What a graph says without that entry.
_ALONE = '[["output", 0]]'


@dataclass(frozen=True)
class Decoding:
    """tensor: of the file. output: number of the graph's output. scale, bias: of each channel."""

    tensor: str
    output: int
    scale: tuple[float, ...]
    bias: tuple[float, ...]


def entry(what: str, index: int) -> str:
    """Metadata's key of the scale or bias of a decoding: output_scale, output_scale_1, ..."""
    return f"output_{what}_{index}" if index else f"output_{what}"


def write_decodings(metadata: dict[str, str], decodings: Sequence[Decoding]) -> None:
    """Note them, in their order, in the place of those that stand there."""
    for key in [key for key in metadata if _ENTRY.fullmatch(key)]:
        del metadata[key]
    metadata[KEY] = json.dumps([[each.tensor, each.output] for each in decodings])
    for index, each in enumerate(decodings):
        metadata[entry("scale", index)] = json.dumps(_floats(each.scale))
        metadata[entry("bias", index)] = json.dumps(_floats(each.bias))


def decodings_of(metadata: Mapping[str, str]) -> list[Decoding]:
    """The inverse; FlowError where the metadata are not as they are written."""
    named = read(metadata, KEY, list[tuple[str, int]], _ALONE)
    return [
        Decoding(
            tensor,
            output,
            tuple(read(metadata, entry("scale", index), Channels)),
            tuple(read(metadata, entry("bias", index), Channels)),
        )
        for index, (tensor, output) in enumerate(named)
    ]


def _floats(values: Sequence[Any]) -> list[float]:
    return [float(value) for value in values]
