"""Modules of the shell alone: registers, control, counters, resets, clock by clock."""

from pathlib import Path

from hw.shell.board_top import shell_sources
from hw.shell.serial import SERIAL_RTL_DIR
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

UNITS = Path(__file__).with_name("units.sv")


def test_units(tmp_path: Path):
    simulator = build_simulator("units", [*shell_sources(), SERIAL_RTL_DIR / "uart_rx.sv", UNITS])
    run_bench(simulator, "units", "unit_bench", tmp_path, {})
