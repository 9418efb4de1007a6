"""The shell: what stands between an accelerator's streams and a processor's memory.

``registers.yaml`` describes the registers, ``rtl/`` holds the SystemVerilog, ``board_top`` writes
the top level that joins a stitched accelerator with it.
"""

from pathlib import Path

#: Folder of the shell's SystemVerilog.
SHELL_RTL_DIR = Path(__file__).resolve().parent / "rtl"
