"""Graphs of RTL and HLS nodes: what chooses them, and what such a build does and refuses."""

import json
import re

import numpy as np
import pytest
import yaml
from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from hw import RTL_DIR
from hw.errors import HardwareError
from hw.modules import closure
from hw.ops.registry import HLS_DOMAIN, RTL_DOMAIN
from hw.sim.design import Design
from hw.stitch import stitch
from tests.flows.flow import write_config
from tests.flows.networks import random_network
from tests.flows.test_bad_input import error_of
from tests.hw.hls.vitis_case import fake_tool

SEED = 1001


@pytest.fixture(scope="module")
def rtl(tmp_path_factory):
    """Configuration of the same network, all RTL."""
    path = write_config(tmp_path_factory.mktemp("rtl"), random_network(SEED), name="acc")
    assert main(["build", str(path)]) == 0
    return Build.load(path)


def styles(build):
    """Node name -> "rtl" or "hls", of the final graph; the domain says the same."""
    found = {}
    for node in build.model(StepName.GENERATE_RTL).graph.node:
        found[node.name] = node.op_type.rpartition("_")[2]
        assert node.domain == {"rtl": RTL_DOMAIN, "hls": HLS_DOMAIN}[found[node.name]]
    return found


def report(build, name):
    return json.loads((build.folder / "report" / f"{name}.json").read_text())


def test_all_hls(rtl, tmp_path, capsys):
    net = random_network(SEED)
    path = write_config(tmp_path, net, name="acc", impl_style="hls", target_fps=20_000)
    same = write_config(tmp_path / "rtl", net, name="acc", target_fps=20_000)
    assert main(["build", str(same)]) == 0
    capsys.readouterr()
    assert main(["build", str(path)]) == 0
    build, other = Build.load(path), Build.load(same)
    found = styles(build)
    fifos = {name for name in found if name.endswith("_fifo")}
    assert {found[name] for name in set(found) - fifos} == {"hls"}
    # FIFOs are no operators of HLS C++: between IP they stay ours
    assert {found[name] for name in fifos} <= {"rtl"}
    said = capsys.readouterr().out
    line = next(line for line in said.splitlines() if line.startswith("generate_rtl: no RTL"))
    named = [name for name in found if name not in fifos]
    assert f"{len(named)} nodes are HLS" in line and ", ".join(named) in line
    assert "`python -m flows hls`" in line and "`python -m flows cppsim`" in line
    assert not (build.folder / "rtl").exists()
    # the rest of the build is that of the RTL graph
    assert list(found) == list(styles(other))
    for name in ("estimate_layer_cycles", "estimate_layer_resources", "op_and_param_counts"):
        assert report(build, name) == report(other, name)
    weights = report(build, "memories")["total"]["weights"]
    expected = report(other, "memories")["total"]["weights"]
    assert weights["bits"] - weights["padding_bits"] > 0
    assert weights["stored_bits"] == expected["stored_bits"]
    # what needs RTL says why there is none, and so does the report
    np.save(tmp_path / "x.npy", net.frames(1))
    for command in (["synth", path], ["rtlsim", path, "--input", tmp_path / "x.npy"]):
        said = error_of(capsys, *command)
        assert f"{len(named)} nodes are HLS, whose RTL only Vitis HLS makes" in said
    assert main(["report", str(path)]) == 0
    page = (build.folder / "report" / "report.html").read_text()
    assert f"{len(named)} nodes are HLS, whose RTL only Vitis HLS makes" in page


def test_some_nodes_by_the_folding_file(rtl, tmp_path, capsys):
    chosen = [name for name in styles(rtl) if name.endswith("_mvau")][:2]
    table = {name: {"preferred_impl_style": "hls"} for name in chosen}
    net = random_network(SEED)
    path = write_config(tmp_path, net, name="acc", folding_config_file="folding.json")
    (tmp_path / "folding.json").write_text(json.dumps(table))
    assert main(["build", str(path)]) == 0
    build = Build.load(path)
    found = styles(build)
    assert [name for name, style in found.items() if style == "hls"] == chosen
    assert list(found) == list(styles(rtl))
    # what was chosen is in the folding that is written, which gives the same graph again
    written = json.loads((build.folder / "final_hw_config.json").read_text())
    assert {
        name: entry["preferred_impl_style"]
        for name, entry in written.items()
        if "preferred_impl_style" in entry
    } == dict.fromkeys(chosen, "hls")
    (tmp_path / "folding.json").write_text(json.dumps(written))
    assert main(["build", str(path)]) == 0
    assert styles(Build.load(path)) == found
    capsys.readouterr()
    # the RTL simulation says what it lacks, the simulation of the C++ runs the mixture
    np.save(tmp_path / "x.npy", net.frames(1))
    arguments = [str(path), "--input", str(tmp_path / "x.npy")]
    assert main(["rtlsim", *arguments]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: this graph cannot be simulated as RTL: 2 nodes are HLS")
    assert ", ".join(chosen) in said and said.count("\n") == 1
    assert main(["cppsim", *arguments, "--build", "fast"]) == 0
    assert "all integers equal" in capsys.readouterr().out


def stand_in_verilog(model, name, folder):
    """Write a module of the node's name and ports, submodules prefixed, as Vitis HLS would.

    Made of the node's RTL variant, which has the same ports and the same meaning.
    """
    node = NodeProto()
    node.CopyFrom(next(n for n in model.graph.node if n.name == name))
    node.op_type, node.domain = node.op_type.removesuffix("_hls") + "_rtl", RTL_DOMAIN
    op = getCustomOp(node)
    op.set_nodeattr("code_gen_dir_ipgen", str(folder))
    op.generate_hdl(model, "", 0)
    modules = closure(op.rtl_modules())
    texts = {name: (folder / f"{name}.sv").read_text()}
    (folder / f"{name}.sv").unlink()
    for module in modules:
        texts[f"{name}_{module}"] = (RTL_DIR / f"{module}.sv").read_text()
    # names of modules, not of memories' files
    names = re.compile(rf"(?<![\w\"])({'|'.join(modules)})(?=\s*(#\(|\())")
    for file, text in texts.items():
        (folder / f"{file}.v").write_text(names.sub(rf"{name}_\1", text))


def test_mixed_rtl_is_simulated_once_vitis_hls_has_run(tmp_path, capsys, monkeypatch):
    """build, hls (stand-in), build again from generate_rtl, rtlsim: HLS and RTL side by side."""
    net = random_network(1)
    path = write_config(tmp_path, net, name="acc", folding_config_file="f.json")
    chosen = {node: {"preferred_impl_style": "hls"} for node in ("act0", "conv1_mvau")}
    (tmp_path / "f.json").write_text(json.dumps(chosen))
    assert main(["build", str(path)]) == 0
    build = Build.load(path)
    with monkeypatch.context() as context:
        context.setenv("PATH", str(fake_tool(tmp_path / "bin")))
        context.setenv("FAKE_LOG", str(tmp_path / "log"))
        assert main(["hls", str(path)]) == 0
    model = build.model(StepName.INSERT_STREAMS)
    units = build.folder / "hls" / "vitis" / "operators"
    for name in chosen:
        folder = units / name / f"project_{name}" / "sol1" / "impl" / "verilog"
        folder.mkdir()
        stand_in_verilog(model, name, folder)
    np.save(tmp_path / "x.npy", net.frames(2))
    arguments = ["rtlsim", str(path), "--input", str(tmp_path / "x.npy")]
    capsys.readouterr()
    assert main(["build", str(path), "--start", "generate_rtl"]) == 0
    assert "no RTL was written" not in capsys.readouterr().out
    sources = Design.load(build.folder / "rtl" / "acc.json").sources
    assert {"conv1_pad.sv", "stream_pad.sv", "conv1_mvau.v", "conv1_mvau_mvau.v"} <= set(sources)
    assert main([*arguments, "--stalls", "0.3"]) == 0
    assert "2 frames" in capsys.readouterr().out
    # of one node the sources are others: what Vitis HLS made is not of these
    top = units / "conv1_mvau" / "top_conv1_mvau.cpp"
    top.write_text(top.read_text() + "// changed\n")
    assert main(["build", str(path), "--start", "generate_rtl"]) == 0
    assert "no RTL was written: 1 node is HLS" in capsys.readouterr().out
    assert main(arguments) == 1
    assert "cannot be simulated as RTL" in capsys.readouterr().err


def test_one_node_may_stay_rtl(rtl, tmp_path):
    kept = next(name for name in styles(rtl) if name.endswith("_pad"))
    path = write_config(
        tmp_path, random_network(SEED), impl_style="hls", folding_config_file="folding.json"
    )
    (tmp_path / "folding.json").write_text(json.dumps({kept: {"preferred_impl_style": "rtl"}}))
    assert main(["build", str(path)]) == 0
    found = styles(Build.load(path))
    others = {name for name in found if name != kept and not name.endswith("_fifo")}
    assert found[kept] == "rtl" and {found[name] for name in others} == {"hls"}


def test_an_rtl_folder_of_an_earlier_build_goes(tmp_path):
    path = write_config(tmp_path, random_network(SEED), name="acc")
    assert main(["build", str(path)]) == 0
    assert (tmp_path / "build" / "rtl" / "acc.sv").is_file()
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "impl_style": "hls"}))
    assert main(["build", str(path), "--start", "specialize"]) == 1  # another configuration
    assert main(["build", str(path)]) == 0
    assert not (tmp_path / "build" / "rtl").exists()


def test_stitching_names_the_hls_nodes(tmp_path, rtl):
    from flows.build.steps.specialize import specialize

    model = specialize(rtl.model(StepName.SET_FOLDING), "xc7z020clg400-1", "hls")
    first = model.graph.node[0].name
    with pytest.raises(HardwareError, match=rf"design top cannot be stitched: .* HLS.*: {first}, "):
        stitch([model], tmp_path / "out", "top")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "keys,said",
    [
        ({"impl_style": "vhdl"}, "impl_style = 'vhdl'; expected rtl or hls"),
        ({"impl_style": 1}, "impl_style = 1; expected rtl or hls"),
        ({"impl_styl": "hls"}, "unknown key impl_styl; did you mean impl_style?"),
    ],
)
def test_bad_configuration(tmp_path, capsys, keys, said):
    path = write_config(tmp_path, random_network(SEED), **keys)
    assert main(["build", str(path)]) == 1
    assert said in capsys.readouterr().err


def test_bad_preferred_style(rtl, tmp_path, capsys):
    name = next(iter(styles(rtl)))
    path = write_config(tmp_path, random_network(SEED), folding_config_file="folding.json")
    (tmp_path / "folding.json").write_text(json.dumps({name: {"preferred_impl_style": "HLS"}}))
    assert main(["build", str(path)]) == 1
    said = capsys.readouterr().err
    assert f"folding: node {name}: preferred_impl_style = 'HLS'; expected one of" in said
