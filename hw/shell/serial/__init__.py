"""The serial shell: frames to an accelerator and results from it over a UART.

``rtl/`` holds its modules, ``top`` writes the top levels around an accelerator, ``pll`` computes an
ECP5's clock, ``simulated`` runs the whole with Verilator behind a line that a driver can use.
The protocol is described at ``rtl/packet_rx.sv`` and ``rtl/serial_link.sv``.
"""

from pathlib import Path

#: Folder of the SystemVerilog modules.
SERIAL_RTL_DIR = Path(__file__).resolve().parent / "rtl"
