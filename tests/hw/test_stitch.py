"""Stitching: what a design says about its streams, and what it refuses."""

import shutil

import pytest
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.util.basic import qonnx_make_model

from hw.errors import HardwareError
from hw.ops.registry import RTL_DOMAIN
from hw.sim.design import INPUT, INTERNAL, OUTPUT, Design, Fifo, Stream
from hw.stitch import stitch
from tests.hw.bench import build_bench, check_run, model_beats, simulate

SHAPE = (1, 4, 6, 4)


def _chain(*names, prefix=""):
    """FIFOs one after the other; a name may be given as (name, input tensor, output tensor)."""
    links = [
        name if isinstance(name, tuple) else (name, f"t{i}", f"t{i + 1}")
        for i, name in enumerate(names)
    ]
    nodes = [
        helper.make_node(
            "StreamFIFO_rtl",
            [a],
            [b],
            name=name,
            domain=RTL_DOMAIN,
            backend="fpgadataflow",
            depth=3,
            folded_shape=[1, 4, 6, 2, 2],
            normal_shape=list(SHAPE),
            dataType="INT3",
        )
        for name, a, b in links
    ]
    first, last = links[0][1], links[-1][2]
    graph = helper.make_graph(
        nodes,
        "chain",
        [helper.make_tensor_value_info(first, TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, SHAPE)],
    )
    model = ModelWrapper(qonnx_make_model(graph))
    for tensor in {name for link in links for name in link[1:]}:
        model.set_tensor_datatype(tensor, DataType["INT3"])
    return model


def test_design(tmp_path):
    design = stitch([_chain("a", "b")], tmp_path, "top")
    common = {"lanes": 2, "bits": 3, "signed": True, "frame_beats": 48}
    assert design.streams == (
        Stream("t0", "s_axis_0", INPUT, producer="", consumer="a", **common),
        Stream("a", "a", INTERNAL, producer="a", consumer="b", **common),
        Stream("b", "m_axis_0", OUTPUT, producer="b", consumer="", **common),
    )
    assert design.fifos == (Fifo("a", "t0", "a", 3), Fifo("b", "a", "b", 3))
    assert design.sources == ("stream_fifo.sv", "a.sv", "b.sv", "top.sv")
    assert (tmp_path / "top.f").read_text().split() == list(design.sources)
    assert Design.load(tmp_path / "top.json") == design


def test_wires_are_of_whole_bytes(tmp_path):
    """Two lanes of three bits take eight."""
    stitch([_chain("a", "b")], tmp_path, "top")
    text = (tmp_path / "top.sv").read_text()
    for wire in ("input  logic [7:0] s_axis_0", "logic [7:0] a", "output logic [7:0] m_axis_0"):
        assert f"{wire}_tdata" in text


def test_an_output_that_a_node_reads_as_well_is_refused(tmp_path):
    model = _chain("a", "b")
    model.graph.output.append(helper.make_tensor_value_info("t1", TensorProto.FLOAT, SHAPE))
    with pytest.raises(HardwareError, match="tensor t1 is read by b and the graph's output"):
        stitch([model], tmp_path, "top")


def test_folder_is_self_contained_and_its_text_does_not_depend_on_it(tmp_path):
    stitch([_chain("a", "b")], tmp_path / "one", "top")
    stitch([_chain("a", "b")], tmp_path / "two", "top")
    for path in (tmp_path / "one").iterdir():
        assert path.read_text() == (tmp_path / "two" / path.name).read_text()
        assert str(tmp_path) not in path.read_text()


def test_several_models_and_a_moved_folder(tmp_path):
    models = [_chain("a", "b"), _chain("c")]
    _, simulator = build_bench(models, tmp_path / "here", top="pair")
    shutil.move(tmp_path / "here", tmp_path / "there")
    design = Design.load(tmp_path / "there" / "pair.json")
    assert [s.wire for s in design.of_kind(INPUT)] == ["s_axis_0", "s_axis_1"]
    assert [s.wire for s in design.of_kind(OUTPUT)] == ["m_axis_0", "m_axis_1"]
    moved = type(simulator)(design, simulator.exe, False, 0.0)
    inputs, expected = model_beats(models, 2, 1)
    check_run(simulate(moved, inputs, 2, 0.5), expected, "moved")


@pytest.mark.parametrize(
    ("models", "text"),
    [
        (lambda: [_chain("a", "a")], "two modules are named 'a'"),
        (lambda: [_chain("a"), _chain(("b", "t0", "u"))], "two streams are named 't0'"),
        (lambda: [_chain("top")], "two modules are named 'top'"),
        (lambda: [_chain("stream_fifo")], "two modules are named 'stream_fifo'"),
        (lambda: [_chain("a/b")], "node 'a/b': its name is no SystemVerilog identifier"),
        (
            lambda: [_chain(("a", "t", "u"), ("b", "u", "v"), ("c", "u", "w"))],
            "tensor u is read by b and c; a stream has one reader: expected the operator Dupl",
        ),
        (
            lambda: [_chain(("a", "t", "u"), ("b", "t2", "v"))],
            "node a: nothing reads its output u",
        ),
    ],
)
def test_refused(tmp_path, models, text):
    with pytest.raises(HardwareError, match=text):
        stitch(models(), tmp_path, "top")


def test_abstract_operators_are_refused(tmp_path):
    model = _chain("a")
    model.graph.node[0].op_type = "StreamFIFO"
    model.graph.node[0].domain = "finn.custom_op.fpgadataflow"
    with pytest.raises(HardwareError, match="node a: StreamFIFO is no RTL operator"):
        stitch([model], tmp_path, "top")
