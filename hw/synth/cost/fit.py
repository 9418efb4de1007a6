"""The fit: non-negative least squares of relative errors, a figure and kind of operator at a time.

One run in five is held out; their errors are what the model is worth. Weights are drawn a little
to 1, the plain construction's, which a feature that no run of the fit has keeps.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.optimize import nnls

from hw.errors import HardwareError
from hw.files import write_text
from hw.ops.registry import operator_of
from hw.synth.cost.features import Features, Numbers
from hw.synth.cost.model import CostModel
from hw.synth.cost.operators import KINDS, model_of
from hw.synth.cost.runs import Run
from hw.synth.resources import Resources

#: A weight beside its plain one costs as much as this relative error of a run, for each time it is
#: greater by the plain one: so features that no run tells apart share what they explain.
PULL = 0.03
#: Plain weights other than 1: LUTs or flip-flops of control that no feature counts.
PLAIN = {"one": 10.0}
#: Errors of operators smaller than this are taken relative to it.
FLOOR = {"LUT": 50, "FF": 50}
#: Figures that are counted, not fitted: their errors are differences.
COUNTED = ("RAMB18", "DSP")


@dataclass(frozen=True)
class Sample:
    """A run as the fit sees it."""

    kind: str
    features: Features
    resources: Resources
    is_held_out: bool

    def numbers(self, figure: str) -> Numbers:
        """Features of "LUT" or "FF"."""
        return self.features.lut if figure == "LUT" else self.features.ff


@dataclass(frozen=True)
class Error:
    """Relative errors of a kind and figure: of runs, of those held out; absolute if COUNTED."""

    kind: str
    figure: str
    runs: int
    median: float
    worst: float
    held_out: int
    held_median: float
    held_worst: float


def samples_of(runs: Sequence[Run]) -> list[Sample]:
    """Runs that have a result, with their features."""
    found = []
    for run in runs:
        if run.resources is None:
            continue
        model = model_of(run.operator)
        op = operator_of(model.graph.node[0])
        numbers = op.features(op.contents(model))
        found.append(Sample(op.cost_kind(), numbers, run.resources, run.is_held_out))
    return found


def fit(samples: Sequence[Sample], kinds: Sequence[str] = KINDS) -> CostModel:
    """Coefficients of each kind from the samples that are not held out."""
    coefficients: dict[str, dict[str, dict[str, float]]] = {}
    for kind in kinds:
        mine = [s for s in samples if s.kind == kind and not s.is_held_out]
        if not mine:
            raise HardwareError(f"there are no runs of {kind} to fit to")
        coefficients[kind] = {figure: _weights(mine, figure) for figure in FLOOR}
    return CostModel(coefficients)


def _weights(samples: Sequence[Sample], figure: str) -> dict[str, float]:
    names = sorted({name for s in samples for name in s.numbers(figure)})
    matrix = np.array([[s.numbers(figure).get(name, 0.0) for name in names] for s in samples])
    wanted = np.array([float(getattr(s.resources, figure)) for s in samples])
    scale = 1 / np.maximum(wanted, FLOOR[figure])
    plain = np.array([PLAIN.get(name, 1.0) for name in names])
    pull = np.diag(PULL / plain)
    found, _ = nnls(
        np.vstack([matrix * scale[:, None], pull]), np.concatenate([wanted * scale, pull @ plain])
    )
    return {name: round(float(weight), 4) for name, weight in zip(names, found, strict=True)}


def errors(
    model: CostModel, samples: Sequence[Sample], kinds: Sequence[str] = KINDS
) -> list[Error]:
    """Errors by kind, and of all."""
    found = []
    for kind in (*kinds, "all"):
        mine = [s for s in samples if kind in (s.kind, "all")]
        for figure in (*FLOOR, *COUNTED):
            if figure == "DSP" and not any(s.features.dsp or s.resources.DSP for s in mine):
                continue
            all_of = [_error(model, s, figure) for s in mine]
            held = [_error(model, s, figure) for s in mine if s.is_held_out]
            ends = (median(all_of), max(all_of)), (median(held or [0.0]), max(held or [0.0]))
            found.append(Error(kind, figure, len(all_of), *ends[0], len(held), *ends[1]))
    return found


def _error(model: CostModel, sample: Sample, figure: str) -> float:
    if figure == "RAMB18":
        return abs(sample.features.bram18 - 2 * sample.resources.bram36)
    if figure == "DSP":
        return abs(sample.features.dsp - sample.resources.DSP)
    lut, ff = model.weigh(sample.kind, sample.features)
    wanted = getattr(sample.resources, figure)
    return float(abs((lut if figure == "LUT" else ff) - wanted) / max(wanted, FLOOR[figure]))


def table(found: Sequence[Error]) -> list[str]:
    """Lines of Markdown."""
    lines = [
        "| operator | figure | runs | median error | worst | held out | median error | worst |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for e in found:
        values: tuple[Any, ...] = (e.median, e.worst, e.held_median, e.held_worst)
        text = [f"{v:g}" if e.figure in COUNTED else f"{100 * v:.1f} %" for v in values]
        if not e.held_out:
            text[2:] = ["", ""]
        lines.append(
            f"| {e.kind} | {e.figure} | {e.runs} | {text[0]} | {text[1]} | {e.held_out} | "
            f"{text[2]} | {text[3]} |"
        )
    return lines


def write_fit(
    path: Path, tools: Sequence[str], runs: int, model: CostModel, found: Sequence[Error]
) -> None:
    """Write coefficients and errors of a fit, and print them. tools: what made each of the runs."""
    names = ", ".join(sorted({tool.partition(" (")[0] for tool in tools}))
    data = {
        "tool": names,
        "runs": runs,
        "coefficients": model.coefficients,
        "errors": [asdict(error) for error in found],
    }
    write_text(path, json.dumps(data, indent=1) + "\n")
    print(f"{runs} runs of {names}; RAMB18, DSP: differences in number")
    print("\n".join(table(found)))
