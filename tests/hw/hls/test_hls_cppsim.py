"""Running compiled projects: exact beats, counts, and every way in which a program can end."""

import os
import re
import shutil

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.hls.compiler import BUILDS, EXACT, FAST, build_program
from hw.hls.cppsim import CppSimulation, trip_faults
from hw.hls.design import HlsProject
from hw.hls.project import write_project
from tests.hw.bench import assert_beats, random_frames
from tests.hw.hls.chain import sums
from tests.hw.hls.compiling import CACHE

FRAMES = 3
QUICK = ("-O0",)


@pytest.fixture(scope="module")
def models():
    return [sums(), sums("b1", "b2", tensor="y")]


@pytest.fixture(scope="module")
def project(models, tmp_path_factory):
    return write_project(models, tmp_path_factory.mktemp("p") / "cpp", "pair")


def _inputs(models):
    """Beats of each frame by graph input."""
    frames = [random_frames(model, FRAMES, np.random.default_rng(4)) for model in models]
    return [
        {
            model.graph.input[0].name: getCustomOp(model.graph.node[0]).input_beats(made[index])
            for model, made in zip(models, frames, strict=True)
        }
        for index in range(FRAMES)
    ]


def _references(models, inputs):
    """Output beats by node that is no FIFO."""
    found = {}
    for model in models:
        values = inputs[model.graph.input[0].name].reshape(1, 3, 4, 4)
        for node in model.graph.node:
            if not node.op_type.startswith("StreamFIFO"):
                op = getCustomOp(node)
                values = op.reference(values)
                found[node.name] = op.output_beats(values)
    return found


@pytest.mark.parametrize("build", BUILDS)
def test_beats_and_counts(models, project, build, tmp_path):
    program = build_program(project, build, cache_dir=CACHE, flags=QUICK)
    nodes = ["sum1", "sum2", "b2"]
    with CppSimulation(program, nodes, tmp_path) as simulation:
        for inputs in _inputs(models):
            frame, expected = simulation.run(inputs), _references(models, inputs)
            assert set(frame.beats) == set(nodes)
            assert set(frame.outputs) == {"sum2", "b2"}
            for name in nodes:
                assert frame.beats[name].dtype == np.int8
                assert_beats(frame.beats[name], expected[name], name)
            for name, words in frame.outputs.items():  # unpacked by hw.sim.beats
                assert_beats(words, expected[name], f"port behind {name}")
            # nothing but the ports' files of this frame may be left
            (folder,) = tmp_path.iterdir()
            assert not list(folder.glob("*.bin"))
        counts = simulation.finish()
    assert [(c.name, c.trips, c.beats, c.highest_fill) for c in counts] == [
        (name, 24 * FRAMES, beats * FRAMES, beats)
        for name, beats in (("sum1", 24), ("sum2", 12), ("b1", 24), ("b2", 12))
    ]
    assert not trip_faults(project, counts, FRAMES)
    assert trip_faults(project, counts, FRAMES + 1)[0] == (
        "C++ simulation: node sum1 took 72 loop trips in 4 frames, its operator says 96"
    )
    assert not list(tmp_path.iterdir())


def _changed(project, tmp_path, old, new, build=FAST, file="pair.cpp"):
    """Program of the project with some of its text changed."""
    folder = tmp_path / "changed"
    shutil.copytree(project.folder, folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    changed = HlsProject.load(folder / "pair.json")
    return build_program(changed, build, cache_dir=CACHE, flags=("-O0", "-w"))


def _error(program, models, tmp_path, record=("sum1",)):
    with (
        CppSimulation(program, record, tmp_path) as simulation,
        pytest.raises(HardwareError) as caught,
    ):
        for inputs in _inputs(models):
            simulation.run(inputs)
        simulation.finish()
    return str(caught.value)


RUN = "df::group_sum<2, 2, 3, 4, true, 24>(s_axis_0_beats, sum1);"
WHERE = "C++ simulation (fast build) of pair, frame 0: "


#: What stands in the place of RUN, chosen by the variable FAULT, and what is said then.
FAULTS = {
    "1": (RUN.replace("24", "25"), "stream x: read while empty, after 24 beats, by node sum1"),
    "2": (RUN.replace("24", "20"), "node sum1: leaves 4 beats of stream x unread"),
    "3": (RUN + " *(volatile int *)0 = 1;", "node sum1: crashed"),
    "4": (RUN + " std::abort();", "node sum1: crashed"),
    "5": (RUN + " std::exit(7);", "ended with status 7"),
    "6": (RUN + " sum1.write({});", "node sum2: leaves 1 beats of stream sum1 unread"),
}


def test_programs_that_end(models, project, tmp_path, monkeypatch):
    cases = "".join(f"case {key}: {text} break;\n" for key, (text, _) in FAULTS.items())
    switch = f'switch (std::atoi(std::getenv("FAULT"))) {{\n{cases}}}'
    program = _changed(project, tmp_path, RUN, switch)
    for key, (_, message) in FAULTS.items():
        monkeypatch.setenv("FAULT", key)
        assert _error(program, models, tmp_path) == WHERE + message


def test_widths_are_checked(models, project, tmp_path):
    old, new = "narrow<OutBits, IsSigned>(total)", "narrow<OutBits, IsSigned>(3 * total)"
    program = _changed(project, tmp_path, old, new, EXACT, "group_sum.hpp")
    message = _error(program, models, tmp_path)
    assert re.fullmatch(
        r"C\+\+ simulation \(exact build\) of pair, frame 0: node sum1: width check: -?\d+ does "
        r"not fit 4 signed bits", message,
    )  # fmt: skip


def test_program_that_is_killed(models, project):
    program = build_program(project, FAST, cache_dir=CACHE, flags=QUICK)
    with CppSimulation(program) as simulation:
        simulation.run(_inputs(models)[0])
        simulation._process.kill()
        simulation._process.wait()
        with pytest.raises(HardwareError, match="frame 1: ended with signal SIGKILL"):
            simulation.run(_inputs(models)[1])


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("sum1.bin", r"frame 0: node sum1: .*/sum1\.bin: cannot be written"),
        ("m_axis_0.out", r"frame 0: .*/m_axis_0\.out: cannot be written"),
        ("s_axis_0.in", r"the beats of input x cannot be written to .*: No space left on device"),
    ],
)
def test_full_disk(models, project, tmp_path, file, message):
    program = build_program(project, FAST, cache_dir=CACHE, flags=QUICK)
    with CppSimulation(program, ["sum1"], tmp_path) as simulation:
        (folder,) = tmp_path.iterdir()
        os.symlink("/dev/full", folder / file)
        with pytest.raises(HardwareError, match=message):
            simulation.run(_inputs(models)[0])


def test_bad_inputs(models, project):
    program = build_program(project, FAST, cache_dir=CACHE, flags=QUICK)
    inputs = _inputs(models)[0]
    with CppSimulation(program) as simulation:
        for bad, message in (
            ({"x": inputs["x"]}, r"inputs given: \['x'\]; expected \['x', 'y'\]"),
            (
                {**inputs, "x": inputs["x"][1:]},
                r"input x: \(beats, lanes\) \(23, 2\), not \(24, 2\)",
            ),
            ({**inputs, "x": inputs["x"] + 9}, "input x: values .* do not fit a lane of -4 to 3"),
        ):
            with pytest.raises(HardwareError, match=message):
                simulation.run(bad)
        simulation.run(inputs)
    for name in ("x", "nothing"):
        with pytest.raises(HardwareError):
            CppSimulation(program, [name])
