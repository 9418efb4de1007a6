"""A file's operators on quantized integers against what stands for them (``to_reals``).

The file itself, as it was written, runs in onnxruntime. Then each of these operators is looked at
alone: its DequantizeLinear, operator on reals and QuantizeLinear start from the levels that the
file had in front of it, and have to give the levels that the file had behind it. Both round in
float32 on ways of their own, so next to the middle of two levels either one is right.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.importing.qoperators import form_of
from flows.importing.read import read_file
from flows.reference.execution import ImportedModel, Tensors, label

#: Part of a level, and of a real number that is no level, by which float32 may miss it.
CLOSE = 1e-3


class QuantizedOperators:
    """path: of the file. model: what stands for it. nodes: the operators on quantized integers."""

    def __init__(self, path: Path, model: ImportedModel) -> None:
        self.model = model
        self.file = ImportedModel(read_file(path))
        made = model.varying
        self.nodes = [n for n in self.file.nodes if form_of(n) and n.output[0] in made]

    def compare(self, images: Mapping[str, Any]) -> int:
        """Compare one frame of each input, as it lies in the file; returns the levels compared.

        Raises FlowError, naming the operator, at the first level that differs.
        """
        tensors = self.file.run(dict(images))
        found = {name: tensors[name] for name in self.model.varying if name in tensors}
        return sum(self._compare(node, found) for node in self.nodes)

    def _compare(self, node: NodeProto, file: Tensors) -> int:
        output = node.output[0]
        path, read = self._path(output, set(file) - {output})
        tensors = {**self.model.constants, **{name: file[name] for name in read if name in file}}
        self.model.run_nodes(path, tensors)
        expected, found = file[output].astype(np.float64), tensors[output].astype(np.float64)
        if expected.shape != found.shape:
            raise FlowError(
                f"{label(node)}: gives {output} of shape {expected.shape} in onnxruntime; what "
                f"stands for it gives {found.shape}"
            )
        wrong = expected != found
        last = self.model.producers[output]
        if last.op_type == "QuantizeLinear":
            wrong &= ~_between(tensors, last, expected, found)
        else:
            wrong &= np.abs(expected - found) > CLOSE * np.abs(expected).max(initial=0.0)
        if wrong.any():
            place = tuple(int(v) for v in np.argwhere(wrong)[0])
            raise FlowError(
                f"{label(node)}: {output} at {place}: onnxruntime gives {expected[place]:.9g}, its "
                f"scales and zero points {found[place]:.9g} ({np.count_nonzero(wrong):,} of "
                f"{wrong.size:,} differ)"
            )
        return int(wrong.size)

    def _path(self, output: str, given: set[str]) -> tuple[list[NodeProto], set[str]]:
        """(the nodes that make a tensor of given ones, the names that they read)."""
        wanted, path = {output}, []
        for node in reversed(self.model.nodes):
            if wanted.intersection(node.output):
                path.append(node)
                wanted.update(name for name in node.input if name not in given)
        return path[::-1], {name for node in path for name in node.input}


def _between(tensors: Tensors, node: NodeProto, first: Any, second: Any) -> Any:
    """Where two neighbouring levels are both right: the real number lies between them."""
    scale = np.asarray(tensors[node.input[1]], np.float64)
    units = np.asarray(tensors[node.input[0]], np.float64) / scale
    if len(node.input) > 2 and node.input[2]:
        units = units + np.asarray(tensors[node.input[2]], np.float64)
    low, high = np.minimum(first, second), np.maximum(first, second)
    return (high - low == 1) & (np.abs(units - (low + 0.5)) <= CLOSE)
