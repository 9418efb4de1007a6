"""DepthToSpace and SpaceToDepth as layouts: they move numbers and change none."""

from collections.abc import Callable

from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.layout import Layout

_AXES = 4


def _to_space(layout: Layout, node: NodeProto) -> Layout:
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    block, mode = int(attrs.get("blocksize", 0)), attrs.get("mode", b"DCR")
    _, channels, height, width = layout.dims
    depth = channels // max(1, block * block)
    if block < 1 or depth * block * block != channels:
        raise FlowError(f"{where(node)}: blocksize = {block} of {channels} channels")
    if mode == b"CRD":
        parts, order = (1, depth, block, block, height, width), (0, 1, 4, 2, 5, 3)
    elif mode == b"DCR":
        parts, order = (1, block, block, depth, height, width), (0, 3, 4, 1, 5, 2)
    else:
        raise FlowError(f"{where(node)}: mode {mode!r}; expected DCR or CRD")
    whole = (1, depth, height * block, width * block)
    return layout.reshaped(parts).transposed(order).reshaped(whole)


def _to_depth(layout: Layout, node: NodeProto) -> Layout:
    block = int({a.name: a.i for a in node.attribute}.get("blocksize", 0))
    _, channels, height, width = layout.dims
    if block < 1 or height % block or width % block:
        raise FlowError(f"{where(node)}: blocksize = {block} of {height} x {width} pixels")
    rows, columns = height // block, width // block
    parts = (1, channels, rows, block, columns, block)
    whole = (1, channels * block * block, rows, columns)
    return layout.reshaped(parts).transposed((0, 3, 5, 1, 2, 4)).reshaped(whole)


#: By operator: (layout of the input, node) -> layout of the output.
BLOCKS: dict[str, Callable[[Layout, NodeProto], Layout]] = {
    "DepthToSpace": _to_space,
    "SpaceToDepth": _to_depth,
}


def moved(layout: Layout, node: NodeProto) -> Layout:
    """The layout behind such a node. FlowError for attributes that do not fit its input."""
    if len(layout.dims) != _AXES or layout.dims[0] != 1:
        raise FlowError(
            f"{where(node)}: its input has shape {layout.dims}; expected a batch of one, channels, "
            "rows and columns"
        )
    return BLOCKS[node.op_type](layout, node)
