"""From when to when each operator works on a frame: measured in the simulation, or by the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.steps.size_fifos import modelled
from flows.report.charts import Chart, Span, span_chart
from flows.report.facts import Facts
from flows.report.levels import Simulation
from hw.errors import HardwareError
from hw.sim.design import stream_name

#: Frames that are shown.
FRAMES = 2


@dataclass(frozen=True)
class Stretch:
    """First and last beat that an operator gave, in clocks since the accelerator's first beat in.

    begin, end: of its bar, in shares of the whole time.
    """

    first: int
    last: int
    begin: float
    end: float


@dataclass(frozen=True)
class Timeline:
    """Stretches of each node, one a frame. measured: in simulation, not by the timing model."""

    stretches: dict[str, list[Stretch]]
    clocks: int
    measured: bool

    def chart(self, facts: Facts) -> Chart:
        """All operators, one below the other."""
        spans = [
            Span(
                node.name,
                [(stretch.first, stretch.last) for stretch in self.stretches[node.name]],
                f"{self.stretches[node.name][0].last:,}",
                "main" if node.weight_bits else "minor",
            )
            for node in facts.nodes
            if node.name in self.stretches and not node.inserted
        ]
        how = "simulated" if self.measured else "by the timing model"
        names = ("first frame", "second frame")
        shown = max((len(span.times) for span in spans), default=0)
        return span_chart(
            f"Clocks in which each operator works on a frame ({how})", spans, names[:shown]
        )


def timeline(build: Build, simulation: Simulation | None, names: Sequence[str]) -> Timeline | None:
    """Of a build's nodes; None where nothing was simulated and the model cannot run."""
    measured = simulation is not None and bool(simulation.first)
    times = _simulated(simulation, names) if simulation and measured else _modelled(build)
    if not times:
        return None
    start = min(first for of in times.values() for first, _ in of)
    clocks = max(last for of in times.values() for _, last in of) - start + 1
    stretches = {
        node: [
            Stretch(a - start, b - start, (a - start) / clocks, (b - start + 1) / clocks)
            for a, b in of
        ]
        for node, of in times.items()
    }
    return Timeline(stretches, clocks, measured)


def _simulated(simulation: Simulation, names: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Of a node with several outputs, by the first of them."""
    found = {}
    for name in names:
        stream = name if name in simulation.first else stream_name(name, 0, 2)
        of = _frames(simulation.first.get(stream, ()), simulation.last.get(stream, ()))
        if of:
            found[name] = of
    return found


def _frames(first: Sequence[int], last: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(first, last, strict=False))[:FRAMES]


def _modelled(build: Build) -> dict[str, list[tuple[int, int]]]:
    try:
        settled = modelled(build.model(StepName.GENERATE_RTL), FRAMES)
    except HardwareError:  # no compiler, or a graph that stands still
        return {}
    if settled.stuck:
        return {}
    times = settled.times
    found = {
        name: _frames(times.first[at], times.last[at]) for name, at in settled.graph.exit.items()
    }
    return {name: of for name, of in found.items() if of}
