"""HLS projects: what they say about a graph, what they hold, what they refuse."""

import json
import shutil

import pytest
from onnx import helper

from hw.errors import HardwareError
from hw.hls import project as project_module
from hw.hls.design import HlsProject, HlsStream
from hw.hls.project import write_project
from hw.sim.design import INPUT, INTERNAL, OUTPUT, Fifo
from tests.hw.hls.chain import SHAPE, chain, fifo, group_sum, sums


def test_fifos_become_the_depth_of_their_stream(tmp_path):
    project = write_project(sums(), tmp_path / "cpp", "top")
    assert project.streams == (
        HlsStream("x", "s_axis_0_beats", INPUT, 2, 3, True, 24, "", "sum1", "s_axis_0", 2),
        HlsStream("sum1", "sum1", INTERNAL, 1, 4, True, 24, "sum1", "sum2", "", 7),
        HlsStream("sum2", "sum2", OUTPUT, 1, 5, True, 12, "sum2", "", "m_axis_0", 9),
    )
    assert project.fifos == (
        Fifo("sum1_fifo", "sum1", "sum1", 5),
        Fifo("sum1_fifo2", "sum1", "sum1", 2),
        Fifo("sum2_fifo", "sum2", "sum2", 9),
    )
    assert [(n.name, n.op_type, n.sources, n.sinks, n.trips) for n in project.nodes] == [
        ("sum1", "GroupSum_rtl", ("x",), ("sum1",), 24),
        ("sum2", "GroupSum_hls", ("sum1",), ("sum2",), 24),
    ]
    text = (tmp_path / "cpp" / "top.cpp").read_text()
    assert "#pragma HLS STREAM variable = sum1 depth = 7" in text
    assert "df::group_sum<2, 2, 3, 4, true, 24>(s_axis_0_beats, sum1);" in text
    assert "fifo" not in text


def test_fifos_at_a_graph_input(tmp_path):
    model = chain(fifo("f", SHAPE, 2, "INT3", 6), group_sum("s", SHAPE, 2, ("INT3", "INT4")))
    project = write_project(model, tmp_path / "cpp", "top")
    assert [(s.name, s.consumer, s.depth) for s in project.streams] == [("x", "s", 6), ("s", "", 2)]


def test_project_is_loadable_self_contained_and_movable(tmp_path):
    project = write_project(sums(), tmp_path / "one" / "cpp", "top")
    assert HlsProject.load(tmp_path / "one" / "cpp" / "top.json") == project
    again = write_project(sums(), tmp_path / "two" / "cpp", "top")
    for name in project.files:
        text = (project.folder / name).read_text()
        assert text == (again.folder / name).read_text()
        assert str(tmp_path) not in text
    shutil.move(tmp_path / "one", tmp_path / "three")
    moved = HlsProject.load(tmp_path / "three" / "cpp" / "top.json")
    assert (moved.streams, moved.nodes) == (project.streams, project.nodes)


def test_models_side_by_side(tmp_path):
    models = [sums("a1", "a2"), sums("b1", "b2", tensor="y")]
    project = write_project(models, tmp_path / "cpp", "pair")
    assert [s.port for s in project.streams if s.port] == [
        "s_axis_0", "m_axis_0", "s_axis_1", "m_axis_1",
    ]  # fmt: skip
    with pytest.raises(HardwareError, match="two streams are named 'x'"):
        write_project([sums("a1", "a2"), sums("b1", "b2")], tmp_path / "cpp", "pair")
    with pytest.raises(HardwareError, match="node a1: its name is used twice in project pair"):
        write_project([sums("a1"), sums("a1", tensor="y")], tmp_path / "cpp", "pair")


def test_the_same_project_is_left_alone_and_another_replaces_it(tmp_path):
    folder = tmp_path / "cpp"
    write_project(sums(), folder, "top")
    (folder / "mine.txt").write_text("kept")
    before = (folder / "top.cpp").stat().st_mtime_ns
    write_project(sums(), folder, "top")
    assert (folder / "top.cpp").stat().st_mtime_ns == before
    (folder / "types.hpp").write_text("")  # damaged
    said = []
    write_project(sums(), folder, "top", said.append)
    assert said == [f"{folder}: written again; another was types.hpp"]
    assert (folder / "types.hpp").read_text()
    write_project(sums(), folder, "top", said.append)
    assert len(said) == 1
    assert not (folder / "mine.txt").exists()


def test_no_half_written_project(tmp_path, monkeypatch):
    folder = tmp_path / "cpp"
    write_project(sums(), folder, "top")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(project_module, "ports_text", fail)
    with pytest.raises(HardwareError, match="cpp: cannot be written: No space left on device"):
        write_project(sums("other"), folder, "top")
    assert "sum1" in {node.name for node in HlsProject.load(folder / "top.json").nodes}
    assert [path.name for path in tmp_path.iterdir()] == ["cpp"]
    with pytest.raises(HardwareError):
        write_project(sums(), tmp_path / "new", "top")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("2nd", "is no C\\+\\+ identifier"), ("a-b", "is no C\\+\\+ identifier"),
        ("sum/1", "is no C\\+\\+ identifier"), ("", "is no C\\+\\+ identifier"),
        ("a__b", "is no C\\+\\+ identifier"), ("_Big", "is no C\\+\\+ identifier"),
        ("DF_NODE", "is no C\\+\\+ identifier"), ("größe", "is no C\\+\\+ identifier"),
        ("while", "is a word that C\\+\\+"), ("df", "is a word that C\\+\\+"),
        ("std", "is a word that C\\+\\+"), ("stdout", "is a word that C\\+\\+"),
        ("top", "is used twice"), ("s_axis_0_beats", "is a word that"),
        ("s_axis_0", "is a word that C"), ("m_axis_0", "is a word that C"),
    ],
)  # fmt: skip
def test_names_that_cpp_does_not_allow(tmp_path, name, reason):
    with pytest.raises(HardwareError, match=f"^node {name}: its name {reason}"):
        write_project(sums(name), tmp_path / "cpp", "top")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("top", ["types", "main", "group_sum", "int", "a b"])
def test_tops_that_cannot_be(tmp_path, top):
    with pytest.raises(HardwareError, match=f"top level '{top}': its name"):
        write_project(sums(), tmp_path / "cpp", top)


def test_wide_lanes(tmp_path):
    model = chain(group_sum("wide", SHAPE, 2, ("INT64", "INT65")))
    with pytest.raises(HardwareError, match=r"node wide: HLS C\+\+ holds integers of 1 to 64 bits"):
        write_project(model, tmp_path / "cpp", "top")
    write_project(chain(group_sum("wide", SHAPE, 2, ("INT63", "INT64"))), tmp_path / "cpp", "top")


def test_branches(tmp_path):
    model = sums()
    half = group_sum("third", (*SHAPE[:-1], 2), 1, ("INT4", "INT5"))
    op_type, name, attrs = half
    model.graph.node.append(
        helper.make_node(op_type, ["sum1_out"], ["third_out"], name=name,
                         domain=model.graph.node[0].domain, **attrs)
    )  # fmt: skip
    with pytest.raises(HardwareError, match="sum1_out is read by sum1_fifo and third; a stream"):
        write_project(model, tmp_path / "cpp", "top")


def test_unsupported_nodes(tmp_path):
    model = sums()
    model.graph.node[3].op_type = "Thresholding_hls"  # FINN's
    with pytest.raises(HardwareError, match="node sum2: Thresholding_hls is no operator of this l"):
        write_project(model, tmp_path / "cpp", "top")
    model.graph.node[3].op_type = "Magic_rtl"
    with pytest.raises(HardwareError, match="node sum2: Magic_rtl has no HLS variant"):
        write_project(model, tmp_path / "cpp", "top")
    with pytest.raises(HardwareError, match="node f: no operator reads what it holds"):
        write_project(chain(fifo("f", SHAPE, 2, "INT3", 6)), tmp_path / "cpp", "top")


def test_streams_that_do_not_meet(tmp_path):
    half = (*SHAPE[:-1], 2)
    model = chain(
        group_sum("a", SHAPE, 2, ("INT3", "INT4")), group_sum("b", half, 2, ("INT4", "INT5"))
    )
    with pytest.raises(HardwareError, match="node b: reads beats of 2 x INT4, but a writes 1 x "):
        write_project(model, tmp_path / "cpp", "top")
    model = chain(
        group_sum("a", SHAPE, 2, ("INT3", "INT4")), group_sum("b", half, 1, ("UINT4", "UINT5"))
    )
    with pytest.raises(HardwareError, match="node b: reads beats of 1 x UINT4, but a writes 1 x I"):
        write_project(model, tmp_path / "cpp", "top")


def test_loose_ends(tmp_path):
    model = sums()
    model.graph.node[3].input[0] = "nowhere"
    with pytest.raises(HardwareError, match="node sum1: nothing reads its output sum1_fifo2_out"):
        write_project(model, tmp_path / "cpp", "top")


def test_bad_json(tmp_path):
    project = write_project(sums(), tmp_path / "cpp", "top")
    path = project.folder / "top.json"
    for text in ("", "[]", "{}", json.dumps({**json.loads(path.read_text()), "nodes": [{}]})):
        path.write_text(text)
        with pytest.raises(HardwareError, match=r"not an HLS project; write it again"):
            HlsProject.load(path)
