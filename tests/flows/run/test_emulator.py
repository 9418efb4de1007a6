"""The emulator: equal to QONNX's own execution and to the reference; changes do not go unseen."""

import json
import re

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.graph.fold_duplicated_weights import FoldDuplicatedWeights
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.run.emulator import Emulator
from tests.flows.builder import Builder, Network
from tests.flows.flow import assert_equals_reference, streamlined, vouch_for, write_config
from tests.flows.networks import random_network


@pytest.mark.parametrize("seed", range(100, 125))
def test_emulator_equals_qonnx_and_the_reference(seed):
    net = random_network(seed)
    model = streamlined(net)
    for fold in (None, FuseDuplicatedInputs(), FoldDuplicatedWeights()):
        model = model.transform(fold) if fold else model
        emulator = Emulator(model, 1)
        frames = net.frames(2)
        assert_equals_reference(net, emulator, frames)
        executed = execute_onnx(
            model, {"global_in": frames[1][None].astype(np.float32)}, return_full_exec_context=True
        )
        boundaries = emulator.boundaries(frames[1])
        for node in emulator.graph.nodes:
            expected = executed[node.name].transpose(0, 2, 3, 1)
            np.testing.assert_array_equal(boundaries[node.name], expected, node.name)
            assert node.lo <= boundaries[node.name].min()
            assert boundaries[node.name].max() <= node.hi
        np.testing.assert_array_equal(emulator.run(frames[1:]), executed["global_out"])


def test_frame_of_another_shape_or_type_is_refused():
    emulator = Emulator(streamlined(random_network(0)), 1)
    shape = emulator.input_shape
    with pytest.raises(FlowError, match=re.escape(f"and type int64; the network takes {shape}")):
        emulator.boundaries(np.zeros(shape, dtype=np.int64))
    with pytest.raises(FlowError, match="a frame has shape"):
        emulator.boundaries(np.zeros((1, *shape), dtype=np.uint8))


# --- changes that must be seen -------------------------------------------------------------------


def _fixed_network():
    """Two layers, both duplicated; nothing is cut off, so that every change shows."""
    b = Builder(np.random.default_rng(4), (2, 6, 7), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    copies = b.rng.choice([-1, 1], (6, 4, 3, 3))
    tensor = b.add("Concat", [tensor] * 2, axis=1)
    tensor = b.conv(tensor, copies, "binary", (1, 1), [1] * 4, bias=True)
    tensor = b.quant(tensor, 3, True)
    weights = np.tile(b.rng.integers(-1, 2, (3, 3, 2, 2)), (1, 2, 1, 1))
    tensor = b.conv(tensor, weights, "ternary", (2, 1), [0, 1, 1, 0])
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """(configuration, path of its file, path of frames) of a finished build."""
    folder, net = tmp_path_factory.mktemp("emulate"), _fixed_network()
    path = write_config(folder, net, target_fps=50_000)
    np.save(folder / "x.npy", net.frames(2))
    run_steps(Build.load(path))
    return Build.load(path), path, folder / "x.npy"


def _swap_rows(array):
    array[[0, 1]] = array[[1, 0]]


def _add_to_one(array):
    array[1] += 30


def _change_one(array):
    array.reshape(-1)[0] *= -1


CHANGES = [
    ("conv1_weights", _change_one, "act1"),
    ("conv1_weights", _swap_rows, "act1"),
    ("act1_thresholds", _add_to_one, "act1"),
    ("conv2_weights", _add_to_one, "conv2"),
    ("conv2_weights", _swap_rows, "conv2"),
]
PLACE = r"(\w+): frame 0, pixel \(row \d+, column \d+\), channel (\d+): expected -?\d+, found -?\d+"


@pytest.mark.parametrize(("tensor", "change", "layer"), CHANGES)
def test_emulate_catches_a_change(project, capsys, tensor, change, layer):
    build, path, frames = project
    file = build.paths.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    saved = file.read_bytes()
    model = ModelWrapper(str(file))
    array = model.get_initializer(tensor).copy()
    change(array)
    model.set_initializer(tensor, array)
    model.save(str(file))
    vouch_for(build, StepName.FOLD_DUPLICATED_WEIGHTS)
    try:
        assert main(["emulate", str(path), "--input", str(frames)]) == 1
    finally:
        file.write_bytes(saved)
        vouch_for(build, StepName.FOLD_DUPLICATED_WEIGHTS)
    error = capsys.readouterr().err.splitlines()[-1]
    found = re.fullmatch(
        rf"error: emulator differs at {PLACE} \(\d+ of \d+ integers differ\)", error
    )
    assert found, error
    assert found[1] in (layer, layer.replace("act", "conv"))


def test_emulate_catches_a_wrong_order_of_channels(project, capsys):
    build, path, frames = project
    file = build.paths.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    saved = file.read_bytes()
    model = ModelWrapper(str(file))
    orders = json.loads(model.get_metadata_prop("channel_orders"))
    assert orders["act1"] != sorted(orders["act1"])
    orders["act1"] = sorted(orders["act1"])
    model.set_metadata_prop("channel_orders", json.dumps(orders))
    model.save(str(file))
    vouch_for(build, StepName.FOLD_DUPLICATED_WEIGHTS)
    try:
        assert main(["emulate", str(path), "--input", str(frames)]) == 1
    finally:
        file.write_bytes(saved)
        vouch_for(build, StepName.FOLD_DUPLICATED_WEIGHTS)
    assert "error: emulator differs at act1: frame 0, pixel (row " in capsys.readouterr().err


def test_emulate_agrees_and_writes_what_it_is_asked_for(project, tmp_path):
    build, path, frames = project
    out, boundaries = tmp_path / "y.npy", tmp_path / "b"
    arguments = ["--input", str(frames), "--output", str(out), "--boundaries", str(boundaries)]
    assert main(["emulate", str(path), *arguments]) == 0
    result, net = np.load(out), _fixed_network()
    emulator = Emulator(streamlined(net), 1)
    np.testing.assert_array_equal(result, emulator.run(np.load(frames)))
    for index in range(2):
        assert (boundaries / str(index) / "act1.npy").is_file()
        written = np.load(boundaries / str(index) / f"{emulator.graph.output}.npy")
        np.testing.assert_array_equal(written[0], result[index])
    report = json.loads((build.folder / "report" / "emulation.json").read_text())
    assert report["mismatches"] == 0
    assert report["frames"] == 2
    assert "act1" in report["boundaries"]


@pytest.mark.parametrize(
    ("memory", "layer"),
    [("conv1_mvau_weights", "act1"), ("conv1_mvau_thresholds", "act1"),
     ("conv2_mvau_weights", "conv2"), ("", "")],
)  # fmt: skip
def test_rtlsim_catches_a_changed_memory(project, capsys, tmp_path, memory, layer):
    """Rows of a memory in another order; without any change all is equal."""
    build, path, frames = project
    file = build.folder / "rtl" / f"{memory}.mem"
    saved = file.read_text() if memory else ""
    if memory:
        rows = saved.split()
        digit = int(rows[0][-1], 16) ^ 1
        changed = [f"{rows[0][:-1]}{digit:x}", *rows[1:]]
        file.write_text("\n".join(changed if len(rows) == 1 else rows[1:] + rows[:1]) + "\n")
    out = tmp_path / "y.npy"
    arguments = ["--input", str(frames), "--output", str(out), "--stalls", "0.2"]
    try:
        status = main(["rtlsim", str(path), *arguments])
    finally:
        if memory:
            file.write_text(saved)
    error = capsys.readouterr().err.splitlines()
    report = json.loads((build.folder / "report" / "rtlsim_performance.json").read_text())
    folder = build.folder / "verification_output"
    verified = sorted(path.name for path in folder.glob("verify_rtlsim*"))
    if not memory:
        assert status == 0
        assert report["mismatches"] == 0
        assert report["frames"] == 2
        assert verified == ["verify_rtlsim_0_SUCCESS.npy"]
        emulator = Emulator(streamlined(_fixed_network()), 1)
        np.testing.assert_array_equal(np.load(out), emulator.run(np.load(frames)))
        return
    assert status == 1
    found = re.search(rf"error: RTL simulation differs from the emulator at {PLACE}", error[-1])
    assert found, error[-1]
    assert found[1] == layer
    assert report["mismatches"] > 0
    assert verified == ["verify_rtlsim_0_FAIL.npy"]
    assert not out.exists()


def test_rtlsim_of_pixels_that_no_window_needs(tmp_path):
    """The last rows of act1 are in no window: they leave conv1 after the network's last result."""
    b = Builder(np.random.default_rng(0), (1, 3, 5), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (96, 1, 1, 1)), "binary", (1, 1), [0] * 4)
    tensor = b.quant(tensor, 2, False)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (1, 96, 1, 1)), "binary", (3, 1), [0] * 4)
    net = Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())
    path = write_config(tmp_path, net, target_fps=10)
    np.save(tmp_path / "x.npy", net.frames(3))
    assert main(["build", str(path)]) == 0
    assert main(["rtlsim", str(path), "--input", str(tmp_path / "x.npy")]) == 0
