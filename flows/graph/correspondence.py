"""Which tensor of the integer graph stands for which tensor of the QONNX file, and how.

The walk of ``to_integers`` knows it; kept beside the streamlined graph, it lets a later step
compare the two at every boundary that both have.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.errors import FlowError
from flows.files import READER, write_text
from flows.graph.channel_map import FloatArray
from flows.graph.integer_builder import IntegerBuilder, Value
from flows.graph.integer_graph import IntNode
from flows.graph.layout import Layout

#: A Counterpart as JSON; a number that all channels share stands once.
Row = tuple[str, str, list[float], list[float]]


@dataclass(frozen=True)
class Counterpart:
    """real = scale * integer + offset for each channel; scale, offset: shape (C,) or (1,).

    tensor: name in the QONNX file. integers: name in the integer graph, or that of an
    input. layout: how the file's tensor lies, None for (N, C, H, W).
    """

    tensor: str
    integers: str
    scale: FloatArray
    offset: FloatArray
    layout: Layout | None = None

    def decode(self, integers: Any) -> FloatArray:
        """Integers (N, C, H, W) -> the reals that they stand for, float64, as the file's lie."""
        scale, offset = (part.reshape(1, -1, 1, 1) for part in (self.scale, self.offset))
        result: FloatArray = self._of_file(np.asarray(integers, np.float64) * scale + offset)
        return result

    def integers_of(self, reals: Any) -> FloatArray:
        """The inverse of ``decode``, rounded; a scale of 0 gives what is no number."""
        scale, offset = (part.reshape(1, -1, 1, 1) for part in (self.scale, self.offset))
        values = self.canonical(np.asarray(reals, dtype=np.float64))
        result: FloatArray = np.rint((values - offset) / scale)
        return result

    def units(self, reals: Any) -> FloatArray:
        """For each number of the file's tensor what one integer is, above zero."""
        shape = self.canonical(reals).shape
        units = np.broadcast_to(np.abs(self.scale).reshape(1, -1, 1, 1), shape)
        result: FloatArray = self._of_file(units)
        return result

    def canonical(self, values: Any) -> Any:
        """The file's tensor as (N, C, H, W)."""
        return values if self.layout is None else self.layout.canonical(values)

    def _of_file(self, values: Any) -> Any:
        return values if self.layout is None else self.layout.of_file(values)


@dataclass(frozen=True)
class Candidate:
    """A Counterpart before names are final: node is None for an input, whose name is final."""

    tensor: str
    name: str
    node: IntNode | None
    scale: FloatArray
    offset: FloatArray


def candidates(values: Mapping[str, Value], builder: IntegerBuilder) -> list[Candidate]:
    """All that may stand for a tensor: its integers, and copies of them with other signs.

    Tensors behind a function that is not affine are left out; the quantizer behind it is not.
    """
    found = []
    for tensor, value in values.items():
        affine = value.map.affine()
        if affine is None or value.places:
            continue
        try:
            name = builder.emit_pools(value).name
        except FlowError:
            continue  # pools that nothing asks for in this place
        scale, offset = affine
        found.append(Candidate(tensor, name, builder.graph.maker(name), scale, offset))
        for copy, sign in _copies(builder, name):
            found.append(Candidate(tensor, copy, builder.graph.node(copy), scale * sign, offset))
    return found


def _copies(builder: IntegerBuilder, name: str) -> list[tuple[str, Any]]:
    """Copies of a tensor and of its copies, each with its sign against the tensor itself."""
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any]] = [(name, 1)]
    for source, sign in waiting:
        for copy, turned in builder.copies.get(source, []):
            if copy != name and copy not in found:  # a copy of a copy may be the tensor again
                found[copy] = sign * turned
                waiting.append((copy, found[copy]))
    return list(found.items())


def kept(found: list[Candidate], nodes: list[IntNode]) -> list[Counterpart]:
    """Those whose integers the finished graph has, one for each tensor."""
    standing = {id(node) for node in nodes}
    result: dict[str, Counterpart] = {}
    for entry in found:
        if entry.node is None or id(entry.node) in standing:
            name = entry.name if entry.node is None else entry.node.name
            made = Counterpart(entry.tensor, name, entry.scale, entry.offset)
            result.setdefault(entry.tensor, made)
    return list(result.values())


def write_counterparts(path: Path, counterparts: list[Counterpart]) -> None:
    """Write them as JSON; a number that all channels share stands once."""
    rows = [[c.tensor, c.integers, _short(c.scale), _short(c.offset)] for c in counterparts]
    write_text(path, json.dumps(rows))


def _short(values: FloatArray) -> list[float]:
    return [float(v) for v in (values[:1] if np.all(values == values[0]) else values)]


def read_counterparts(path: Path) -> list[Counterpart]:
    """The inverse of ``write_counterparts``; FlowError where the file is missing or broken."""
    rows = READER.json(path, list[Row], "build again from streamline")
    return [
        Counterpart(tensor, name, np.array(scale), np.array(offset))
        for tensor, name, scale, offset in rows
    ]
