"""The fit finds what made-up runs are made of; the kept coefficients are of the kept runs."""

import json

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.synth.cost.__main__ import main
from hw.synth.cost.features import Features
from hw.synth.cost.fit import Sample, errors, fit, table
from hw.synth.cost.model import COEFFICIENTS, load_cost_model
from hw.synth.cost.operators import KINDS
from hw.synth.cost.runs import read_runs
from hw.synth.resources import Resources

TRUE = {"beat": 3.0, "counters": 0.5}


def samples(rng, kind, count, noise=0.0):
    found = []
    for index in range(count):
        sizes = {name: float(rng.integers(20, 400)) for name in TRUE}
        exact = sum(TRUE[name] * size for name, size in sizes.items()) + 10
        lut = round(exact * (1 + noise * rng.uniform(-1, 1)))
        features = Features(dict(sizes), dict(sizes))
        found.append(Sample(kind, features, Resources(LUT=lut, FF=lut), index % 5 == 0))
    return found


def test_the_fit_finds_the_weights():
    rng = np.random.default_rng(1)
    model = fit([s for kind in KINDS for s in samples(rng, kind, 20)])
    for kind in KINDS:
        for figure in ("LUT", "FF"):
            found = model.coefficients[kind][figure]
            assert found["beat"] == pytest.approx(3.0, abs=0.01)
            assert found["counters"] == pytest.approx(0.5, abs=0.02)
            assert found["one"] == pytest.approx(10, abs=3)


def test_errors_are_those_of_the_noise_and_held_out_ones_stand_apart():
    rng = np.random.default_rng(2)
    drawn = [s for kind in KINDS for s in samples(rng, kind, 20, noise=0.1)]
    found = errors(fit(drawn), drawn)
    lut = next(e for e in found if (e.kind, e.figure) == ("all", "LUT"))
    assert lut.runs == 20 * len(KINDS)
    assert lut.held_out == 4 * len(KINDS)
    assert 0.01 < lut.held_median < lut.held_worst < 0.2
    assert len(table(found)) == len(found) + 2


def test_a_kind_without_runs_is_refused():
    rng = np.random.default_rng(3)
    with pytest.raises(HardwareError, match=f"no runs of {KINDS[-1]}"):
        fit([s for kind in KINDS[:-1] for s in samples(rng, kind, 6)])


def test_the_kept_coefficients_are_of_the_kept_runs(tmp_path, monkeypatch, capsys):
    path = tmp_path / "coefficients.json"
    monkeypatch.setattr("hw.synth.cost.model.COEFFICIENTS", path)
    assert main(["fit"]) == 0
    made, kept = (json.loads(file.read_text()) for file in (path, COEFFICIENTS))
    assert made["runs"] == kept["runs"]
    for kind in KINDS:
        for figure, weights in kept["coefficients"][kind].items():
            assert made["coefficients"][kind][figure] == pytest.approx(weights, abs=1e-3)
    assert "| all | LUT |" in capsys.readouterr().out


def test_the_kept_runs_are_distinct_and_of_every_kind():
    runs = read_runs()
    assert len({run.operator.ident for run in runs}) == len(runs)
    assert {run.operator.origin for run in runs} == {"random", "network"}
    assert set(load_cost_model().coefficients) == set(KINDS)


def test_missing_coefficients_name_the_command(tmp_path):
    with pytest.raises(HardwareError, match=r"python -m hw\.synth\.cost fit"):
        load_cost_model(tmp_path / "none.json")
