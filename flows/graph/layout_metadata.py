"""The layouts of a file's tensors, as an entry of a model's metadata."""

import json
from collections.abc import Mapping

from onnx import ModelProto

from flows.graph.layout import Layout
from flows.metadata import read

#: Entry of the metadata.
KEY = "layouts"
_Entry = tuple[tuple[int, int, int], list[tuple[str, tuple[int, ...]]]]


def write_layouts(model: ModelProto, layouts: Mapping[str, Layout]) -> None:
    """Note those that are not (1, C, H, W) as it is, by tensor."""
    entries = {
        name: [layout.shape, layout.steps] for name, layout in layouts.items() if layout.steps
    }
    for index in reversed(range(len(model.metadata_props))):
        if model.metadata_props[index].key == KEY:
            del model.metadata_props[index]
    if entries:
        model.metadata_props.add(key=KEY, value=json.dumps(entries))


def layouts_of(metadata: Mapping[str, str]) -> dict[str, Layout]:
    """The inverse of ``write_layouts``: tensors that are not named lie as (1, C, H, W)."""
    found = read(metadata, KEY, dict[str, _Entry], "{}")
    return {name: Layout(shape, tuple(steps)) for name, (shape, steps) in found.items()}
