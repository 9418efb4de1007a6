"""Features of an operator: numbers that its LUTs and flip-flops grow with.

A feature is already in LUTs or flip-flops of the plain construction (an adder tree's full adders, a
register's bits), so that its fitted coefficient says how many yosys takes for one.
"""

from dataclasses import dataclass, field

from hw.synth.cost.memory import Mapped

#: Features by name.
Numbers = dict[str, float]


@dataclass(frozen=True)
class Contents:
    """Cost as far as weights and thresholds say it; each operator adds its own fields."""


@dataclass
class Features:
    """Features of LUT and FF, what memories take (RAMB18 and LUT RAM), and DSP slices."""

    lut: Numbers
    ff: Numbers
    memories: list[Mapped] = field(default_factory=list)
    dsp: int = 0

    def __post_init__(self) -> None:
        self.lut = {"one": 1.0, **self.lut}
        self.ff = {"one": 1.0, **self.ff}
        if any(memory.lutram for memory in self.memories):
            self.lut["lutram"] = self.lutram

    @property
    def bram18(self) -> int:
        """RAMB18."""
        return sum(memory.bram18 for memory in self.memories)

    @property
    def lutram(self) -> int:
        """LUTs that are RAM."""
        return sum(memory.lutram for memory in self.memories)
