"""Bitstreams of boards with a camera path, as far as the tools here go."""

import dataclasses
import json
from typing import Any

import pytest

from flows.build.build import Build
from flows.errors import FlowError
from flows.run import bitstream_zynq
from flows.run.bitstream_ways import OPEN
from flows.run.bitstream_zynq import Placing, bitstream, write_vivado
from hw.errors import HardwareError


@pytest.mark.parametrize("source", ["memory", "video"])
def test_the_vivado_project_holds_all_of_it(camera: Build, source: str):
    config = dataclasses.replace(camera.config, camera=source)
    folder = write_vivado(dataclasses.replace(camera, config=config)).folder
    names = {path.name for path in (folder / "sources").iterdir()}
    assert {
        "tiny_board.sv",
        "camera_shell.sv",
        "camera_head.mem",
        "camera_registers_pkg.sv",
    } <= names
    assert [path.name for path in (folder / "wrappers").iterdir()] == ["tiny_camera0.v"]
    assert ("What sends them is yours" in (folder / "README.md").read_text()) == (source == "video")


@pytest.mark.slow
def test_the_open_way_makes_and_checks_the_netlist(camera: Build, monkeypatch: pytest.MonkeyPatch):
    """All of a camera path synthesized by yosys, and no cell that the open tools get wrong."""

    def missing(*_: Any) -> Any:
        raise HardwareError("nextpnr-xilinx is not on the PATH")

    monkeypatch.setattr(bitstream_zynq, "find_tools", missing)
    with pytest.raises(FlowError, match=r"the netlist is made and checked .*nextpnr-xilinx"):
        bitstream(camera, OPEN, 1, Placing())
    netlist = json.loads((camera.paths.openxc7 / "tiny_zynq.json").read_text())
    (top,) = (m for m in netlist["modules"].values() if int(m["attributes"].get("top", "0"), 2))
    kinds = {cell["type"] for cell in top["cells"].values()}
    assert {"PS7", "BUFG", "FDRE"} <= kinds
