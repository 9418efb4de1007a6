"""Runs: written and read, made again from their line, run once and kept by their sources."""

import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.synth.cost.draw import draw
from hw.synth.cost.measure import measure
from hw.synth.cost.model import load_cost_model
from hw.synth.cost.operators import KINDS, harvest, model_of
from hw.synth.cost.runs import Run, merged, read_runs, write_runs
from hw.synth.cost.sampling import Drawn
from hw.synth.resources import Resources

CONVERTER = next(o for o in draw(1) if o.kind == "StreamWidthConverter")


def test_every_drawn_operator_can_be_built_and_has_a_cost():
    kinds = set()
    for operator in draw(7)[::3]:
        model = model_of(operator)
        op = getCustomOp(model.graph.node[0])
        op.check()
        kinds.add(op.cost_kind())
        cost = load_cost_model().of(op, op.contents(model))
        assert cost.lut > 0
        assert cost.ff > 0
        assert cost.bram18 == op.features(op.contents(model)).bram18
    assert kinds == set(KINDS)


def test_an_operator_is_the_same_from_its_line_and_from_its_model():
    for operator in draw(1)[::7]:
        assert Drawn.from_dict(operator.as_dict()) == operator
        again = next(iter(harvest(model_of(operator)).values()))
        mine, found = operator.as_dict(), again.as_dict()
        for key in ("kind", "shape", "attrs", "steps"):
            assert found[key] == mine[key], key


def test_runs_are_kept_whole(tmp_path):
    path = tmp_path / "runs.jsonl"
    runs = [Run(o) for o in draw(1)[:3]]
    runs[1] = runs[1].with_result("key", "yosys", Resources(LUT=3, BRAM_18K=1))
    write_runs(runs, path)
    assert read_runs(path) == runs
    assert merged(runs, draw(1)[:4])[3].operator == draw(1)[3]
    path.write_text(path.read_text() + "{}\n")
    with pytest.raises(HardwareError, match="line 4 is no run"):
        read_runs(path)


def test_measure_runs_what_is_missing_and_nothing_twice(tmp_path):
    path = tmp_path / "runs.jsonl"
    write_runs([Run(CONVERTER)], path)
    assert measure(tmp_path / "work", 1, path) == 1
    run = read_runs(path)[0]
    assert run.resources is not None
    assert run.resources.LUT > 0
    assert run.tool.startswith("Yosys")
    assert measure(tmp_path / "work", 1, path) == 0
    assert read_runs(path) == [run]


def test_jobs_below_one_are_refused(tmp_path):
    with pytest.raises(HardwareError, match="--jobs 0"):
        measure(tmp_path, 0)
