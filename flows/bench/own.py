"""The figures of one of our own builds: clocks by the timing model, resources by yosys."""

from dataclasses import dataclass

from flows.build.config import BuildConfig
from flows.build.sequence import load_step
from flows.build.steps.size_fifos import modelled
from flows.report.data import read_json
from flows.report.schemas import Memories
from flows.run.synth import operators
from hw.synth.resources import Resources, total

#: Frames that the timing model runs: enough for the interval between the last two to be steady.
FRAMES = 6


@dataclass(frozen=True)
class Own:
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


def measure_own(config: BuildConfig, jobs: int = 1) -> Own:
    """Figures of a finished build; synthesizes what ``flows synth`` has not kept."""
    model = load_step(config, "generate_rtl")
    kinds = {node.name: str(node.op_type).removesuffix("_rtl") for node in model.graph.node}
    stored = read_json(config.output_dir, "memories", Memories).total.weights.stored_bits
    return Own(clocks(config), stored, operators(config, jobs), kinds)


def clocks(config: BuildConfig) -> int:
    """Clocks between frames by the timing model, which is the simulated RTL's to the clock."""
    return modelled(load_step(config, "generate_rtl"), FRAMES).interval
