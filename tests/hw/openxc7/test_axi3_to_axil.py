"""The AXI3 bridge on a real bus model: cocotbext-axi on Verilator."""

from pathlib import Path

from hw.openxc7.top import RTL_DIR
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).resolve().parent


def test_bridge(tmp_path):
    sources = [RTL_DIR / "axi3_to_axil.sv", HERE / "bridge_top.sv"]
    simulator = build_simulator("bridge_top", sources)
    run_bench(simulator, "bridge_top", "bridge_bench", tmp_path, {}, HERE)
