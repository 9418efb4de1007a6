"""``cppsim``: networks as compiled HLS C++, exact in both builds; what it refuses and catches."""

import json
import re
import shutil

import numpy as np
import pytest
from qonnx.core.datatype import DataType
from qonnx.custom_op.registry import getCustomOp

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import save_model
from flows.run.boundaries import Comparison
from flows.run.cppsim import parameter_faults
from flows.run.emulate import original_order
from flows.run.emulator import Emulator
from hw.hls import compiler
from hw.hls.compiler import BUILDS, FAST, build_program
from hw.hls.cppsim import CppSimulation, trip_faults
from hw.hls.project import HLS_DIR, write_project
from hw.tools import compiler as finding
from tests.flows.flow import (
    decoded,
    quantized_tensors,
    random_build,
    small_network,
    vouch_for,
    write_config,
)
from tests.flows.test_bad_input import error_of
from tests.hw.hls.compiling import CACHE
from tests.hw.hls.mutation import replace_once

FRAMES = 3
#: Compiling is most of the time: many small networks in one program, not optimized.
FLAGS = ("-O0", "-w")


# --- random networks -----------------------------------------------------------------------------


def _check_reference(net, emulator, comparison, frame, found):
    """The program's output and every activation on the way are QONNX's."""
    real, integers = net.reference(frame)
    restored = original_order(emulator, found)
    for quantizer, tensor in quantized_tensors(
        emulator, {name: value.shape for name, value in integers.items()}
    ).items():
        expected = integers[quantizer][0].transpose(1, 2, 0)
        assert np.array_equal(restored[tensor][0], expected), (net.seed, tensor)
    np.testing.assert_allclose(
        decoded(emulator, restored[emulator.graph.output][0]),
        real[0],
        rtol=1e-9,
        atol=1e-9 * max(1.0, float(np.abs(real).max())),
    )
    assert not comparison.differences, (net.seed, comparison.differences[0])


def _run_batch(folder, seeds, builds=BUILDS):
    batch = [random_build(folder, seed) for seed in seeds]
    project = write_project([model for _, _, model in batch], folder / "cpp", "random_networks")
    frames = [net.frames(FRAMES) for net, _, _ in batch]
    emulators = [Emulator(c.model(StepName.FOLD_DUPLICATED_WEIGHTS)) for _, c, _ in batch]
    for build in builds:
        program = build_program(project, build, cache_dir=CACHE, flags=FLAGS)
        comparisons = [
            Comparison(model, emulator, None)
            for (_, _, model), emulator in zip(batch, emulators, strict=True)
        ]
        nodes = [b.node for comparison in comparisons for b in comparison.boundaries]
        with CppSimulation(program, nodes) as simulation:
            for index in range(FRAMES):
                inputs = {
                    model.graph.input[0].name: getCustomOp(model.graph.node[0]).input_beats(
                        made[index].astype(np.int64)
                    )
                    for (_, _, model), made in zip(batch, frames, strict=True)
                }
                result = simulation.run(inputs)
                for number, (net, _, _) in enumerate(batch):
                    comparison, emulator = comparisons[number], emulators[number]
                    frame = frames[number][index]
                    comparison.add(frame, result.beats)
                    found = {
                        b.tensor: result.beats[b.node].reshape(b.shape).astype(np.int64)
                        for b in comparison.boundaries
                    }
                    found = {**emulator.boundaries(frame), **found}
                    _check_reference(net, emulator, comparison, frame, found)
            counts = simulation.finish()
        assert not trip_faults(project, counts, FRAMES)


def test_random_networks(tmp_path):
    _run_batch(tmp_path, list(range(3000, 3005)))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(4000, 4060, 10))
def test_more_random_networks(tmp_path, first):
    _run_batch(tmp_path, list(range(first, first + 10)))


# --- the command ---------------------------------------------------------------------------------


NET = small_network()


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    """Folder with a finished build and frames x.npy."""
    folder = tmp_path_factory.mktemp("built")
    assert main(["build", str(write_config(folder, NET, target_fps=1000, name="small"))]) == 0
    np.save(folder / "x.npy", NET.frames(2))
    return folder


@pytest.fixture
def folder(built_once, tmp_path):
    """A copy of the build, to be broken."""
    shutil.copytree(built_once, tmp_path / "copy")
    (tmp_path / "copy" / "build" / ".hls-cache").mkdir(exist_ok=True)
    return tmp_path / "copy"


def _cppsim(folder, *arguments):
    return ["cppsim", str(folder / "config.yaml"), "--input", str(folder / "x.npy"), *arguments]


def test_command(folder, capsys):
    stale = folder / "build" / "verification_output" / "verify_cppsim_fast_FAIL.npy"
    stale.parent.mkdir(exist_ok=True)
    stale.write_text("")
    arguments = ["--output", str(folder / "y.npy"), "--boundaries", str(folder / "b")]
    assert main(_cppsim(folder, *arguments)) == 0
    text = capsys.readouterr().out
    for build in BUILDS:
        assert re.search(
            rf"cppsim, {build} build: 2 frames, 3 boundaries, all integers equal; [\d.]+ s a", text
        )
    assert "conv1_mvau" in text
    assert "no RTL simulation of this build to compare with" in text
    assert not stale.exists()
    emulator = Emulator(Build.load(folder / "config.yaml").model(StepName.FOLD_DUPLICATED_WEIGHTS))
    expected = emulator.run(NET.frames(2))
    assert np.array_equal(np.load(folder / "y.npy"), expected)
    for build in BUILDS:
        file = folder / "build" / "verification_output" / f"verify_cppsim_{build}_SUCCESS.npy"
        assert np.array_equal(np.load(file), expected)
    boundaries = {path.stem for path in (folder / "b" / "1").iterdir()}
    report = json.loads((folder / "build" / "report" / "cppsim.json").read_text())
    assert list(report["builds"]) == list(BUILDS)
    for entry in report["builds"].values():
        assert set(entry["boundaries"]) == boundaries
        assert entry["faults"] == []
        assert entry["seconds_per_frame"] > 0
        assert entry["trips"] == {n: 2 * trips for n, trips in report["expected_trips"].items()}


def test_one_build_and_the_clocks_of_rtlsim(folder, capsys):
    found = '{"clocks_per_frame": 77, "frame_intervals_clocks": [77]}'
    (folder / "build" / "report" / "rtlsim_performance.json").write_text(found)
    assert main(_cppsim(folder, "--build", "fast")) == 0
    text = capsys.readouterr().out
    assert "exact" not in text
    assert "clocks a frame of the last RTL simulation: 77" in text


def _mutate(folder, change):
    """Change the final graph of a build."""
    build = Build.load(folder / "config.yaml")
    model = build.model(StepName.GENERATE_RTL)
    change(model)
    save_model(model, build.folder / "intermediate_models" / "generate_rtl.onnx")
    vouch_for(build, StepName.GENERATE_RTL)
    return build


def _node(model, name):
    return next(node for node in model.graph.node if node.name == name)


def _flip_weight(model):
    tensor = _node(model, "conv1_mvau").input[1]
    weights = model.get_initializer(tensor).copy()
    weights[5, 3] = -weights[5, 3]
    model.set_initializer(tensor, weights)


def _shift_threshold(model):
    tensor = _node(model, "conv1_mvau").input[2]
    thresholds = model.get_initializer(tensor).copy()
    thresholds[0, 0] += 1
    model.set_initializer(tensor, thresholds)


def _flip_second(model):
    tensor = _node(model, "conv2_mvau").input[1]
    weights = model.get_initializer(tensor).copy()
    weights[0, 0] = -weights[0, 0]
    model.set_initializer(tensor, weights)


@pytest.mark.parametrize(
    ("change", "node"),
    [(_flip_weight, "conv1_mvau"), (_flip_second, "conv2_mvau")],
)
def test_mutated_weights_are_caught(folder, capsys, change, node):
    build = _mutate(folder, change)
    message = error_of(capsys, *_cppsim(folder, "--build", "fast"))
    assert re.match(
        rf"C\+\+ simulation \(fast build\) differs from the emulator behind node {node}, at \w+: "
        r"frame \d, pixel \(row \d, column \d\), channel \d: expected -?\d+, found -?\d+ \(",
        message,
    )
    report = json.loads((folder / "build" / "report" / "cppsim.json").read_text())
    assert report["builds"]["fast"]["mismatches"] > 0
    assert report["builds"]["fast"]["faults"][0] == message
    output = folder / "build" / "verification_output"
    assert [p.name for p in output.glob("verify_cpp*")] == ["verify_cppsim_fast_FAIL.npy"]
    faults = parameter_faults(build, build.model(StepName.GENERATE_RTL))
    assert any(f"node {node}" in fault for fault in faults)


def test_the_first_node_is_named_where_the_last_overflows(folder, capsys, monkeypatch):
    """Plain integers hold more than a port carries, which is no reason to blame the port."""
    headers = folder / "headers"
    shutil.copytree(HLS_DIR, headers)
    header = headers / "mvau.hpp"
    header.write_text(
        replace_once(header.read_text(), "(scaled + offsets[set])", "(scaled + offsets[set] + 64)")
    )
    monkeypatch.setattr("hw.hls.project.HLS_DIR", headers)
    message = error_of(capsys, *_cppsim(folder, "--build", "fast"))
    assert "differs from the emulator behind node conv1_mvau, at act1: frame 0" in message
    message = error_of(capsys, *_cppsim(folder, "--build", "exact"))
    assert "frame 0: node conv2_mvau: width check: " in message


def test_parameters_that_frames_do_not_show_are_caught(folder):
    build = _mutate(folder, _shift_threshold)
    (fault,) = parameter_faults(build, build.model(StepName.GENERATE_RTL))
    assert "the parameters of node conv1_mvau are not what fold_duplicated_weights.onnx" in fault


def test_wide_lanes(folder, capsys):
    def widen(model):
        getCustomOp(_node(model, "conv2_mvau")).set_nodeattr("outputDataType", "INT65")
        model.set_tensor_datatype(model.graph.output[0].name, DataType["INT65"])

    _mutate(folder, widen)
    message = error_of(capsys, *_cppsim(folder, "--build", "fast"))
    assert "conv2_mvau" in message
    assert "INT65" in message


@pytest.fixture
def _forgetful_tools():
    finding.find_compiler.cache_clear()
    yield
    finding.find_compiler.cache_clear()


@pytest.mark.usefixtures("_forgetful_tools")
def test_no_compiler(folder, capsys, monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(finding, "COMPILERS", ("no-such-compiler",))
    assert error_of(capsys, *_cppsim(folder)).startswith(
        "C++ simulation of HLS (cppsim) needs a C++ compiler; none of no-such-compiler runs"
    )


def test_no_headers(folder, capsys, monkeypatch):
    find_spec = compiler.importlib.util.find_spec
    monkeypatch.setattr(
        compiler.importlib.util, "find_spec",
        lambda name, *more: None if name == "hls4ml" else find_spec(name, *more),
    )  # fmt: skip
    for name in ("XILINX_HLS", "XILINX_VITIS"):
        monkeypatch.delenv(name, raising=False)
    which = shutil.which
    monkeypatch.setattr(
        compiler.shutil, "which", lambda name: None if name.startswith("vitis") else which(name)
    )
    message = error_of(capsys, *_cppsim(folder))
    assert message.startswith("the exact build of cppsim needs the ap_int headers")
    assert message.endswith("(the fast build works without them)")
    report = json.loads((folder / "build" / "report" / "cppsim.json").read_text())
    assert list(report["builds"]) == [FAST]
    assert main(_cppsim(folder, "--build", "fast")) == 0


def test_not_built(tmp_path, capsys):
    path = write_config(tmp_path, NET)
    np.save(tmp_path / "x.npy", NET.frames(1))
    assert error_of(capsys, "cppsim", path, "--input", tmp_path / "x.npy", dir=tmp_path) == (
        "<dir>/build: step streamline has not been built; run `python -m flows build`"
    )
