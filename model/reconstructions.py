"""The assignments of D and F to the layers of Tinier-YOLO that meet the paper's two sums.

    python -m model.reconstructions [--json build/reconstructions.json]

The paper prints DupNet-Tinier-YOLO's size, 36.9 KB, and by how much its complexity is below
IFQ-Tinier-YOLO's, 42.0 %, and not the factors of its layers. Tried are all powers of two up to 64
that divide the input channels as D of conv2 to conv8, and F = 1 or 2 in the first and the last
layer. The zoo's `dupnet-tinier-yolo` is one of those found, `model.comparison --reconstructions`
trains all. Sizes and MACs are counted as `model.complexity` counts them.
"""

import argparse
import functools
import sys
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model import zoo
from model.complexity import BASELINE, KB_BITS, SMALLEST, measure
from model.network import Network
from outside.answers import Answer, add_json, is_for_programs
from outside.arguments import Parser
from outside.command import run_command

SIZE, SAVED, SLACK = 36.9, 42.0, 0.05
"""KB, and percent of IFQ-Tinier-YOLO's complexity, as printed, and what rounding may hide."""
LARGEST_D, LARGEST_F = 64, 2


@dataclass(frozen=True)
class Assignment:
    """The factors of the layers that have other ones than 1, and what they come to."""

    D: dict[str, int]
    F: dict[str, int]
    model_size_kb: float
    complexity_reduction_percent: float

    def spec(self) -> zoo.NetworkSpec:
        """The network; its name says the D of conv4 to conv8, and where else there is a factor."""
        others = [
            f"{layer.name}-{kind}={factors[layer.name]}"
            for kind, factors in (("D", self.D), ("F", self.F))
            for layer in zoo.find(SMALLEST).layers
            if layer.name in factors and layer.name not in {"conv1", *_USUAL}
        ]
        usual = "-".join(str(self.D.get(name, 1)) for name in _USUAL)
        ours = zoo.find(SMALLEST)
        layers = tuple(
            replace(
                layer,
                duplicate_weights=self.D.get(layer.name, 1),
                duplicate_input=self.F.get(layer.name, 1),
            )
            for layer in ours.layers
        )
        if layers == ours.layers:
            return ours
        name = ",".join([f"{SMALLEST}/D={usual}", *others])
        note = f"other factors than {SMALLEST}, of the same size and complexity"
        return replace(ours, name=name, layers=layers, note=note, paper=zoo.PaperFigures())


_USUAL = ("conv4", "conv5", "conv6", "conv7", "conv8")


def enumerate_all() -> list[Assignment]:
    """All that meet both sums: the zoo's first, the others as the factors of conv1 to conv9 rise.

    The sums are linear in F / D of each layer, so that every assignment is tried.
    """
    plain = zoo.find(BASELINE)
    found = measure(Network(plain), plain.input_size)
    names = [layer.name for layer in plain.layers]
    inputs = {names[0], names[-1]}
    choices: list[NDArray[np.float64]] = [
        (
            np.arange(1.0, LARGEST_F + 1)
            if layer.name in inputs
            else np.array([1 / D for D in _divisors(layer.in_channels)])
        )
        for layer in plain.layers
    ]
    macs = [layer.macs for layer in found.layers]
    weights = [
        layer.macs // (layer.output_size[0] * layer.output_size[1]) for layer in found.layers
    ]
    kb = (_sums(choices, weights) + (found.weight_bits - sum(weights))) / KB_BITS
    saved = 100 * (1 - _sums(choices, macs) / found.macs)
    assignments = []
    for index in np.argwhere((abs(kb - SIZE) <= SLACK) & (abs(saved - SAVED) <= SLACK)).tolist():
        shares = [values[at] for values, at in zip(choices, index, strict=True)]
        assignments.append(
            Assignment(
                {name: round(1 / f) for name, f in zip(names, shares, strict=True) if f < 1},
                {name: round(f) for name, f in zip(names, shares, strict=True) if f > 1},
                float(kb[tuple(index)]),
                float(saved[tuple(index)]),
            )
        )
    return sorted(assignments, key=lambda one: one.spec() != zoo.find(SMALLEST))


def _divisors(channels: int) -> list[int]:
    powers = [2**power for power in range(LARGEST_D.bit_length())]
    return [D for D in powers if channels % D == 0]


def _sums(choices: list[NDArray[np.float64]], amounts: list[int]) -> NDArray[np.float64]:
    """The sum over the layers for each assignment: an axis for each layer."""
    parts = [values * amount for values, amount in zip(choices, amounts, strict=True)]
    return np.asarray(functools.reduce(np.add.outer, parts))


def specs() -> tuple[zoo.NetworkSpec, ...]:
    """The networks of all assignments, the zoo's first."""
    return tuple(one.spec() for one in enumerate_all())


def render(assignments: list[Assignment]) -> str:
    """The table, as Markdown."""
    lines = [
        "| F of conv1, conv9 | D of conv4, conv5, conv6, conv7, conv8 | others | KB | complexity "
        "saved |",
        "|---|---|---|---|---|",
    ]
    for one in assignments:
        inputs = ", ".join(str(one.F.get(name, 1)) for name in ("conv1", "conv9"))
        usual = ", ".join(str(one.D.get(name, 1)) for name in _USUAL)
        others = ", ".join(f"{k}: {v}" for k, v in one.D.items() if k not in _USUAL) or "none"
        ours = " (ours)" if one.spec() == zoo.find(SMALLEST) else ""
        lines.append(
            f"| {inputs} | {usual}{ours} | {others} | {one.model_size_kb:.3f} | "
            f"{one.complexity_reduction_percent:.2f} % |"
        )
    return "\n".join(lines)


def _run(options: argparse.Namespace) -> Answer:
    found = enumerate_all()
    if not is_for_programs(options):
        print(f"Factors that give {SIZE} KB and {SAVED} % less complexity than {BASELINE}:\n")
        print(render(found))
    return Answer({one.spec().name: asdict(one) for one in found})


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = Parser(
        prog="python -m model.reconstructions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_json(parser, file=True)
    return run_command(parser, _run, arguments)


if __name__ == "__main__":
    sys.exit(main())
