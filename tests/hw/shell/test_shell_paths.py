"""No valid or ready of the shell's buses and streams follows an input within a clock."""

import pytest

from hw.modules import Variant
from hw.ready_paths import input_paths
from hw.shell.board_top import SHELL_VARIANTS, board_engines, shell_sources, shell_text
from hw.shell.measure import unit
from hw.tools.yosys import find_yosys
from tests.hw.shell import several_streams

OUTPUTS = "o:*valid o:*ready o:irq_o"


@pytest.mark.parametrize("variant", SHELL_VARIANTS, ids=str)
def test_the_shells_handshakes_come_from_registers(variant):
    assert input_paths(variant, OUTPUTS, shell_sources()) == []


def test_those_of_several_engines_too(tmp_path):
    given, made = several_streams.INPUTS[:2], several_streams.OUTPUTS[:2]
    several = several_streams.Several(given, made)
    design = several.design(tmp_path / "rtl")
    text = shell_text(design, build_id=1)
    path = tmp_path / f"{design.top}_shell.sv"
    path.write_text(text)
    sources = [*shell_sources(board_engines(design)), path]
    assert input_paths(Variant(path.stem), OUTPUTS, sources) == []


def test_a_wire_is_found(tmp_path):
    path = tmp_path / "wire.sv"
    path.write_text(
        "module wire_through(input logic clk_i, input logic in_valid, input logic out_ready,\n"
        "  output logic in_ready, output logic out_valid);\n"
        "  always_ff @(posedge clk_i) out_valid <= in_valid;\n"
        "  assign in_ready = out_ready || !out_valid;\nendmodule\n"
    )
    found = input_paths(Variant("wire_through"), OUTPUTS.replace(" o:irq_o", ""), [path])
    assert found == ["wire_through(): out_ready reaches an output without a register"]


def test_the_measured_unit_elaborates(tmp_path):
    measured = unit()
    measured.write(tmp_path)
    files = " ".join(measured.sources)
    script = (
        f"read_verilog -sv {files}\nhierarchy -check -top {measured.name}\nproc\ncheck -assert\n"
    )
    find_yosys().run(script, tmp_path)
