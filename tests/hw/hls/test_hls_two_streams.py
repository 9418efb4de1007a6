"""Products, maxima and minima as C++: exact at every stream."""

import numpy as np
import pytest
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp

from hw.hls.compiler import BUILDS, build_program
from hw.hls.cppsim import CppSimulation, trip_faults
from hw.hls.project import write_project
from hw.ops.elementwise_binary import held_by
from tests.hw.bench import assert_beats, random_frames, reference_tensors
from tests.hw.graph_models import GraphModel
from tests.hw.hls.compiling import CACHE

FRAMES = 2
OPERATIONS = {"mul": (1, 1), "max": (1, 2), "min": (-1, 3)}
KIND = "INT4"


def model():
    """The product, the maximum and the minimum of two inputs, each times factors."""
    shape = [1, 3, 4, 2]
    graph = GraphModel(tuple(shape), KIND, inputs=("a", "b"))
    ins = [graph.fork(name, f"dup_{name}", 3, lanes=2) for name in ("a", "b")]
    for index, (name, factors) in enumerate(OPERATIONS.items()):
        made = held_by(name, [DataType[KIND]] * 2, factors).name
        graph.add(
            f"Elementwise{name.capitalize()}", [ins[0][index], ins[1][index]], f"of_{name}", PE=2,
            lhs_dtype=KIND, rhs_dtype=KIND, out_dtype=made, Factors=list(factors),
            **{f"{side}_shape": shape for side in ("lhs", "rhs", "out")},
        )  # fmt: skip
    return graph.model(*(f"of_{name}" for name in OPERATIONS))


@pytest.mark.parametrize("build", BUILDS)
def test_every_stream_is_exact(build, tmp_path):
    made, rng = model(), np.random.default_rng(5)
    project = write_project(made, tmp_path / "cpp", "of_two")
    frames = {name: random_frames(made, FRAMES, rng, name) for name in ("a", "b")}
    program = build_program(project, build, cache_dir=CACHE, flags=("-O0",))
    names = [f"of_{name}" for name in OPERATIONS]
    with CppSimulation(program, names, tmp_path) as simulation:
        for number in range(FRAMES):
            given = [frames[name][number] for name in ("a", "b")]
            expected = reference_tensors(made, *given)
            beats = {n: x.reshape(-1, 2) for n, x in zip(("a", "b"), given, strict=True)}
            result = simulation.run(beats)
            for name in names:
                op = getCustomOp(made.find_producer(name))
                assert_beats(result.beats[name], op.output_beats(expected[name]), name)
        counts = simulation.finish()
    assert trip_faults(project, counts, FRAMES) == []
