"""The board's top level: what it holds, what it refuses, that nothing half-written is left."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from hw.errors import HardwareError
from hw.shell.board_top import shell_sources, shell_text, top_text, write
from hw.shell.bus import Bus
from hw.shell.ports import board_ports
from hw.shell.streams import container_bytes, frame_bytes
from hw.sim.design import Design
from hw.tools.verilator import find_verilator
from tests.hw.shell.boards import loop_design
from tests.hw.shell.loops import LOOPS


@pytest.fixture
def design(tmp_path: Path) -> Design:
    return loop_design(LOOPS["tight"], tmp_path / "rtl")


def test_elements_lie_in_1_2_or_4_bytes():
    assert [container_bytes(bits) for bits in (1, 8, 9, 16, 17, 32)] == [1, 1, 2, 2, 4, 4]
    with pytest.raises(HardwareError, match="an element of 33 bits is wider than 32 bits"):
        container_bytes(33)


def test_the_folder_is_self_contained(design: Design, tmp_path: Path):
    (design.folder / "weights.mem").write_text("0\n")
    board = write(design, tmp_path / "board", build_id=0xDEADBEEF)
    assert board.top == "tight_loop_board"
    assert board.sources[0] == "dma_registers_pkg.sv"
    assert board.sources[-1] == "tight_loop_board.sv"
    assert len(set(board.sources)) == len(board.sources)
    files = {path.name for path in board.folder.iterdir()}
    assert files == {*board.sources, "weights.mem", f"{board.top}.f", f"{board.top}.json"}
    assert (board.folder / f"{board.top}.f").read_text().split() == list(board.sources)
    assert Design.load(board.folder / f"{board.top}.json") == board
    assert not {"read_ports.sv", "reset_join.sv"} & files  # those are for several streams
    assert "BuildId(32'hdeadbeef)" in (board.folder / f"{board.top}.sv").read_text()


@pytest.mark.parametrize("separate_clock", [False, True])
def test_verilator_has_no_complaint(design: Design, tmp_path: Path, separate_clock: bool):
    board = write(design, tmp_path / "board", build_id=1, separate_clock=separate_clock)
    verilator = find_verilator()
    done = subprocess.run(
        verilator.command(["--lint-only", "-Wall", "--top-module", board.top, *board.sources]),
        env=verilator.environment(),
        cwd=board.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_shell_alone_has_the_parameters_of_the_board(design: Design, tmp_path: Path):
    folder = write(design, tmp_path / "board", build_id=0xDEADBEEF).folder
    text = shell_text(design, build_id=0xDEADBEEF)
    (folder / "tight_loop_shell.sv").write_text(text)
    inside = re.compile(r"dma_shell #\((.*?)\) i_shell", re.DOTALL)
    whole = (folder / "tight_loop_board.sv").read_text()
    assert inside.findall(text) == inside.findall(whole) != []
    sources = [path.name for path in shell_sources()]
    verilator = find_verilator()
    command = ["--lint-only", "-Wall", "--top-module", "tight_loop_shell", *sources]
    done = subprocess.run(
        verilator.command([*command, "tight_loop_shell.sv"]),
        env=verilator.environment(), cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_ports_are_those_that_are_listed(design: Design):
    bus = Bus(address_bits=40, data_bits=128, id_bits=6)
    text = top_text(design, build_id=0, bus=bus, separate_clock=True)
    header = text[text.index("(") + 1 : text.index(");")]
    listed = board_ports(40, 128, 6, separate_clock=True)
    assert header.split(",") == [f"\n  {port}" for port in listed[:-1]] + [f"\n  {listed[-1]}\n"]
    for port in listed:
        uses = 2 if port.name == "acc_clk_i" else 1
        assert text.count(f"({port.name})") == uses, port.name


def test_a_frames_bytes(design: Design):
    assert [frame_bytes(stream) for stream in design.streams] == [26, 26]


def test_an_earlier_board_is_replaced_and_nothing_else(design: Design, tmp_path: Path):
    folder = tmp_path / "board"
    write(design, folder, build_id=1)
    (folder / "old.txt").write_text("of the earlier one")
    write(design, folder, build_id=2)
    assert not (folder / "old.txt").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("keep me")
    with pytest.raises(HardwareError, match="holds something else than tight_loop_board"):
        write(design, other, build_id=1)
    assert (other / "letter.txt").read_text() == "keep me"


def test_a_failure_leaves_the_earlier_board(design: Design, tmp_path: Path):
    folder = tmp_path / "board"
    before = write(design, folder, build_id=1)
    text = (folder / f"{before.top}.sv").read_text()
    broken = replace(design, sources=(*design.sources, "missing.sv"))
    with pytest.raises(HardwareError, match="missing"):
        write(broken, folder, build_id=2)
    assert (folder / f"{before.top}.sv").read_text() == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["board", "rtl"]


@pytest.mark.parametrize(
    ("change", "keys", "message"),
    [
        ({"streams": ()}, {}, "a board's shell takes 1 to 8 input streams, not 0 (none)"),
        ({"sources": ("idma.sv",)}, {}, "its source idma.sv has a name of the shell's"),
        ({}, {"build_id": 1 << 32}, "build id 0x100000000 has more than 32 bits"),
        ({}, {"bus": Bus(address_bits=65)}, "bus of 65 address bits: expected 12 to 64"),
        ({}, {"bus": Bus(data_bits=48)}, "bus of 48 data bits"),
        ({}, {"bus": Bus(max_burst=12)}, "bursts of up to 12 words"),
        ({}, {"bus": Bus(data_bits=256, max_burst=256)}, "bursts of up to 256 words of 32 bytes"),
        ({}, {"bus": Bus(fifo_words=8)}, "FIFOs of 8 words"),
        ({}, {"bus": Bus(outstanding=0)}, "0 bursts under way"),
    ],
)
def test_what_cannot_be_built_is_refused(
    design: Design, tmp_path: Path, change: dict, keys: dict, message: str
):
    with pytest.raises(HardwareError, match=re.escape(message)):
        write(replace(design, **change), tmp_path / "board", **{"build_id": 1, **keys})
    assert not (tmp_path / "board").exists()


def test_wide_elements_are_refused(design: Design, tmp_path: Path):
    source, result = design.streams
    wide = replace(design, streams=(source, replace(result, bits=33)))
    with pytest.raises(HardwareError, match="stream y: an element of 33 bits"):
        write(wide, tmp_path / "board", build_id=1)
