"""Estimates of each node: FINN's keys, figures of the model that is fitted to yosys."""

import json

import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.steps import insert_streams
from flows.build.steps.insert_streams import _fitted
from hw.errors import HardwareError
from hw.synth.cost.model import Cost, load_cost_model
from tests.flows.flow import write_config
from tests.flows.networks import random_network

KEYS = {"BRAM_18K", "BRAM_efficiency", "LUT", "URAM", "URAM_efficiency", "DSP"}
OWN = {"BRAM_18K": 4, "BRAM_efficiency": 0.5, "LUT": 90, "URAM": 0, "URAM_efficiency": 1, "DSP": 0}


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estimates")
    made = Build.load(write_config(folder, random_network(1001), target_fps=1_000))
    run_steps(made, stop="insert_streams")
    return made


def _report(build):
    return json.loads((build.folder / "report" / "estimate_layer_resources.json").read_text())


def test_figures_are_the_fitted_models(build):
    report = _report(build)
    model = build.model(StepName.INSERT_STREAMS)
    costs = load_cost_model().by_node(model)
    total = report.pop("total")
    assert list(report) == [node.name for node in model.graph.node] == list(costs)
    for name, entry in report.items():
        assert set(entry) | {"BRAM_efficiency"} == KEYS
        assert (entry["LUT"], entry["BRAM_18K"]) == (round(costs[name].lut), costs[name].bram18)
    for key in ("LUT", "BRAM_18K", "DSP"):
        assert total[key] == sum(entry[key] for entry in report.values())


def test_the_bits_that_block_ram_holds_stay_the_same():
    assert _fitted(OWN, Cost(lut=71.6, bram18=5)) == OWN | {
        "LUT": 72, "BRAM_18K": 5, "BRAM_efficiency": 0.4,
    }  # fmt: skip
    assert _fitted(OWN, Cost(lut=71.4)) == OWN | {
        "LUT": 71, "BRAM_18K": 0, "BRAM_efficiency": 1,
    }  # fmt: skip
    none = OWN | {"BRAM_18K": 0, "BRAM_efficiency": 1}
    assert "BRAM_efficiency" not in _fitted(none, Cost(bram18=2))
    assert _fitted(none, Cost(lut=90)) == none


def test_an_operator_that_the_model_lacks_leaves_the_operators_own(build, monkeypatch):
    class Lacking:
        def by_node(self, model):
            raise HardwareError("node x: no cost model of X")

    model = build.model(StepName.INSERT_STREAMS)
    monkeypatch.setattr(insert_streams, "load_cost_model", Lacking)
    insert_streams._write_estimates(build, model)
    for node in model.graph.node:
        own = insert_streams.operator_of(node)
        assert _report(build)[node.name] == own.node_res_estimation(build.device.part)
