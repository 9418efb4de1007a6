"""Section: the dataflow graph, each operator a link to its facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.build.build import Build
from flows.build.names import StepName
from flows.report.charts import Chart
from flows.report.drawing import Drawing, draw
from flows.report.facts import Facts, FifoFacts
from flows.report.maps import Sheet, sheet
from flows.report.operators import NodeFacts
from flows.report.savings import Saving
from flows.report.section import Section
from flows.report.shown import Shown
from flows.report.timeline import Stretch, Timeline
from flows.run.boundaries import find_boundaries
from hw.ops.base import Role


@dataclass(frozen=True)
class Card:
    """The facts of a node.

    load: its clocks in shares of the slowest's. beats, waiting, fill: simulated, None where not.
    acts: duplicates that it takes out. tensor: of the integer graph, that it gives; map: of the
    shown frame. compared: levels that compared it.
    """

    node: NodeFacts
    load: float
    beats: int | None
    waiting: float | None
    fifo: FifoFacts | None
    stretches: Sequence[Stretch]
    acts: Sequence[Saving]
    tensor: str
    map: Sheet | None
    compared: Sequence[str]


@dataclass(frozen=True)
class Graph:
    """The view of the section. measured: whether the timeline is simulated."""

    drawing: Drawing
    cards: Sequence[Card]
    slowest: NodeFacts
    timeline: Chart | None
    measured: bool
    source: str
    duplicates: bool


def graph_section(build: Build, facts: Facts, shown: Shown, times: Timeline | None) -> Section:
    """The section."""
    acts = {node.name: _acts(node, facts) for node in facts.nodes}
    tensors = _tensors(build, shown)
    slowest = facts.slowest
    simulation = facts.simulation
    cards = [
        Card(
            node=node,
            load=node.clocks / slowest.clocks if slowest.clocks else 0.0,
            beats=simulation.beats_per_frame(node.name) if simulation else None,
            waiting=simulation.stalled_share(node.name) if simulation else None,
            fifo=next((fifo for fifo in facts.fifos if fifo.name == node.name), None),
            stretches=times.stretches.get(node.name, []) if times else [],
            acts=acts[node.name],
            tensor=tensors.get(node.name, ""),
            map=sheet(shown.tensors[tensors[node.name]]) if node.name in tensors else None,
            compared=_compared(facts, tensors.get(node.name, "")),
        )
        for node in facts.nodes
    ]
    data = Graph(
        draw(facts, acts),
        cards,
        slowest,
        times.chart(facts) if times else None,
        bool(times and times.measured),
        shown.source,
        any(acts.values()),
    )
    title = "The accelerator, operator by operator"
    return Section("graph", "Operators", title, "graph.html", data)


def _acts(node: NodeFacts, facts: Facts) -> list[Saving]:
    """Duplicates that a node takes out: a unit those of its layer, a sum that of the one behind."""
    of_layer = [
        saving
        for saving in facts.savings
        if node.role is Role.UNIT
        and (node.name == saving.layer or node.name.startswith(f"{saving.layer}_"))
    ]
    return of_layer + [saving for saving in facts.savings if saving.summed_by == node.name]


def _tensors(build: Build, shown: Shown) -> dict[str, str]:
    """Node -> the tensor of the integer graph that it gives."""
    found = find_boundaries(build.model(StepName.GENERATE_RTL), shown.emulator)
    return {boundary.node: boundary.tensor for boundary in found}


def _compared(facts: Facts, tensor: str) -> list[str]:
    """Names of the levels that passed and compared it."""
    return [level.name for level in facts.levels if level.passed and tensor in level.boundaries]
