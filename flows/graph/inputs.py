"""Names of a network's inputs: as tensors, in metadata, and in the model's file.

The first is "input", the others "input_1", "input_2" and so on, in the file's order. Entries of an
integer graph's metadata on an input end as its name does: ``input_scale``, ``input_scale_1``.
"""

import json
from collections.abc import Mapping

from flows.metadata import read

FIRST = "input"
#: The metadata entry that holds the file's names, where there are several inputs.
NAMES = "input_names"


def tensor_name(index: int) -> str:
    """Name of an input as a tensor of the integer graph, by its number in the file."""
    return f"{FIRST}_{index}" if index else FIRST


def suffix(tensor: str) -> str:
    """The end of an input's metadata entries: "", "_1", ..."""
    return tensor.removeprefix(FIRST)


def names_entry(names: list[str]) -> dict[str, str]:
    """The metadata entry that says what the file calls its inputs; nothing for a single one."""
    return {NAMES: json.dumps(names)} if len(names) > 1 else {}


def file_names(metadata: Mapping[str, str]) -> dict[str, str]:
    """The file's name of each input, by tensor; a single one is called "input" here."""
    found = read(metadata, NAMES, list[str], json.dumps([FIRST]))
    return {tensor_name(index): name for index, name in enumerate(found)}
