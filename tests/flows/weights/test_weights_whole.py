"""A running accelerator becomes another network: words written over the load bus of its RTL."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.board import BusOptions, board_simulator
from flows.run.board_frames import board_frames
from flows.run.cppsim import cppsim
from flows.run.driver import describe, load_design
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.weights.simulate import rtlsim_weights
from flows.weights.write import second_build, write_weights
from hw.driver import DupNetAccelerator
from hw.driver.errors import AcceleratorError
from hw.driver.weights import read_weights
from hw.errors import HardwareError
from hw.sim.design import Design
from tests.flows.flow import decoded
from tests.flows.weights_case import configuration, network
from tests.hw.bench import CACHE


class NoLink:
    """A back-end that writes no weights."""

    def execute(self, frames):
        raise AssertionError


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Build of network 1, the folder of words of network 2, and that network."""
    folder = tmp_path_factory.mktemp("weights")
    build, second = Build.load(configuration(folder)), network(2)
    run_steps(build)
    return build, write_weights(build, second.save(folder)), second


def test_rtl_is_the_first_network_and_then_the_second(written):
    """The second one's outputs are those of its file, as QONNX's own operators execute it."""
    build, _, second = written
    frames = second.frames(2)
    integers = rtlsim_weights(build, frames, stalls=0.3)
    emulator = Emulator(second_build(build).model(StepName.FOLD_DUPLICATED_WEIGHTS))
    for frame, found in zip(frames, integers, strict=True):
        real, _ = second.reference(frame)
        assert np.array_equal(decoded(emulator, found), real[0])


def test_the_driver_loads_them_on_a_simulated_board(written, capsys):
    """The outputs behind the host's part are those of each file in turn."""
    build = written[0]
    simulator = board_simulator(build, cache_dir=CACHE, optimize="-O0")
    board_frames(build, bus=BusOptions(stall=0.2), simulator=simulator, weights=True)
    assert "112 words written and read back; the same of net2.onnx" in capsys.readouterr().out


def test_a_camera_has_no_registers_for_them(written):
    build = written[0].of(camera="memory")
    with pytest.raises(FlowError, match="runtime_writeable_weights = 1, but the shell with a"):
        load_design(build)


def test_the_command_takes_the_build_folder_and_says_how_to_load(written, capsys):
    """For the same second file it writes the same words as before."""
    build, folder, _ = written
    before = {path.name: path.read_text() for path in folder.glob("*.dat")}
    file = str(build.folder.parent / "net2.onnx")
    assert main(["weights", str(build.folder), "--model", file]) == 0
    said = capsys.readouterr().out
    assert 'accelerator.load_weights("runtime_weights")' in said
    assert {path.name: path.read_text() for path in folder.glob("*.dat")} == before


def test_the_driver_refuses_words_of_another_build(written):
    build, folder, _ = written
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    description = describe(build, emulator, load_design(build))
    accelerator = DupNetAccelerator(NoLink(), replace(description, build_id=1))
    with pytest.raises(AcceleratorError, match=r"words for build 0x.*, this is build 0x00000001"):
        accelerator.load_weights(folder)
    accelerator = DupNetAccelerator(NoLink(), description)
    with pytest.raises(AcceleratorError, match="cannot be written by way of this board's link"):
        accelerator.load_weights(folder)


def test_the_second_network_is_a_build_of_its_own(written):
    build, _, second = written
    found = emulate(second_build(build), second.frames(1))
    assert not np.array_equal(found, emulate(build, second.frames(1)))


def test_shared_weights_are_written_once(written):
    """Of 6 channels two each have equal weights: 3 x 9 x 4 bits are stored, and written."""
    build, folder, _ = written
    tables = Design.load(build.paths.design).tables
    (table,) = (t for t in tables if t.node == "conv2_mvau" and t.kind == "weights")
    assert table.rows * table.width == 3 * 9 * 4
    assert len((folder / "conv2_mvau_weights.dat").read_text().split()) == table.rows


def test_the_folder_says_every_word(written):
    build, folder, _ = written
    weights = read_weights(folder, 5)
    sizes = [t.rows * -(-t.width // 32) for t in Design.load(build.paths.design).tables]
    assert len(weights.words) == sum(sizes) and weights.model == "net2.onnx"
    assert len({address for address, _ in weights.words}) == sum(sizes)


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("weights.json", '"rows": 27', '"rows": 28', "27 words; expected 28"),
        ("weights.json", "conv1_mvau_weights.dat", "../x.dat", "the name of a file in this"),
        ("weights.json", '"address": 0', '"address": 16777215', "addresses below 16777216"),
        ("conv1_mvau_weights.dat", "0", "x", "expected 32 bits in hexadecimal"),
    ],
)
def test_a_broken_folder_is_refused(written, tmp_path, file, old, new, why):
    folder = tmp_path / "copy"
    shutil.copytree(written[1], folder, ignore=shutil.ignore_patterns("build"))
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(AcceleratorError, match=re.escape(why)):
        read_weights(folder, 5)


def test_another_network_is_refused(written, tmp_path):
    build, folder, _ = written
    before = (folder / "weights.json").read_text()
    with pytest.raises(FlowError, match=r"net3.onnx: node conv1_mvau .*MH = 8, the build has 6"):
        write_weights(build, network(3, rows=8).save(tmp_path))
    assert (folder / "weights.json").read_text() == before


def test_words_of_another_build_are_refused(written):
    build, folder, _ = written
    path = folder / "weights.json"
    text = path.read_text()
    try:
        path.write_text(json.dumps({**json.loads(text), "build_id": "0x00000001"}))
        with pytest.raises(FlowError, match="words of build 0x00000001, this is 0x"):
            second_build(build)
    finally:
        path.write_text(text)


@pytest.mark.parametrize(
    ("folding", "why"),
    [
        ({}, "no node has runtime_writeable_weights = 1"),
        ({"conv1_mvau": {"runtime_writeable_weights": 1}},
         "net2.onnx: node conv2_mvau .*: its weights or thresholds differ, and are constants"),
    ],
)  # fmt: skip
def test_constants_are_no_words(tmp_path, folding, why):
    build = Build.load(configuration(tmp_path, folding))
    run_steps(build)
    with pytest.raises(FlowError, match=why):
        write_weights(build, network(2).save(tmp_path))
    assert not build.paths.runtime_weights.exists()


def test_constants_of_cpp_are_refused(tmp_path):
    folding = {"conv2_mvau": {"runtime_writeable_weights": 1, "preferred_impl_style": "hls"}}
    build = Build.load(configuration(tmp_path, folding))
    with pytest.raises(
        FlowError, match="node conv2_mvau: runtime_writeable_weights = 1, but as HLS"
    ):
        run_steps(build)


def test_searched_thresholds_are_refused(tmp_path):
    """They lie in memories of their own, one a bit, which the load bus does not reach."""
    searched = {"runtime_writeable_weights": 1, "threshold_search": 1}
    build = Build.load(configuration(tmp_path, {"conv2_mvau": searched}))
    with pytest.raises(
        HardwareError, match=r"node conv2_mvau: runtime_writeable_weights = 1, but .*are constants"
    ):
        run_steps(build)


@pytest.mark.slow
def test_cpp_of_both_networks(written):
    build, _, second = written
    for one in (build, second_build(build)):
        cppsim(one, second.frames(2), kinds=("exact",))


def test_weights_that_have_no_room_are_refused(tmp_path):
    """The first network's last layer has 3 bits, the second one's 4."""
    path = configuration(tmp_path)
    network(1, kind="int3").save(tmp_path)
    build = Build.load(path)
    run_steps(build)
    with pytest.raises(
        HardwareError, match=r"node conv4_mvau: weight -?\d is none of -4, -3, ..., 3"
    ):
        write_weights(build, network(2).save(tmp_path))
