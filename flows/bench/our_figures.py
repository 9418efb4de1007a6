"""The figures of one of our own builds: clocks by the timing model, resources by yosys."""

from dataclasses import dataclass

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.schemas import Memories
from flows.build.steps.size_fifos import modelled
from flows.run.synth import operators
from hw.ops.registry import kind_of
from hw.synth.resources import Resources, total

#: Frames that the timing model runs: enough for the interval between the last two to be steady.
FRAMES = 6


@dataclass(frozen=True)
class OurFigures:
    """A build. clocks: between frames; weight_bits: stored; operators: resources by node name;
    kinds: of each node its operator without _rtl."""

    clocks: int
    weight_bits: int
    operators: dict[str, Resources]
    kinds: dict[str, str]

    @property
    def total(self) -> Resources:
        """Of all operators."""
        return total(self.operators.values())

    def without(self, *kinds: str) -> Resources:
        """Of all operators but those of these kinds."""
        return total(
            found for name, found in self.operators.items() if self.kinds[name] not in kinds
        )


def measure_ours(build: Build, jobs: int = 1) -> OurFigures:
    """Figures of a finished build; synthesizes what ``flows synth`` has not kept."""
    model = build.model(StepName.GENERATE_RTL)
    kinds = {node.name: kind_of(node) for node in model.graph.node}
    stored = build.results.read(ResultName.MEMORIES, Memories).total.weights.stored_bits
    return OurFigures(clocks(build), stored, operators(build, jobs), kinds)


def clocks(build: Build) -> int:
    """Clocks between frames by the timing model, which is the simulated RTL's to the clock."""
    return modelled(build.model(StepName.GENERATE_RTL), FRAMES).interval
