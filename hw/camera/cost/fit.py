"""The fit of the camera path's modules, as that of the operators (``hw.synth.cost.fit``)."""

from collections.abc import Sequence
from statistics import median

from hw.camera.cost.features import REST, features
from hw.camera.cost.model import shell_cost
from hw.camera.cost.runs import Run
from hw.camera.cost.sizes import PARTS, SHELL
from hw.synth.cost.fit import FLOOR, Error, Sample, fit
from hw.synth.cost.model import CostModel
from hw.synth.resources import NAMES, Resources

KINDS = (*PARTS, REST)


def samples_of(runs: Sequence[Run]) -> list[Sample]:
    """The parts' runs, and of each shell what its parts leave of it."""
    found, by_number = [], {(run.number, run.module): run.resources for run in runs}
    for run in runs:
        resources, module = run.resources, run.module
        if resources is None:
            continue
        if module == SHELL:
            parts = [by_number.get((run.number, part)) for part in PARTS]
            if None in parts:
                continue
            resources, module = _less(resources, [part for part in parts if part]), REST
        found.append(Sample(module, features(module, run.sizes), resources, run.is_held_out))
    return found


def _less(whole: Resources, parts: Sequence[Resources]) -> Resources:
    """Resources of a whole that are none of its parts'; block RAM in halves."""
    left = {
        name: getattr(whole, name) - sum(getattr(part, name) for part in parts) for name in NAMES
    }
    halves = 2 * left.pop("BRAM_36K") + left.pop("BRAM_18K")
    return Resources(**left, BRAM_18K=halves)


def fitted(samples: Sequence[Sample]) -> CostModel:
    """Coefficients from the samples that are not held out."""
    return fit(samples, KINDS)


def shell_errors(model: CostModel, runs: Sequence[Run]) -> list[Error]:
    """Errors of the whole shell, the sum of all parts."""
    found = []
    for figure in (*FLOOR, "RAMB18", "DSP"):
        all_of, held = [], []
        for run in runs:
            if run.module != SHELL or run.resources is None:
                continue
            cost, taken = shell_cost(run.sizes, model), run.resources
            error = {
                "LUT": abs(cost.lut - taken.LUT) / taken.LUT,
                "FF": abs(cost.ff - taken.FF) / taken.FF,
                "RAMB18": abs(cost.bram18 - 2 * taken.bram36),
                "DSP": abs(float(cost.dsp - taken.DSP)),
            }[figure]
            all_of.append(error)
            if run.is_held_out:
                held.append(error)
        held_ends = (median(held or [0.0]), max(held or [0.0]))
        ends = (median(all_of), max(all_of))
        found.append(Error(SHELL, figure, len(all_of), *ends, len(held), *held_ends))
    return found
