"""Graphs with forks and joins as C++: streams of several outputs and inputs, exact at each."""

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.hls.compiler import BUILDS, build_program
from hw.hls.cppsim import CppSimulation, trip_faults
from hw.hls.project import write_project
from hw.hls.vitis import write_vitis_project
from hw.ops.base import Role
from hw.ops.registry import operator_of
from hw.sim.beats import pack
from hw.sim.design import stream_name
from tests.hw.bench import assert_beats, random_frames, reference_tensors
from tests.hw.graph_models import GraphModel
from tests.hw.hls.compiling import CACHE
from tests.hw.hls.vitis_case import compile_bench, run_bench

FRAMES = 2


def block():
    """Two inputs; a fork of three, a window's sums, two joins of different types; two outputs."""
    graph = GraphModel((1, 5, 6, 1), "UINT3", inputs=("a", "b"))
    first, second, third = graph.fork("a", "dup", 3)
    graph.window_sum(first, "far")
    graph.fifo(second, "skip", 30)
    graph.join("far", "skip", "sum")
    graph.join("b", third, "other")
    return graph.model("other", "sum")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(block(), tmp_path_factory.mktemp("p") / "cpp", "graph")


def test_streams_and_calls(project):
    assert [(s.name, s.producer, s.consumer, s.port, s.depth) for s in project.streams] == [
        ("a", "", "dup", "s_axis_0", 2),
        ("b", "", "other", "s_axis_1", 2),
        ("dup_out0", "dup", "far_pad", "", 2),
        ("dup_out1", "dup", "sum", "", 30),
        ("dup_out2", "dup", "other", "", 2),
        ("far_pad", "far_pad", "far_window", "", 2),
        ("far_window", "far_window", "far", "", 2),
        ("far", "far", "sum", "", 2),
        ("sum", "sum", "", "m_axis_1", 2),
        ("other", "other", "", "m_axis_0", 2),
    ]
    text = (project.folder / "graph.cpp").read_text()
    fork = "df::duplicate_streams<1, 3, false, 30>(s_axis_0_beats, dup_out0, dup_out1, dup_out2);"
    assert fork in text
    assert (
        "df::elementwise_binary<0, 1, 6, false, 3, false, 1, 1, 7, false, 30>(far, dup_out1, sum);"
        in text
    )


@pytest.mark.parametrize("build", BUILDS)
def test_every_stream_is_exact(project, build, tmp_path):
    model = block()
    rng = np.random.default_rng(3)
    frames = {name: random_frames(model, FRAMES, rng, name) for name in ("a", "b")}
    tensors = {
        stream_name(node.name, index, len(node.output)): (tensor, getCustomOp(node))
        for node in model.graph.node
        for index, tensor in enumerate(node.output)
        if not node.op_type.startswith("StreamFIFO")
    }
    program = build_program(project, build, cache_dir=CACHE, flags=("-O0",))
    with CppSimulation(program, list(tensors), tmp_path) as simulation:
        for number in range(FRAMES):
            given = [frames[name][number] for name in ("a", "b")]
            expected = reference_tensors(model, *given)
            beats = {n: x.reshape(-1, 1) for n, x in zip(("a", "b"), given, strict=True)}
            result = simulation.run(beats)
            for name, (tensor, op) in tensors.items():
                assert_beats(result.beats[name], op.output_beats(expected[tensor]), name)
            for name in ("sum", "other"):
                assert_beats(result.outputs[name], result.beats[name], name)
        counts = simulation.finish()
    assert trip_faults(project, counts, FRAMES) == []
    assert sum(entry.trips for entry in counts if entry.name.startswith("dup")) == FRAMES * 30


def test_benches_of_several_streams(tmp_path):
    """Of a fork, a join and the whole graph: right vectors pass, one beat that differs does not."""
    model = block()
    rng = np.random.default_rng(4)
    given = {name: random_frames(model, 1, rng, name)[0] for name in ("a", "b")}
    tensors = reference_tensors(model, given["a"], given["b"])
    vectors = {name: beats_of(x, 3) for name, x in given.items()}
    for node in model.graph.node:
        op = operator_of(node)
        for index, tensor in enumerate(node.output):
            if op.role is not Role.FIFO:
                name = stream_name(node.name, index, len(node.output))
                bits = op.get_output_datatype(index).bitwidth()
                vectors[name] = beats_of(op.output_beats(tensors[tensor]), bits, op.lanes_out())
    folder = tmp_path / "v"
    arguments = (folder, "graph", "xc7z020clg400-1", 10.0, 1)
    write_vitis_project(model, *arguments, vectors.items())
    for where, name, beats in (
        ("operators", "dup", 90), ("operators", "sum", 30), ("region", "graph", 60),
    ):  # fmt: skip
        binary = tmp_path / name
        compile_bench(folder, folder / where / name, "fast", binary)
        text = f"{name}: 1 frames, {beats} beats, all equal\n"
        assert run_bench(binary, folder / "vectors") == (0, text)
    path = folder / "vectors" / "dup_out2.bin"
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    status, said = run_bench(tmp_path / "dup", folder / "vectors")
    assert (status, "frame 0, beat 0 differs (dup_out2.bin)" in said) == (1, True)
    status, said = run_bench(tmp_path / "graph", folder / "vectors")
    assert status == 0, said  # inside the graph


def beats_of(values, bits, lanes=1):
    """Raw beats of integers, as the vectors of a Vitis project have them."""
    return pack(values.reshape(-1, lanes), bits, False).tobytes()
