"""Every threshold of the integer graph on both sides of its step, against the imported file.

Pictures seldom reach the last sum before a step and the first behind it. Here those sums stand in
place of the tensor in front of a quantizer, one frame a sum, and the file's own nodes make levels
of them. Nothing of a threshold is then left open, for the function between is monotone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.correspondence import Counterpart
from flows.graph.integer_graph import IntGraph, IntNode
from flows.reference.doubles import Doubles
from flows.reference.execution import ImportedModel, Tensors, label
from flows.reference.giving import giver, level_at, steps_of
from flows.reference.judge import doubtful_levels, right_level
from flows.reference.lines import Lines, lines_of_places
from flows.reference.quantizers import chain, front
from flows.reference.ranges import channel_ranges

#: Numbers of all places that are looked at at once.
MOST_PLACED = 1 << 20


@dataclass(frozen=True)
class StepMismatch:
    """A level that differs for one integer in front of a quantizer, in real values."""

    node: str
    position: int
    thresholds: str
    channel: int
    integer: int
    expected: float
    found: float
    count: int

    def __str__(self) -> str:
        return (
            f"{self.node}: channel {self.channel} (integers {self.thresholds}), for the integer "
            f"{self.integer} in front of it: expected {self.expected:.9g}, found {self.found:.9g} "
            f"({self.count:,} values next to a step differ)"
        )


@dataclass(frozen=True)
class _Place:
    """A quantizer, the thresholds that stand for it, and the path to it from what is in front.

    lines: where constants differ by place between the two, gains and summands of each place.
    """

    quantizer: NodeProto
    thresholds: IntNode
    front: Counterpart
    path: list[NodeProto]
    lines: Lines | None = None


class Steps:
    """tensors: of one execution of the model, for its constants."""

    def __init__(
        self,
        model: ImportedModel,
        graph: IntGraph,
        counterparts: dict[str, Counterpart],
        tensors: Tensors,
    ) -> None:
        self.model, self.graph, self.known = model, graph, counterparts
        self.constants = {k: v for k, v in tensors.items() if k not in model.varying}
        self.ranges = channel_ranges(graph)
        self.compared: dict[str, int] = {}
        self.decided = 0

    def first_mismatch(self, quantizers: Sequence[NodeProto]) -> StepMismatch | None:
        """The first quantizer, in the file's order, whose steps are not where ours are."""
        for node in quantizers:
            place = self._place(node)
            found = self._compare(place) if place else None
            if found is not None:
                return found
        return None

    def _place(self, node: NodeProto) -> _Place | None:
        """None where no thresholds stand for a quantizer (it changes nothing)."""
        thresholds = giver(self.graph, self.known[node.output[0]].integers)
        if thresholds is None:
            return None
        before = self._before(node)
        integers, lines = lines_of_places(self.graph, thresholds.inputs[0])
        for tensor in [*self.model.inputs, *(t for n in self.model.nodes for t in n.output)]:
            known = self.known.get(tensor)
            if known is None or known.integers != integers or tensor not in before:
                continue
            path = self._path(tensor, node)
            if path is not None and np.all(known.scale != 0):
                return _Place(node, thresholds, known, path, lines)
        return None

    def _is_of_two(self, name: str) -> bool:
        """Whether a tensor is an input of two levels, or such an input pooled."""
        while (made := self.graph.maker(name)) is not None and made.op == "MaxPool":
            name = made.inputs[0]
        return made is None and self.graph.type_of(name).step > 1

    def _before(self, node: NodeProto) -> set[str]:
        """Varying tensors that a quantizer's input is made of, itself among them."""
        found, waiting = set(), [front(node, self.model.producers)]
        while waiting:
            name = waiting.pop()
            if name in self.model.varying and name not in found:
                found.add(name)
                producer = self.model.producers.get(name)
                waiting += list(producer.input) if producer is not None else []
        return found

    def _path(self, tensor: str, end: NodeProto) -> list[NodeProto] | None:
        """Nodes from a tensor to a node, if that tensor is all that they need of the image."""
        reached, path = {tensor}, []
        whole = chain(end, self.model.producers) if end.op_type == "DequantizeLinear" else [end]
        wanted = self._before(end) | {name for node in whole for name in node.output}
        for node in self.model.nodes:
            on_the_way = node is end or bool(set(node.output) & wanted)
            if on_the_way and reached & set(node.input) and tensor not in node.output:
                path.append(node)
                reached |= set(node.output)
        needed = {n for node in path for n in node.input if n in self.model.varying}
        return path if needed <= reached and path and path[-1] is end else None

    def _compare(self, place: _Place) -> StepMismatch | None:
        node, known = place.quantizer, self.known[place.quantizer.output[0]]
        table = steps_of(place.thresholds)
        if place.lines is not None:
            return self._compare_places(place, known, place.lines)
        lo, hi = self.ranges[place.thresholds.inputs[0]]
        sums = np.clip(np.concatenate([[lo, hi], table - 1, table]), lo, hi)  # (n, C)
        if self._is_of_two(place.thresholds.inputs[0]):
            sums = np.where(sums < hi, lo, hi)  # there is nothing between the two levels
        levels = level_at(place.thresholds, sums)
        name = node.name or node.output[0]
        self.compared[name] = int(np.count_nonzero((table > lo) & (table <= hi)))
        return self._compare_frames(place, known, sums, levels)

    def _compare_frames(
        self, place: _Place, known: Counterpart, sums: Any, levels: Any
    ) -> StepMismatch | None:
        """As _compare_sums; frame by frame where the network takes no more at once."""
        try:
            return self._compare_sums(place, known, sums, levels)
        except FlowError:  # a network of one frame at a time
            pieces = (slice(index, index + 1) for index in range(len(sums)))
            found = (self._compare_sums(place, known, sums[p], levels[p]) for p in pieces)
            return next((mismatch for mismatch in found if mismatch), None)

    def _compare_places(
        self, place: _Place, known: Counterpart, lines: Lines
    ) -> StepMismatch | None:
        """The same where constants differ by place: each place has steps of its own."""
        table = steps_of(place.thresholds)
        lo, hi = (part[:, None, None] for part in self.ranges[place.front.integers])
        name = place.quantizer.name or place.quantizer.output[0]
        self.compared[name] = 0
        for first in range(0, len(table), 1 + MOST_PLACED // lines.gains.size):
            some = table[first : first + 1 + MOST_PLACED // lines.gains.size]
            steps = lines.integers(some[:, :, None, None])  # (n, C, H, W)
            self.compared[name] += int(np.count_nonzero((steps > lo) & (steps <= hi)))
            given = np.clip(np.concatenate([steps - 1, steps, steps + 1]), lo, hi)
            count, channels, height, width = given.shape
            sums = np.moveaxis(lines(given), 1, 3).reshape(-1, channels)
            levels = level_at(place.thresholds, sums).reshape(count, height, width, channels)
            found = self._compare_frames(place, known, given, np.moveaxis(levels, 3, 1))
            if found is not None:
                return found
        return None

    def _compare_sums(
        self, place: _Place, known: Counterpart, sums: Any, levels: Any
    ) -> StepMismatch | None:
        """sums (n, C) in front of the thresholds, and the levels (n, C) that they give.

        Or both of each place, (n, C, H, W).
        """
        node = place.quantizer
        sums, levels = (
            part if part.ndim == 4 else part[..., None, None] for part in (sums, levels)
        )
        window = self._size(place, known) if sums.shape[2:] == (1, 1) else sums.shape[2:]
        planes = np.broadcast_to(sums, (*sums.shape[:2], *window))
        real = place.front.decode(planes)
        kind = self.model.kinds.get(place.front.tensor, np.dtype(np.float32))
        tensors = {**self.constants, place.front.tensor: real.astype(kind)}

        def exactly(inner: NodeProto, value: Any) -> Any:
            """Levels of a quantizer on the path that the same thresholds stand for.

            Its own steps are compared for it; float32 may have it on the other side of one.
            """
            found = self.known.get(inner.output[0])
            if inner is node or found is None:
                return value
            if giver(self.graph, found.integers) is not place.thresholds:
                return value
            shape = found.canonical(value).shape
            return found.decode(np.broadcast_to(levels, shape)).astype(value.dtype)

        self.model.run_nodes(place.path, tensors, exactly)
        expected = np.asarray(tensors[node.output[0]], dtype=np.float64)
        shape = known.canonical(expected).shape
        if shape[:2] != levels.shape[:2]:
            raise FlowError(f"{label(node)}: gives {shape[0]} frames for {len(sums)}")
        found = known.decode(np.broadcast_to(levels, shape))
        doubtful = doubtful_levels(expected, found)
        if not doubtful.any():
            return None
        doubles = Doubles(self.model, tensors, {}, {place.front.tensor: real})
        wrong = doubtful & ~right_level(node, expected, found, doubles)
        self.decided += int(np.count_nonzero(doubtful))
        if not wrong.any():
            return None
        expected, found, wrong = (known.canonical(v) for v in (expected, found, wrong))
        at = tuple(int(v) for v in np.unravel_index(int(wrong.argmax()), wrong.shape))
        return StepMismatch(
            label(node),
            self.model.nodes.index(node),
            place.thresholds.name,
            at[1],
            int(np.broadcast_to(sums, wrong.shape)[at]),
            float(expected[at]),
            float(found[at]),
            int(np.count_nonzero(wrong.any(axis=(2, 3)))),
        )

    def _size(self, place: _Place, known: Counterpart) -> tuple[int, int]:
        """Rows and columns of pixels that go in: all of them where the path depends on how many."""
        layouts = [c.layout for c in (place.front, known) if c.layout is not None]
        views = any(node.op_type in ("Reshape", "Flatten") for node in place.path)
        if views or any(kind == "reshape" for each in layouts for kind, _ in each.steps):
            shape = self.graph.node(place.thresholds.name).shape
            return shape[1], shape[2]
        return _window(place.path)


def _window(path: list[NodeProto]) -> tuple[int, int]:
    """Rows and columns of pixels that the pools of a path make one of."""
    size = [1, 1]
    for node in path:
        if node.op_type == "MaxPool":
            attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            kernel, gaps = (
                [1, *attrs.get(name, [1, 1])][-2:] for name in ("kernel_shape", "dilations")
            )  # a network of one dimension has one row
            size = [a * ((b - 1) * c + 1) for a, b, c in zip(size, kernel, gaps, strict=True)]
    return size[0], size[1]
