"""Concatenations as C++: beat by beat and of whole pixels, exact at every stream."""

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.hls.compiler import BUILDS, build_program
from hw.hls.cppsim import CppSimulation, trip_faults
from hw.hls.project import write_project
from tests.hw.bench import assert_beats, random_frames, reference_tensors
from tests.hw.graph_models import GraphModel
from tests.hw.hls.compiling import CACHE

FRAMES = 2


def model():
    """Two inputs side by side, of two lanes in turn; and whole pixels of two types."""
    graph = GraphModel((1, 3, 4, 2), "UINT3", inputs=("a", "b"))
    ins = [graph.fork(name, f"dup_{name}", 2, lanes=2) for name in ("a", "b")]
    graph.add("GroupSum", ins[1][1], "narrow", Group=2, SIMD=2, outputDataType="UINT4")
    pixels = [1, 3, 4]
    graph.add("StreamingConcat", [ins[0][0], ins[1][0]], "turns", SIMD=2, numInputVectors=pixels,
              ChannelsPerStream=[2, 2], inputDataTypes=["UINT3", "UINT3"])  # fmt: skip
    graph.add("StreamingConcat", ["narrow", ins[0][1]], "whole", SIMD=3, numInputVectors=pixels,
              ChannelsPerStream=[1, 2], inputDataTypes=["UINT4", "UINT3"])  # fmt: skip
    return graph.model("turns", "whole")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(model(), tmp_path_factory.mktemp("p") / "cpp", "concats")


def test_calls(project):
    text = (project.folder / "concats.cpp").read_text()
    turns = "df::streaming_concat<2, 3, false, 24>(df::beats_t<1, 1>(), turns, dup_a_out0,"
    assert turns in text.replace("m_axis_0_beats", "turns")
    assert "df::stream_join<3, 4, false, 12>(whole, narrow, dup_a_out1);" in text.replace(
        "m_axis_1_beats", "whole"
    )


@pytest.mark.parametrize("build", BUILDS)
def test_every_stream_is_exact(project, build, tmp_path):
    made, rng = model(), np.random.default_rng(5)
    frames = {name: random_frames(made, FRAMES, rng, name) for name in ("a", "b")}
    program = build_program(project, build, cache_dir=CACHE, flags=("-O0",))
    with CppSimulation(program, ["turns", "whole"], tmp_path) as simulation:
        for number in range(FRAMES):
            given = [frames[name][number] for name in ("a", "b")]
            expected = reference_tensors(made, *given)
            beats = {n: x.reshape(-1, 2) for n, x in zip(("a", "b"), given, strict=True)}
            result = simulation.run(beats)
            for name in ("turns", "whole"):
                op = getCustomOp(made.find_producer(name))
                assert_beats(result.beats[name], op.output_beats(expected[name]), name)
        counts = simulation.finish()
    assert trip_faults(project, counts, FRAMES) == []
