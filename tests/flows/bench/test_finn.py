"""Section finn: FINN's graph computes our integers, its RTL is read by yosys, rows pair up."""

import numpy as np
import pytest
from finn.transformation.fpgadataflow.set_exec_mode import SetExecMode
from qonnx.core.onnx_exec import execute_onnx
from qonnx.custom_op.registry import getCustomOp

from flows.__main__ import main as flows_main
from flows.bench import finn_rtl, finn_section
from flows.bench.finn_mapping import Choice, finn_mapping, slowest, weight_bits
from flows.bench.our_figures import OurFigures
from flows.bench.rows import Options
from flows.build.build import Build
from flows.errors import FlowError
from flows.run.emulator import Emulator
from hw.errors import HardwareError
from hw.synth.resources import Resources
from hw.tools.yosys import find_yosys
from tests.flows.builder import Builder, Network
from tests.flows.flow import small_network, streamlined, write_config

PART = "xc7z020clg400-1"


def _network(pool=False):
    """The image twice into a convolution, as in DupNet, a second one behind it."""
    b = Builder(np.random.default_rng(3), (2, 8, 8), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.add("Concat", [tensor, tensor], axis=1)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (8, 4, 3, 3)), "binary", (1, 1), [1] * 4)
    tensor = b.quant(tensor, 2, False)
    tensor = b.pool(tensor, (2, 2)) if pool else tensor
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (4, 8, 1, 1)), "binary", (1, 1), [0] * 4)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


@pytest.mark.parametrize("rtl", [True, False])
def test_the_integers_are_ours(rtl):
    net = _network()
    graph = streamlined(net)
    emulator = Emulator(graph)
    mapped = finn_mapping(graph, PART, 1000, Choice(rtl)).transform(SetExecMode("cppsim"))
    kinds = [node.op_type for node in mapped.graph.node]
    assert kinds.count("MVAU_rtl") == 2 * rtl and kinds.count("MVAU_hls") == 2 * (not rtl)
    if not rtl:  # HLS nodes run compiled programs alone
        return
    for frame in net.frames(2):
        doubled = np.concatenate([frame, frame], -1)[None].astype(np.float32)
        found = execute_onnx(mapped, {mapped.graph.input[0].name: doubled})
        expected = emulator.boundaries(frame)[emulator.graph.output]
        np.testing.assert_array_equal(found[mapped.graph.output[0].name], expected)


def test_folding_is_finns_own():
    graph = streamlined(_network())
    weights = 8 * 4 * 9 + 4 * 8
    for clocks in (1000, 200):
        mapped = finn_mapping(graph, PART, clocks, Choice())
        assert slowest(mapped)[1] <= clocks
        assert weight_bits(mapped) == 2 * weights
    narrow = finn_mapping(graph, PART, 110, Choice(weight_width=8))
    assert slowest(narrow)[1] > 110
    for node in narrow.graph.node:
        if node.op_type == "MVAU_rtl":
            assert 2 * getCustomOp(node).get_nodeattr("SIMD") <= 8


@pytest.mark.slow
def test_yosys_reads_every_kind(tmp_path):
    mapped = finn_mapping(streamlined(_network()), PART, 300, Choice())
    yosys, seen = find_yosys(), set()
    for node in mapped.graph.node:
        if node.op_type in seen:
            continue
        seen.add(node.op_type)
        unit = finn_rtl.finn_unit(getCustomOp(node), mapped, PART, 10.0, tmp_path / "g" / node.name)
        unit.write(tmp_path / node.name)
        read = finn_rtl.script(unit, "xc7").splitlines()[0]
        yosys.run(f"{read}\ntee -q -o stat.txt stat\n", tmp_path / node.name)
        stat = (tmp_path / node.name / "stat.txt").read_text()
        if node.op_type == "MVAU_rtl":
            assert "DSP48E1" in stat
    assert {"MVAU_rtl", "Thresholding_rtl", "FMPadding_rtl", "ConvolutionInputGenerator_rtl"} < seen


@pytest.mark.slow
def test_resources_of_finns_unit(tmp_path):
    from hw.synth.operator import synthesize

    mapped = finn_mapping(streamlined(_network()), PART, 1000, Choice())
    node = next(node for node in mapped.graph.node if node.op_type == "MVAU_rtl")
    op = getCustomOp(node)
    unit = finn_rtl.finn_unit(op, mapped, PART, 10.0, tmp_path / "g")
    found, _ = synthesize(
        unit, "xc7", find_yosys(), tmp_path / "w", tmp_path / "c", finn_rtl.script(unit, "xc7")
    )
    lanes = 1 + (25 - 2) // (2 + op.get_input_datatype(0).bitwidth() - 1)
    columns = -(-op.get_nodeattr("PE") // lanes)
    assert columns * op.get_nodeattr("SIMD") == found.DSP
    assert found.LUT > 0


def test_another_finn_is_refused(tmp_path):
    path = tmp_path / "thresholding.sv"
    path.write_text("module thresholding; endmodule\n")
    with pytest.raises(FlowError, match=r"thresholding\.sv: not the finn-plus that this"):
        finn_rtl._source(path)


@pytest.fixture
def config(tmp_path):
    path = write_config(tmp_path, small_network(), name="small")
    assert flows_main(["build", str(path)]) == 0
    return Build.load(path)


def test_rows(config, tmp_path, monkeypatch):
    ours = OurFigures(
        clocks=100,
        weight_bits=50,
        operators={"mvau": Resources(LUT=10, DSP=0), "fifo": Resources(LUT=7)},
        kinds={"mvau": "MultiLevelMVAU", "fifo": "StreamFIFO"},
    )
    monkeypatch.setattr(finn_section, "measure_ours", lambda *_: ours)
    monkeypatch.setattr(finn_section, "target_clocks", lambda *_: 60)

    def synthesize(unit, *_):
        if unit.name.startswith("Threshold"):
            raise HardwareError("it failed")
        return Resources(LUT=5, FF=3, BRAM_18K=1, DSP=2), 1.0

    monkeypatch.setattr(finn_section, "synthesize", synthesize)
    found = finn_section.finn_section(config, Options(tmp_path / "work"))
    rows = {row.what: row for row in found.rows}
    nodes = found.details["finn_nodes"]
    by_yosys = [node for node in nodes if node["source"] == "yosys"]
    assert rows["LUT, ours"].value == 10
    assert rows["LUT, FINN, MVAU_rtl"].value == 5 * len(by_yosys)
    assert rows["LUT, FINN, MVAU_rtl"].ratio == 5 * len(by_yosys) / 10
    assert rows["clocks, ours"].value == 100
    assert rows["clocks, FINN, MVAU_rtl"].value == max(node["cycles"] for node in nodes)
    assert "misses the target" in rows["clocks, FINN, MVAU_rtl"].note
    assert rows["DSP, FINN, MVAU_rtl"].ratio is None
    assert any(name.startswith("clocks, FINN, MVAU_rtl, mvau_wwidth_max") for name in rows)
    assert [n["source"] for n in nodes if n["node"].startswith("Pool")] == ["left out"]
    assert "it failed" in found.facts["not by yosys"]
