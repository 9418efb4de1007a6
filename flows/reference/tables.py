"""Every row of the integer graph's tables against the imported file.

Frames seldom have each index. Here all of them go through the file's own nodes, as far as the
tensor that a table's rows stand for.
"""

from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.correspondence import Counterpart
from flows.graph.integer_graph import EMBEDDING, IntNode
from flows.reference.comparison import ImportComparison, Mismatch
from flows.reference.doubles import Doubles
from flows.reference.known import file_inputs

#: Numbers of a tensor that are looked up at once.
CHUNK = 1 << 20


def first_wrong_row(check: ImportComparison) -> tuple[Mismatch | None, int]:
    """The first number of a table that is not the file's, if any; rows that were compared."""
    rows = 0
    for node in check.graph.nodes:
        if node.op != EMBEDDING:
            continue
        for maker in check.model.nodes:
            known = next((check.known[t] for t in maker.output if t in check.known), None)
            if known is not None and known.integers == node.name:
                found = _compare(check, node, maker, known)
                if found is not None:
                    return found, rows
                rows += len(node.params["table"])
                break
    return None, rows


def _compare(
    check: ImportComparison, node: IntNode, maker: NodeProto, known: Counterpart
) -> Mismatch | None:
    path = _path(check, known.tensor)
    indices = _indices(check, node)
    size = int(np.prod(node.shape))
    chunk = max(1, CHUNK // size)
    for first in range(0, len(indices), chunk):
        try:
            found = _of_frames(check, node, maker, known, path, indices[first : first + chunk])
        except FlowError:  # a network of one frame at a time
            if chunk == 1:
                raise
            pieces = (indices[i : i + 1] for i in range(first, min(first + chunk, len(indices))))
            each = (_of_frames(check, node, maker, known, path, piece) for piece in pieces)
            found = next((mismatch for mismatch in each if mismatch), None)
        if found is not None:
            return found
    return None


def _path(check: ImportComparison, tensor: str) -> list[NodeProto]:
    """The nodes that make a tensor of the file of its inputs."""
    wanted, path = {tensor}, []
    for node in reversed(check.model.nodes):
        if wanted.intersection(node.output) and check.model.varying.intersection(node.output):
            path.append(node)
            wanted.update(node.input)
    return path[::-1]


def _indices(check: ImportComparison, node: IntNode) -> Any:
    """(frames, rows, columns) of indices, each row of the table among them.

    Where the indices are a part of an input, or moved, a frame holds one index throughout.
    """
    (source,), (_, height, width) = node.inputs, node.shape
    rows = np.arange(len(node.params["table"]))
    if source not in check.graph.inputs:
        return np.broadcast_to(rows[:, None, None], (len(rows), height, width))
    count = -(-len(rows) // (height * width)) * height * width
    return np.resize(rows, count).reshape(-1, height, width)


def _of_frames(
    check: ImportComparison,
    node: IntNode,
    maker: NodeProto,
    known: Counterpart,
    path: list[NodeProto],
    indices: Any,
) -> Mismatch | None:
    integers = {}
    for name, (channels, height, width) in check.graph.inputs.items():
        whole = (len(indices), channels, height, width)
        used = (
            indices[:, None] if indices.shape[1:] == (height, width) else indices[:, :1, :1, None]
        )
        low, high = check.graph.range(name)
        integers[name] = np.broadcast_to(np.clip(used, low, high), whole).astype(np.float64)
    images = file_inputs(check.model, check.graph, integers)
    tensors = {**check.tensors, **check.model.typed(images)}
    check.model.run_nodes(path, tensors)
    rows = node.params["table"][indices].transpose(0, 3, 1, 2)
    doubles = Doubles(check.model, tensors, images)
    return check.compare(maker, known, tensors, {node.name: rows}, doubles)
