"""A network of two inputs and two outputs on a board: engines, driver, files, as far as no board.

Right values are those of the network's file, by QONNX and onnxruntime.
"""

import json
import subprocess
import sys

import numpy as np
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.files import READER
from flows.graph.inputs import file_names
from flows.graph.integer_graph import from_onnx
from flows.run.bitstream_zynq import write_vivado
from flows.run.board import BusOptions, board_simulator
from flows.run.board_frames import board_frames
from flows.run.deploy import deploy
from flows.run.driver import build_id, load_design
from flows.run.emulator import Emulator
from flows.run.host_tail import HostTail
from flows.run.inputs import by_input, random_frames
from hw.driver import read_description
from hw.sim.board import SLVERR, SimulatedBoard
from tests.flows.register_program import MEMORY_BYTES, SeveralProgram
from tests.flows.several_inputs import FILES, check, save
from tests.hw.bench import CACHE

NAME = "one leaves as it is"
BLOCKS = ("idma0", "idma1", "odma0", "odma1")


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    config = save(NAME, tmp_path_factory.mktemp("board"))
    run_steps(Build.load(config))
    return Build.load(config)


@pytest.fixture(scope="module")
def simulator(network):
    return board_simulator(network, CACHE, "-O0")


@pytest.fixture(scope="module")
def drawn(network):
    """(frames as the flow has them, the same by the file's names, emulated integers by output)."""
    graph = from_onnx(network.model(StepName.STREAMLINE))
    frames = random_frames(graph, np.random.default_rng(4), 5)
    names = file_names(graph.metadata)
    given = {names[tensor]: each for tensor, each in by_input(graph, frames).items()}
    emulator = Emulator(network.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    integers = emulator.run(frames)
    check(FILES[NAME], HostTail.load(network.paths.host_tail).run(integers), given)
    return frames, given, integers


@pytest.fixture(scope="module")
def folder(network):
    return deploy(network, without_bitfile=True)


def test_integers_and_outputs_on_an_unkind_bus(network, simulator, drawn, tmp_path, capsys):
    _, given, integers = drawn
    files = []
    for name, array in given.items():
        np.save(tmp_path / f"{name}.npy", array)
        files.append(tmp_path / f"{name}.npy")
    board_frames(network, None, files, BusOptions(0.3, (3, 40), 2), simulator)
    count = sum(array.size for array in integers.values())
    assert f"{count} integers of 5 frames equal to the emulator's" in capsys.readouterr().out
    report = json.loads((network.folder / "report" / "board_sim.json").read_text())
    assert [report["counters"][f"{name}_frames"] for name in BLOCKS] == [5] * 4
    written = {path.name for path in network.paths.verdicts.glob("verify_board_sim_0_SUCCESS*")}
    assert len(written) == 2
    for path, right in zip(sorted(network.paths.verdicts.glob("verify_board_sim_0_S*")),
                           integers.values(), strict=True):  # fmt: skip
        assert np.array_equal(np.load(path), right)


def test_an_output_that_differs_is_named(network, simulator, drawn, monkeypatch):
    right = Emulator.run

    def changed(self, frames):
        found = right(self, frames)
        last = list(found)[-1]
        found[last][1, 0, 0, 0] += 1
        return found

    monkeypatch.setattr(Emulator, "run", changed)
    last = list(drawn[2])[-1]
    with pytest.raises(FlowError, match=rf"differ from the emulator's at {last}: frame 1, pixel"):
        board_frames(network, None, None, None, simulator)


def test_what_the_description_says(network, folder, drawn):
    description = read_description(folder / "accelerator.json")
    assert [source.name for source in description.inputs] == ["left", "right"]
    assert [result.name for result in description.outputs] == list(drawn[2])
    assert description.build_id == build_id(load_design(network))
    assert description.registers == {
        "idma0": 0x4000_0000, "odma0": 0x4001_0000, "idma1": 0x4002_0000, "odma1": 0x4003_0000,
    }  # fmt: skip
    assert [source.scale for source in description.inputs] == [(1.0,), (30.0,)]
    text = (folder / "README.md").read_text()
    assert "`vectors/input_0.npy`, `vectors/input_1.npy`" in text
    assert "`vectors/expected_0.npy`, `vectors/expected_1.npy`" in text
    assert "[integers_0, integers_1] = accelerator.execute([frames_0, frames_1])" in text


def test_the_deployed_folder_alone_on_a_pc(folder, drawn, tmp_path):
    """python3 -m dupnet_driver without the repository: its vectors, and frames of one's own."""
    _, given, integers = drawn
    files = []
    for name, array in given.items():
        np.save(tmp_path / f"{name}.npy", array)
        files.append(str(tmp_path / f"{name}.npy"))
    out = tmp_path / "out.npz"
    for command, said in (
        (["validate"], "validate: 4 frames, all integers equal"),
        (["run", *files, str(out)], "5 frames: integers_"),
        (["throughput", "--frames", "3"], "throughput[images/s]"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dupnet_driver", *command, "--simulated"], cwd=folder,
            env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
    found = READER.npz(out)
    for name, right in integers.items():
        assert np.array_equal(found[f"integers_{name}"], right)
    check(FILES[NAME], {name: found[name] for name in ("y", "right_q")}, given)


def test_the_vivado_project_has_a_cell_each(network):
    project = write_vivado(network)
    text = (project.folder / "build.tcl").read_text()
    cells = {path.stem.rpartition("_")[2] for path in (project.folder / "wrappers").iterdir()}
    assert cells == {*BLOCKS, "accelerator0"}
    for block in BLOCKS:
        assert f" {block}\n" in text
    assert not list((project.folder / "sources").glob(f"{network.top}_shell.sv"))


def test_a_serial_line_refuses_them_by_name(tmp_path, network):
    config = network.folder.parent / "serial.yaml"
    text = (network.folder.parent / "c.yaml").read_text()
    config.write_text(text.replace("output_dir: b", "output_dir: s") + "board: ULX3S-85F\n")
    run_steps(Build.load(config))
    said = (
        r"2 inputs \(input, input_1\) and 2 outputs \(\w+, \w+\), and the packets of the "
        "ULX3S-85F's serial line say of none which it is"
    )
    with pytest.raises(FlowError, match=said):
        load_design(Build.load(config))
    assert main(["bitstream", str(config)]) == 1


# --- by registers.md alone --------------------------------------------------------------------


@pytest.fixture
def program(simulator, drawn, network):
    """A program written from docs/registers.md, with the frames and results as bytes."""
    frames, _, integers = drawn
    graph = from_onnx(network.model(StepName.STREAMLINE))
    description = {}
    for index, array in enumerate(by_input(graph, frames).values()):
        description[f"idma{index}"] = [frame.tobytes() for frame in array]
    for index, array in enumerate(integers.values()):
        bits = 8 if np.abs(array).max() < 128 else 16
        kind = f"<i{bits // 8}" if array.min() < 0 else f"<u{bits // 8}"
        description[f"odma{index}"] = [frame.astype(kind).tobytes() for frame in array]
    with SimulatedBoard(simulator, memory_bytes=MEMORY_BYTES, stall=0.2, latency=(3, 30)) as board:
        yield SeveralProgram(board, description)
        assert board.violations == (0, "")


def test_a_client_of_the_page_drives_all_of_them(program):
    for block in BLOCKS:
        assert program.get(block, "FRAME_BYTES") == len(program.data[block][0])
    program.transfer(0, 1)
    program.transfer(1, 4, order=("odma1", "idma1", "odma0", "idma0"))
    assert [program.get(block, "FRAMES") for block in BLOCKS] == [5] * 4


def test_a_client_may_start_an_output_late(program):
    for block in ("idma0", "idma1", "odma0"):
        program.start(block, 0, 5)
    program.board.run(4000)
    program.start("odma1", 0, 2)
    program.wait("odma1")
    program.check("odma1", 0, 2)
    program.start("odma1", 2, 3)
    for block in BLOCKS:
        program.wait(block)
    program.check("odma0", 0, 5)
    program.check("odma1", 2, 3)


def test_a_client_waits_for_the_lines_of_all_outputs(program):
    lines = 0
    for block in ("odma0", "odma1"):
        program.put(block, "GIE", 1)
        program.put(block, "IER", 1)
        lines |= 1 << program.line(block)
    for block in BLOCKS:
        program.start(block, 0, 3)
    program.board.run(40_000, lines=lines)
    assert program.board.interrupts == lines
    for block in ("odma0", "odma1"):
        program.check(block, 0, 3)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_client_recovers_from_an_error_of_one(program, block):
    program.board.fault(program.place[block] + 8, 1, SLVERR)
    for each in BLOCKS:
        program.start(each, 0, 5)
    program.wait(block)
    errors = {each: program.get(each, "ERROR") for each in BLOCKS}
    assert errors == {each: int(each == block) for each in BLOCKS}
    program.board.fault(0, 0)
    program.reset()
    program.transfer(2, 3)
