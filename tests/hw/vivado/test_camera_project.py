"""The Vivado project of a camera path: one cell, and for a video stream what the user brings."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hw.boards import load_board
from hw.camera.options import CameraOptions
from hw.sim.design import MEMORY_SUFFIXES
from hw.tools.verilator import find_verilator
from hw.vivado import project as vivado
from hw.vivado.camera_wrapper import camera_cell
from tests.hw.camera.tiny_detector import board
from tests.hw.vivado.tcl_recorder import tcl_calls

pytestmark = pytest.mark.skipif(
    shutil.which("tclsh") is None, reason="tclsh is missing: the script cannot be run"
)
CELL = "camera0"
BUSES = {
    "memory": {"s_axi_control", "m_axi_gmem0", "m_axi_gmem1"},
    "video": {"s_axi_control", "m_axi_gmem1", "s_axis_video"},
}
#: What a user's source would do.
CONNECTS = "connect_bd_intf_net [get_bd_intf_pins source0/out] [get_bd_intf_pins $video_input]\n"


def write(folder: Path, source: str, name: str = "Pynq-Z2"):
    """A project in folder/p, of the stand-in's board in folder/b."""
    made, device = board(folder / "b", source=source), load_board(name)
    files = {
        path.name: path.read_text()
        for path in made.folder.iterdir()
        if path.name in made.sources or path.suffix in MEMORY_SUFFIXES
    }
    cell = camera_cell(made, "tiny", CameraOptions(source, max_side=200, candidates=16))
    return vivado.write_project(
        folder / "p", "tiny", files, [cell], part=device.part, board_part=device.board_part,
        family=device.family, mhz=100.0,
    )  # fmt: skip


@pytest.mark.parametrize("name,ps,address", [("Pynq-Z2", "ps7", "0x40000000"),
                                             ("ZCU104", "ps8", "0xA0000000")])  # fmt: skip
@pytest.mark.parametrize("source", BUSES)
def test_what_the_script_connects(tmp_path: Path, source: str, name: str, ps: str, address: str):
    project = write(tmp_path, source, name)
    folder = project.folder
    if source == "video":
        (folder / "video.tcl").write_text(CONNECTS)
    status, calls = tcl_calls(folder / "build.tcl", tmp_path)
    assert status == 0
    text = (folder / "wrappers" / "tiny_camera0.v").read_text()
    ports = re.findall(r"^  (?:input |output) wire (?:\[\d+:0\] )?(\w+),?$", text, re.MULTILINE)
    single = {port for port in ports if not port.startswith(tuple(BUSES[source]))}
    assert single == {"aclk", "aresetn", "irq"}
    used = [
        end.partition("/")[2]
        for call in calls
        if call[0] in ("connect_bd_net", "connect_bd_intf_net")
        for end in call[1:]
        if end.startswith(f"{CELL}/")
    ]
    assert sorted(used) == sorted({*BUSES[source], "aclk", "aresetn"})
    intf = [set(call[1:]) for call in calls if call[0] == "connect_bd_intf_net"]
    slave = "S_AXI_HP0" if ps == "ps7" else "S_AXI_HP0_FPD"
    assert {"memory/M00_AXI", f"{ps}/{slave}"} in intf
    last = len(BUSES[source] & {"m_axi_gmem0", "m_axi_gmem1"}) - 1
    assert {f"{CELL}/m_axi_gmem1", f"memory/S{last:02d}_AXI"} in intf
    given = [call for call in calls if call[:2] == ["assign_bd_address", "-offset"]]
    assert [(call[2], call[-1]) for call in given] == [(address, "camera0/s_axi_control/reg0")]
    assert project.finished


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "block design: video.tcl is missing: what sends the video stream is no part of"),
        ("", "block design: video.tcl has left camera0/s_axis_video open"),
    ],
)
def test_a_video_stream_without_a_source_stops(tmp_path: Path, text: str | None, said: str):
    project = write(tmp_path, "video")
    if text is not None:
        (project.folder / "video.tcl").write_text(text)
    status, calls = tcl_calls(project.folder / "build.tcl", tmp_path)
    assert status == 1
    assert said in (project.folder / "failed").read_text()
    assert "launch_runs" not in [call[0] for call in calls]
    readme = (project.folder / "README.md").read_text()
    assert "What sends them is yours" in readme
    assert "`ps7/FCLK_CLK0`" in readme
    # the user's file stays when the project is written again
    (project.folder / "video.tcl").write_text(CONNECTS)
    shutil.rmtree(tmp_path / "b")
    assert (write(tmp_path, "video").folder / "video.tcl").read_text() == CONNECTS


@pytest.mark.parametrize("source", BUSES)
def test_the_wrapper_and_what_it_holds_elaborate(tmp_path: Path, source: str):
    project = write(tmp_path, source)
    made = tmp_path / "b" / "board"
    sources = [str(made / n) for n in (made / "tiny_board.f").read_text().split()]
    quiet = ["-Wno-fatal", "-Wno-DECLFILENAME"]
    command = ["--lint-only", *quiet, "--top-module", "tiny_camera0", *sources]
    verilator = find_verilator()
    done = subprocess.run(
        verilator.command([*command, str(project.folder / "wrappers" / "tiny_camera0.v")]),
        env=verilator.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "PINMISSING" not in done.stderr
    assert "PINNOTFOUND" not in done.stderr
