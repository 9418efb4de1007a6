"""A model's file with inputs of other rows and columns."""

from pathlib import Path

import numpy as np
from onnx import ModelProto

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.graph.integer_graph import from_onnx
from flows.graph.layout import Layout
from flows.graph.layout_metadata import layouts_of
from flows.importing.read import read_model


def resized(build: Build, height: int, width: int) -> ModelProto:
    """The file of a build's network with inputs of height rows and width columns.

    Shapes of inner tensors and of outputs are left open. Raises FlowError, naming the input, where
    the inputs differ in size, or where the file has no axes for rows and columns.
    """
    path: Path = build.config.model
    proto = read_model(path)
    model = build.model(StepName.IMPORT)
    layouts = layouts_of({entry.key: entry.value for entry in model.model.metadata_props})
    names = [tensor.name for tensor in model.graph.input]
    shapes = from_onnx(build.model(StepName.STREAMLINE)).inputs.values()
    if len({shape[1:] for shape in shapes}) > 1:
        listed = ", ".join(f"{name} {s[1]} x {s[2]}" for name, s in zip(names, shapes, strict=True))
        raise FlowError(f"{path}: its inputs are of several sizes ({listed}); expected one size")
    known = {info.name: info for info in proto.graph.input}
    for name, (channels, *_) in zip(names, shapes, strict=True):
        layout = layouts.get(name, Layout((channels, height, width)))
        dims = _dims(path, name, layout, (channels, height, width))
        shape = known[name].type.tensor_type.shape
        del shape.dim[:]
        for size in dims:
            shape.dim.add().dim_value = size
    del proto.graph.value_info[:]
    for output in proto.graph.output:
        output.type.tensor_type.ClearField("shape")
    return proto


def _dims(path: Path, name: str, layout: Layout, size: tuple[int, int, int]) -> tuple[int, ...]:
    """Sizes of the file's tensor of (channels, rows, columns)."""
    number = np.prod(size)
    try:
        dims: tuple[int, ...] = layout.of_file(np.zeros((1, *size), np.int8)).shape
    except FlowError:
        dims = ()
    if number != np.prod(dims):
        raise FlowError(
            f"{path}: input {name} lies as {layout.dims}, which has no axes for {size[1]} rows and "
            f"{size[2]} columns; expected a size that the file's input can have"
        )
    return dims
