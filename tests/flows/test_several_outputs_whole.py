"""Networks of several outputs as hardware: every output a stream, all equal to the file's."""

import numpy as np
import onnx
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.files import READER
from flows.run.board import BusOptions, board_simulator
from flows.run.board_frames import board_frames
from flows.run.cppsim import cppsim
from flows.run.driver import write_driver
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.run.host_tail import HostTail
from flows.run.rtlsim import rtlsim
from hw.dataflow.graph import StreamGraph
from hw.driver import DupNetAccelerator
from hw.hls.compiler import FAST
from hw.sim.design import OUTPUT, Design
from tests.flows.several_outputs import FILES, check, frames
from tests.hw.bench import CACHE

NAME = "one of them has a tail"


def built(folder, name, speed="target_fps: 10000"):
    onnx.save(FILES[name][0], str(folder / "net.onnx"))
    config = folder / "c.yaml"
    config.write_text(f"model: net.onnx\noutput_dir: b\n{speed}\n")
    run_steps(Build.load(config))
    return Build.load(config)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return built(tmp_path_factory.mktemp("outputs"), NAME)


def test_each_output_is_a_port(network):
    design = Design.load(network.paths.design)
    assert [stream.wire for stream in design.of_kind(OUTPUT)] == ["m_axis_0", "m_axis_1"]
    graph = StreamGraph.of_model(network.model(StepName.GENERATE_RTL))
    assert len(graph.into(-1)) == 2
    sizing = network.results.read(ResultName.FIFO_SIZING, dict)
    assert sizing["clocks_per_frame"] > 0


def test_rtl_with_stalls(network):
    images = frames(3)
    integers = rtlsim(network, images, stalls=0.3)
    expected = emulate(network, images)
    assert list(integers) == list(expected)
    for name, values in expected.items():
        assert np.array_equal(integers[name], values)
        assert np.ptp(values) > 0
    check(FILES[NAME][0], HostTail.load(network.paths.host_tail).run(integers), images)
    names = {each.name for each in network.paths.verdicts.glob("verify_rtlsim_0_SUCCESS*")}
    assert len(names) == 2


def test_commands_write_all_of_them(network, tmp_path, capsys):
    np.save(tmp_path / "in.npy", frames(2))
    config = network.folder.parent / "c.yaml"
    words = ["emulate", str(config), "--input", str(tmp_path / "in.npy")]
    files = ["--output", str(tmp_path / "out.npz"), "--real", str(tmp_path / "real.npz")]
    assert main([*words, *files]) == 0
    found = READER.npz(tmp_path / "real.npz")
    check(FILES[NAME][0], {name: found[name] for name in ("y", "g")}, frames(2))
    assert len(READER.npz(tmp_path / "out.npz")) == 2
    capsys.readouterr()
    assert main([*words, "--output", str(tmp_path / "out.npy")]) != 0
    assert "has 2 outputs; expected the name of a .npz" in capsys.readouterr().err


@pytest.mark.slow
def test_a_board_gives_all_of_them(network):
    """Integers and outputs through driver and shell; the outputs are the file's."""
    board_frames(network, bus=BusOptions(0.2), simulator=board_simulator(network, CACHE, "-O0"))
    found = network.results.read(ResultName.BOARD_SIM, dict)
    assert found["faults"] == []
    assert [found["counters"][f"{name}_frames"] for name in ("idma0", "odma0", "odma1")] == [2] * 3


def test_several_tensors_of_one_stream_are_made_on_a_board(tmp_path):
    """The hardware is the emulator here."""
    name = "one tensor, with two scales"
    build = built(tmp_path, name)
    folder = write_driver(build)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)

    class Backend:
        execute = staticmethod(emulator.run)

    assert "onnxruntime" in (folder / "requirements.txt").read_text()
    accelerator = DupNetAccelerator(Backend(), folder / "accelerator.json")
    check(FILES[name][0], accelerator.outputs(emulator.run(frames(2))), frames(2))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FILES if name != "a constant"])
def test_everything(name, tmp_path):
    build = built(tmp_path, name)
    images = frames(2)
    expected = emulate(build, images)
    for found in (rtlsim(build, images, stalls=0.3), cppsim(build, images, kinds=[FAST])):
        mine = found if isinstance(found, dict) else {"": found}
        right = expected if isinstance(expected, dict) else {"": expected}
        assert list(mine) == list(right)
        assert all(np.array_equal(mine[output], right[output]) for output in right)
        check(FILES[name][0], HostTail.load(build.paths.host_tail).run(found), images)


@pytest.mark.slow
def test_packed_pixels(tmp_path):
    """Two pixels a clock: outputs of packed columns, and levels that go on."""
    build = built(tmp_path, "the levels between, which go on", "pixels_per_clock: 2")
    images = frames(2)
    expected, found = emulate(build, images), rtlsim(build, images, stalls=0.3)
    compiled = cppsim(build, images)
    for output, values in expected.items():
        assert np.array_equal(found[output], values)
        assert np.array_equal(compiled[output], values)
