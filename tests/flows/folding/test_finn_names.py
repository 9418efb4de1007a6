"""FINN's folding files: names of nodes translated where that is exact, else refused by name."""

import json
import re

import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.folding.finn_names import translate
from hw.ops.registry import copy_of, operator_of
from tests.flows.flow import small_network, write_config


def operators(folder, net):
    path = write_config(folder, net)
    build = Build.load(path)
    run_steps(build, stop="to_hardware")
    return path, [operator_of(node) for node in build.model(StepName.TO_HARDWARE).graph.node]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two units, the first behind padding and window."""
    return operators(tmp_path_factory.mktemp("small"), small_network())


UNITS = ("conv1_mvau", "conv2_mvau")


def test_names_of_the_graph_stay(small):
    given = {"conv1_mvau": {"PE": 2, "ram_style": "auto"}}
    found = translate(given, small[1])
    assert (found.folding, found.lines()) == (given, [])


@pytest.mark.parametrize("kind", ["MVAU", "MVAU_hls", "MVAU_rtl", "MatrixVectorActivation"])
def test_names_of_every_age(small, kind):
    given = {f"{kind}_1": {"PE": 3, "SIMD": 4, "resType": "lut"}, f"{kind}_0": {"PE": 2}}
    found = translate(given, small[1])
    assert found.folding == {UNITS[0]: {"PE": 2}, UNITS[1]: {"PE": 3, "SIMD": 4, "resType": "lut"}}
    assert found.lines() == [
        f"folding: FINN's {kind}_0 is conv1_mvau, {kind}_1 is conv2_mvau",
    ]


def test_variants_are_numbered_by_themselves(small):
    """FINN writes nodes in the graph's order: the first is HLS here, the second RTL."""
    found = translate({"MVAU_hls_0": {"PE": 4}, "MVAU_rtl_0": {"PE": 1}}, small[1])
    assert found.folding == {UNITS[0]: {"PE": 4}, UNITS[1]: {"PE": 1}}


def test_what_means_nothing_here_is_listed(small):
    given = {
        "Defaults": {},
        "StreamingFIFO_rtl_0": {"depth": 32, "impl_style": "rtl"},
        "LabelSelect_hls_0": {"PE": 1},
        "MVAU_hls_0": {"PE": 2, "ram_style": "auto", "mem_mode": "internal_decoupled",
                       "runtime_writeable_weights": 0, "inFIFODepths": [41], "MW": 18},
        "MVAU_hls_1": {},
    }  # fmt: skip
    found = translate(given, small[1])
    assert found.folding == {UNITS[0]: {"PE": 2, "runtime_writeable_weights": 0}, UNITS[1]: {}}
    assert found.ignored == [
        "StreamingFIFO_rtl_0 (no such node here)",
        "LabelSelect_hls_0 (no such node here)",
        *(f"MVAU_hls_0.{key}" for key in ("ram_style", "mem_mode", "inFIFODepths", "MW")),
    ]


def test_defaults_as_finn_s(small):
    given = {
        "Defaults": {"PE": [2, ["MVAU"]], "SIMD": [1, ["all"]], "mem_mode": ["const", ["all"]]},
        "MVAU_0": {"PE": 4},
        "MVAU_1": {},
    }
    found = translate(given, small[1])
    assert found.folding[UNITS[0]] == {"PE": 4, "SIMD": 1}
    assert found.folding[UNITS[1]] == {"PE": 2, "SIMD": 1}
    assert all("SIMD" in values for values in found.folding.values())
    assert found.ignored == ["Defaults.mem_mode"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"MVA_hls_1": {"PE": 1}}, "no node MVA_hls_1, and no operator here means what FINN's"),
        ({"MVA_hls_1": {"PE": 1}}, "; did you mean MVAU_hls_1?"),
        ({"VVAU_hls_0": {"PE": 1}}, "no node VVAU_hls_0, and no operator here means what FINN's"),
        ({"conv1_mvua": {"PE": 1}}, "no node conv1_mvua; nodes: "),
        ({"conv1_mvua": {"PE": 1}}, "; did you mean conv1_mvau?"),
        ({"MVAU_0": {"PE": 1}}, "MVAU_0: the file names 1 of FINN's MVAU, this graph has 2 such"),
        ({"MVAU_0": {}, "MVAU_2": {}}, "which is which cannot be told; expected an entry for each"),
        ({"MVAU_0": {}, "MVAU_1": {}, "MVAU_2": {}}, "the file names 3 of FINN's MVAU"),
        ({"MVAU_0": {"dynamic_mode": 1}, "MVAU_1": {}},
         "node MVAU_0: dynamic_mode = 1; expected 0, for neither rows nor columns are counted"),
        ({"Defaults": {"PE": 3}}, "Defaults: PE = 3; expected a value and a list of operators"),
    ],
)  # fmt: skip
def test_what_is_refused(small, given, message):
    with pytest.raises(FlowError, match=re.escape(message)):
        translate(given, small[1])


def test_branches_beside_each_other_are_refused(small):
    """Two units of which none stands behind the other: FINN's order of them is not known."""
    ops = [copy_of(op) for op in small[1]]
    second = ops[-1].onnx_node
    assert second.name == UNITS[1]
    second.input[0] = ops[0].onnx_node.input[0]
    with pytest.raises(FlowError, match="conv1_mvau and conv2_mvau stand beside each other"):
        translate({"MVAU_0": {}, "MVAU_1": {}}, ops)


def test_a_build_by_finn_s_names_is_that_by_our_own(tmp_path, small, capsys):
    path, _ = small
    found = []
    for name, folding in (
        ("finn", {"MVAU_hls_0": {"PE": 2, "SIMD": 2}, "MVAU_hls_1": {"PE": 1, "SIMD": 4}}),
        ("own", {UNITS[0]: {"PE": 2, "SIMD": 2}, UNITS[1]: {"PE": 1, "SIMD": 4}}),
    ):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(folding))
        build = Build.load(path).of(folding_config_file=file, output_dir=tmp_path / name)
        run_steps(build, stop="set_folding")
        found.append((build.folder / "final_hw_config.json").read_text())
    assert found[0] == found[1]
    assert '"PE": 2' in found[0]
    assert "folding: FINN's MVAU_hls_0 is conv1_mvau" in capsys.readouterr().out
