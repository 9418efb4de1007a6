"""The hardware library: FINN operators with their SystemVerilog, the simulator, boards.

It knows no particular network. ``hw.ops`` holds one FINN operator a file, ``hw/rtl`` one
SystemVerilog module a file, ``hw.sim`` the Verilator driver and its bench.
"""

from pathlib import Path

from hw.lazy_torch import install
from outside.early import guard_start

guard_start()
install()  # before anything imports FINN

#: Folder of the SystemVerilog library.
RTL_DIR = Path(__file__).resolve().parent / "rtl"
