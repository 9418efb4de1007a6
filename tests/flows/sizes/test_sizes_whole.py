"""A running accelerator takes images of another size: limits written over its load bus."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import helper

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.board import BusOptions, board_simulator
from flows.run.board_frames import board_frames
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.sizes.simulate import rtlsim_size
from flows.sizes.write import size_vectors, sized_build, write_size
from hw.driver import DupNetAccelerator
from hw.driver.description import read_description
from hw.driver.errors import AcceleratorError
from hw.driver.size import read_size
from hw.ops.registry import operator_of
from tests.flows.flow import decoded
from tests.flows.foreign_model import by_qonnx
from tests.flows.pooled import frames
from tests.flows.sizes_case import configuration, network
from tests.hw.bench import CACHE

SIZE = (8, 12)
#: A serial window, of which the folding would choose none.
FOLDING = {"conv1_window": {"parallel_window": 0}}


class NoLink:
    """A back-end that writes no sizes."""

    def execute(self, frames):
        raise AssertionError


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Build of 12 x 16, and the folder of words of 8 x 12."""
    folder = tmp_path_factory.mktemp("sizes")
    (folder / "folding.json").write_text(json.dumps(FOLDING))
    build = Build.load(configuration(folder, folding_config_file="folding.json"))
    run_steps(build)
    return build, write_size(build, *SIZE)


def test_rtl_takes_one_size_and_then_the_other(written):
    """The other one's outputs are those of the file with that input, by QONNX's own operators."""
    build, _ = written
    others = frames(network(*SIZE), 2)
    integers = rtlsim_size(build, frames(network(), 2), SIZE, others, stalls=0.3)
    emulator = Emulator(sized_build(build, *SIZE).model(StepName.FOLD_DUPLICATED_WEIGHTS))
    for frame, found in zip(others, integers, strict=True):
        image = frame.transpose(2, 0, 1)[None].astype(np.float32)
        assert np.array_equal(decoded(emulator, found), by_qonnx(network(*SIZE), image)[0])


def test_every_node_that_counts_has_a_table(written):
    _, folder = written
    tables = json.loads((folder / "size.json").read_text())["tables"]
    nodes = {table["node"]: table["words"] for table in tables}
    assert nodes["conv1_window"] > 1  # the serial window has steps beside its counters
    assert set(nodes) == {
        "conv1_pad", "conv1_window", "pool1_pad", "pool1", "upsample2", "conv3_pad", "conv3_window",
        "pool3", "conv4_window",
    }  # fmt: skip


def test_the_driver_loads_a_size_on_a_simulated_board(written, capsys):
    """The outputs behind the host's part are those of each size in turn."""
    build, _ = written
    simulator = board_simulator(build, cache_dir=CACHE, optimize="-O0")
    board_frames(build, bus=BusOptions(stall=0.2), simulator=simulator, size=SIZE)
    assert "words written and read back; the same of 8 x 12" in capsys.readouterr().out


def test_frames_of_a_size_are_said_to_the_driver(written):
    """Of 8 x 12 pixels of two bytes, and 2 x 4 of two results: by hand."""
    _, folder = written
    size = read_size(folder, read_description(folder / "accelerator.json").build_id)
    assert size.description.input.shape == (8, 12, 2)
    assert size.description.output.shape == (2, 4, 2)
    assert [size.frames[name][1] for name in ("idma0", "odma0")] == [8 * 12 * 2, 2 * 4 * 2]


def test_the_other_size_is_a_build_of_its_own(written):
    build, _ = written
    vectors = size_vectors(build, *SIZE)
    found = emulate(sized_build(build, *SIZE), vectors)
    expected = np.load(build.paths.size(*SIZE) / "vectors" / "expected.npy")
    assert np.array_equal(found, expected) and found.shape == (2, 2, 4, 2)


def test_the_driver_refuses_a_size_of_another_build(written):
    _, folder = written
    description = read_description(folder / "accelerator.json")
    accelerator = DupNetAccelerator(NoLink(), replace(description, build_id=1))
    with pytest.raises(AcceleratorError, match=r"of build 0x.*, this is build 0x00000001"):
        accelerator.load_size(folder)
    accelerator = DupNetAccelerator(NoLink(), description)
    with pytest.raises(AcceleratorError, match="cannot be written by way of this board's link"):
        accelerator.load_size(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("size.json", '"bytes": 192', '"bytes": 191', "not of the frames in accelerator.json"),
        ("size.json", "conv1_pad_sizes.dat", "../x.dat", "the name of a file in this"),
        ("conv1_pad_sizes.dat", "\n", "\n0\n", "2 words; expected 1"),
    ],
)
def test_a_broken_folder_is_refused(written, tmp_path, file, old, new, why):
    folder = tmp_path / "copy"
    shutil.copytree(written[1], folder, ignore=shutil.ignore_patterns("build"))
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    build_id = read_description(written[1] / "accelerator.json").build_id
    with pytest.raises(AcceleratorError, match=re.escape(why)):
        read_size(folder, build_id)


@pytest.mark.parametrize(
    ("size", "why"),
    [
        ((14, 16), "node conv1_pad: an input of 14 x 16, the hardware takes 12 x 16 at most"),
        ((4, 6), "net.onnx at 4 x 6: node conv4_window of the build is not needed there"),
        ((9, 12), "net.onnx at 9 x 12: node sum"),
    ],
)
def test_a_size_that_cannot_be_is_refused(written, size, why):
    build, folder = written
    with pytest.raises(ValueError, match=why):
        write_size(build, *size)
    assert not build.paths.size(*size).exists() and folder.exists()


def test_without_the_attribute_the_size_is_a_constant(tmp_path):
    build = Build.load(configuration(tmp_path, dynamic_mode=False))
    run_steps(build)
    assert "load_i" not in (build.paths.rtl / f"{build.top}.sv").read_text()
    with pytest.raises(FlowError, match="no node has dynamic_mode = 1"):
        write_size(build, *SIZE)


def test_a_folding_file_says_it_too(tmp_path):
    (tmp_path / "folding.json").write_text('{"Defaults": {"dynamic_mode": [1, ["all"]]}}')
    path = configuration(tmp_path, dynamic_mode=False, folding_config_file="folding.json")
    build = Build.load(path)
    run_steps(build, stop=StepName.SET_FOLDING)
    ops = [operator_of(node) for node in build.model(StepName.SET_FOLDING).graph.node]
    with_it = [op.name for op in ops if "dynamic_mode" in op.get_nodeattr_types()]
    assert len(with_it) == 9
    assert all(op.get_nodeattr("dynamic_mode") for op in ops if op.name in with_it)


@pytest.mark.parametrize(
    ("folding", "keys", "why"),
    [
        ({"pool1": {"dynamic_mode": 0}}, {}, "node pool1: dynamic_mode = 0, but conv1_pad has"),
        ({"pool1": {"dynamic_mode": 1}}, {"dynamic_mode": False},
         "node conv1_pad: dynamic_mode = 0, but pool1 has"),
        ({"conv1_pad": {"preferred_impl_style": "hls"}}, {},
         "node conv1_pad: dynamic_mode = 1, but as HLS"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(tmp_path, folding, keys, why):
    (tmp_path / "folding.json").write_text(json.dumps(folding))
    build = Build.load(configuration(tmp_path, folding_config_file="folding.json", **keys))
    with pytest.raises(FlowError, match=why):
        run_steps(build)


def test_pixels_side_by_side_are_refused(tmp_path):
    path = configuration(tmp_path, pixels_per_clock=2, target_fps=None)
    with pytest.raises(FlowError, match="dynamic_mode with pixels_per_clock = 2"):
        Build.load(path)


@pytest.mark.parametrize("source", ["memory", "video"])
def test_a_camera_has_no_registers_for_sizes(tmp_path, source):
    path = configuration(tmp_path, camera=source)
    with pytest.raises(FlowError, match=f"dynamic_mode with camera: {source}: .* no registers"):
        Build.load(path)


def _behind(*nodes) -> onnx.ModelProto:
    """The network with nodes behind its output, which has the name "y" before the last one."""
    proto = network()
    proto.graph.node.extend(nodes)
    proto.graph.output[0].name = nodes[-1].output[0]
    return proto


@pytest.mark.parametrize(
    ("op", "why"),
    [
        ("GlobalMaxPool", "node pool4: .*: its window is the whole image"),
        ("GlobalAveragePool", "it counts the pixels of the whole image"),
    ],
)
def test_what_is_of_one_size_is_refused(tmp_path, op, why):
    proto = _behind(helper.make_node(op, ["y"], ["z"], "last"))
    path = configuration(tmp_path)
    onnx.save(proto, str(tmp_path / "net.onnx"))
    with pytest.raises(FlowError, match=why):
        run_steps(Build.load(path))


@pytest.mark.slow
def test_cpp_of_both_sizes(written):
    build, _ = written
    cppsim(build, frames(network(), 2), kinds=("exact",))
    cppsim(sized_build(build, *SIZE), size_vectors(build, *SIZE), kinds=("exact",))
