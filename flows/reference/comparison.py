"""An integer graph against the QONNX file that it was made of, boundary by boundary.

The file runs as it stands (``execution``), from end to end. Each piece of the integer graph between
two quantizers starts from the levels that the file's quantizers gave, and every tensor that both
graphs have is compared in real values: what the file computed, and scale * integer + offset. Sums
have to be the same integer, quantizers have to give the same level.

float32 cannot always tell. Where the two are further apart than a twentieth of a unit, the file's
nodes between the quantizers in front and this tensor run again in float64 (``doubles``), which then
decides; only where a value lies on a step to within 1e-10 of the greatest number on its way, a tie
for float64 too, either level is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.correspondence import Counterpart
from flows.graph.integer_graph import IntGraph
from flows.reference.doubles import Doubles
from flows.reference.execution import ImportedModel, Tensors, label
from flows.reference.judge import (
    CLOSE,
    doubtful_levels,
    doubtful_sums,
    right_level,
    right_sum,
)
from flows.reference.known import ends_of, file_inputs, known_tensors
from flows.reference.levels import RandomLevels
from flows.reference.quantizers import QUANTIZERS, levels_of
from flows.reference.segments import Segments
from flows.reference.steps import Steps
from flows.run.inputs import by_input


@dataclass(frozen=True)
class Mismatch:
    """The first real value that differs at a boundary. expected: the file's; found: ours."""

    node: str
    tensor: str
    integers: str
    frame: int
    row: int
    column: int
    channel: int
    expected: float
    found: float
    count: int
    total: int
    position: int  # of the node in the file's order

    def __str__(self) -> str:
        return (
            f"{self.node}: tensor {self.tensor} (integers {self.integers}), frame {self.frame}, "
            f"channel {self.channel}, pixel (row {self.row}, column {self.column}): expected "
            f"{self.expected:.9g}, found {self.found:.9g} ({self.count:,} of {self.total:,} values "
            "differ)"
        )


@dataclass
class ImportComparison:
    """Compares frames; gathers what was compared and which levels were reached.

    reached: quantizer -> pairs (channel, level) that were seen. decided: values that float64 had
    to decide. ends: the last tensors of the file that integers stand for. outputs: their real
    values, (N, C, H, W) a piece, by tensor; found: the same as they lie in the file. integers: of
    the integer graph's outputs, (N, C, H, W) a piece, by name.
    """

    model: ImportedModel
    graph: IntGraph
    counterparts: Sequence[Counterpart]
    compared: list[str] = field(default_factory=list)
    reached: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    decided: int = 0
    outputs: dict[str, list[Any]] = field(default_factory=dict)
    found: dict[str, list[Any]] = field(default_factory=dict)
    integers: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = known_tensors(self.graph, self.counterparts)
        self.ends = ends_of(self.graph)
        self.quantizers = [n for n in self.model.quantizers() if n.output[0] in self.known]
        cuts = {self.known[n.output[0]].integers for n in self.quantizers} - set(self.graph.inputs)
        self.segments = Segments(self.graph, cuts)
        self.tensors: Tensors = {}

    def add(self, frames: Any, first: int = 0) -> Mismatch | None:
        """Compare frames (``flows.run.inputs``); None, or the first boundary that differs.

        first: number of the first frame.
        """
        return self._run(frames, first, None)

    def add_levels(self, frames: Any, first: int, seed: int) -> Mismatch | None:
        """The same with random levels behind every quantizer that thresholds stand for."""
        return self._run(frames, first, RandomLevels(self.graph, self.known, seed))

    def _run(self, frames: Any, first: int, random: RandomLevels | None) -> Mismatch | None:
        integers = {
            name: array.transpose(0, 3, 1, 2).astype(np.float64)
            for name, array in by_input(self.graph, frames).items()
        }
        images = file_inputs(self.model, self.graph, integers)
        tensors = self.model.run(images, random)
        replaced, drawn = (random.replaced, random.drawn) if random else (set(), {})
        levels = {}
        for node in self.quantizers:
            known = self.known[node.output[0]]
            levels[known.integers] = known.integers_of(tensors[node.output[0]])
            if random is None:
                self._reach(node, tensors)
        ours = self.segments.run(integers, levels)
        doubles = Doubles(self.model, tensors, images)
        self.tensors = tensors
        if random is None:
            for end in self.ends:
                known = self.known[end]
                real = known.decode(ours[known.integers])
                self.found.setdefault(end, []).append(real)
                self.outputs.setdefault(end, []).append(known.canonical(real))
            for name in self.graph.outputs:
                self.integers.setdefault(name, []).append(ours[name])
        behind = self._behind(replaced)
        for node in self.model.nodes:
            for tensor in node.output:
                if tensor not in self.known or tensor not in self.model.varying - replaced:
                    continue
                given = {**ours, **drawn} if tensor in behind else ours
                found = self.compare(node, self.known[tensor], tensors, given, doubles)
                if found is not None:
                    return _numbered(found, first)
                if tensor not in self.compared:
                    self.compared.append(tensor)
        return None

    def _behind(self, replaced: set[str]) -> set[str]:
        """Tensors of the file that hold the drawn levels of their integers.

        A quantizer that changes no level has the integers of what is in front of it, too: that
        still holds what came before the draw.
        """
        drawn = {name: {self.known[name].integers} for name in replaced}
        for node in self.model.nodes:
            found = set().union(*(drawn.get(name, set()) for name in node.input))
            for name in {*node.output} - replaced:
                own = {self.known[name].integers} if name in self.known else found
                drawn[name] = found & own
        return {name for name in drawn if name in self.known and drawn[name]}

    def steps(self) -> Steps:
        """Comparison of every threshold, once frames have been added."""
        return Steps(self.model, self.graph, self.known, self.tensors)

    def _reach(self, node: NodeProto, tensors: Tensors) -> None:
        levels = self.known[node.output[0]].canonical(levels_of(tensors, node))
        seen = self.reached.setdefault(node.name or node.output[0], set())
        for channel in range(levels.shape[1]):
            seen |= {(channel, int(v)) for v in np.unique(levels[:, channel])}

    def compare(
        self,
        node: NodeProto,
        known: Counterpart,
        tensors: Tensors,
        ours: Mapping[str, Any],
        doubles: Doubles,
    ) -> Mismatch | None:
        """A tensor of the file that node makes against our integers; None where they are equal.

        tensors: the file's; ours: integers (N, C, H, W) by name; doubles: of the same frames.
        """
        real = np.asarray(tensors[known.tensor], dtype=np.float64)
        found = known.decode(ours[known.integers])
        if real.shape != found.shape:
            raise FlowError(
                f"{label(node)}: tensor {known.tensor} has shape {real.shape}, the integers "
                f"{known.integers} that stand for it have {found.shape}"
            )
        levels, at_the_end = node.op_type in QUANTIZERS, known.tensor in self.ends
        doubtful = doubtful_levels(real, found) if levels else doubtful_sums(known, real, found)
        if at_the_end and not levels:  # decoded: nothing less than float64 will do
            doubtful = np.ones_like(doubtful)
        if not doubtful.any():
            return None
        if levels:
            right = right_level(node, real, found, doubles)
        else:
            right = right_sum(known, real, found, doubles, 0.0 if at_the_end else CLOSE)
        wrong = doubtful & ~right
        self.decided += 0 if at_the_end else int(np.count_nonzero(doubtful))
        if not wrong.any():
            return None
        inside = known.canonical(wrong)
        at = np.unravel_index(int(inside.argmax()), inside.shape)
        frame, channel, row, column = (int(v) for v in at)
        return Mismatch(
            label(node),
            known.tensor,
            known.integers,
            frame,
            row,
            column,
            channel,
            float(known.canonical(real)[at]),
            float(known.canonical(found)[at]),
            int(np.count_nonzero(wrong)),
            wrong.size,
            self.model.nodes.index(node),
        )


def _numbered(found: Mismatch, first: int) -> Mismatch:
    return Mismatch(**{**found.__dict__, "frame": found.frame + first})
