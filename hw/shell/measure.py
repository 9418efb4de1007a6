"""``python -m hw.shell.measure``: what the shell takes and which clock it reaches, alone.

LUTs, registers and memories on Xilinx' 7 series by yosys; place and route for an ECP5-85F of speed
grade 6 by nextpnr, between registers. One lane of 8 bits in, one of 10 bits out, 64 bit buses.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hw.pnr.ecp5 import Ecp5Target
from hw.pnr.operator import operator_timing
from hw.shell.board_top import shell_sources
from hw.shell.bus import Bus
from hw.shell.ports import Port, board_ports
from hw.synth.operator import Unit, synthesize
from hw.tools.yosys import find_yosys
from outside.arguments import Parser
from outside.command import run_command

NAME = "shell_alone"
_PARAMETERS = {"InLanes": 1, "InFrameBeats": 786_432, "OutBits": 10, "OutFrameBeats": 7_680}
_ACCELERATOR = (
    Port("output", 1, "acc_rst_no"),
    Port("output", 1, "acc_in_valid_o"),
    Port("input", 1, "acc_in_ready_i"),
    Port("output", 8, "acc_in_data_o"),
    Port("input", 1, "acc_out_valid_i"),
    Port("output", 1, "acc_out_ready_o"),
    Port("input", 16, "acc_out_data_i"),
)
_CLOCKS = ("clk_i", "rst_ni")


def _wrapper() -> str:
    """A module whose ports are those of ``dma_shell``, clock and reset named as an operator's."""
    bus = Bus()
    shell = board_ports(bus.address_bits, bus.data_bits, bus.id_bits)
    ports = [*(port for port in shell if port.name not in _CLOCKS), *_ACCELERATOR]
    listed = ",\n".join(f"  {port}" for port in ports)
    parameters = ", ".join(f".{name}({value})" for name, value in _PARAMETERS.items())
    pins = ", ".join(f".{port.name}({port.name})" for port in ports)
    return (
        f"module {NAME} (\n  input  logic ap_clk,\n  input  logic ap_rst_n,\n{listed}\n);\n"
        f"  dma_shell #({parameters}) i_shell (\n"
        f"    .clk_i(ap_clk), .acc_clk_i(ap_clk), .rst_ni(ap_rst_n), {pins}\n  );\nendmodule\n"
    )


def unit() -> Unit:
    """The shell as a unit to synthesize."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in shell_sources()}
    return Unit(NAME, {**sources, f"{NAME}.sv": _wrapper()}, {})


def _run(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="shell-") as name:
        folder = Path(name)
        taken, _ = synthesize(unit(), "xc7", find_yosys(), folder / "synth", folder / "cache")
        print(f"xc7 (yosys): {taken.LUT} LUT (of them {taken.LUTRAM} LUT RAM), {taken.FF} FF,")
        print(f"  {taken.bram36:g} BRAM36, {taken.DSP} DSP")
        timing, _ = operator_timing(unit(), Ecp5Target(), folder / "pnr", folder / "cache")
        print(f"ECP5-85F, speed grade 6 (nextpnr): {timing.fmax_mhz:.1f} MHz,")
        print(f"  {timing.TRELLIS_COMB} TRELLIS_COMB, {timing.TRELLIS_FF} TRELLIS_FF")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    return run_command(Parser(prog="python -m hw.shell.measure", description=__doc__), _run, argv)


if __name__ == "__main__":
    sys.exit(main())
