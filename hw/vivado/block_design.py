"""Tcl of the block design: processing system, the two DMAs, the accelerator between them.

As FINN's: ``idma0`` and ``odma0`` behind the processing system's control port, their bus masters
on one port to its memory, one clock, the accelerator's stream between them. All three are module
references of the Verilog wrappers (``hw.vivado.wrappers``).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hw.shell.addresses import REGISTER_SPAN, register_addresses
from hw.vivado.processing_system import ProcessingSystem

DESIGN = "system"
_CONNECT = "xilinx.com:ip:smartconnect:*"
_RESET = "xilinx.com:ip:proc_sys_reset:*"


@dataclass(frozen=True)
class Cells:
    """Module names of the wrappers, by the cell that each becomes."""

    idma0: str
    odma0: str
    accelerator0: str


def _pins(names: Iterable[str]) -> str:
    return " ".join(f"[get_bd_pins {name}]" for name in names)


def _join(*names: str) -> str:
    return f"connect_bd_net {_pins(names)}"


def _wire(one: str, other: str) -> str:
    return f"connect_bd_intf_net [get_bd_intf_pins {one}] [get_bd_intf_pins {other}]"


def _connect_cell(name: str, slaves: int, masters: int) -> list[str]:
    return [
        f"create_bd_cell -type ip -vlnv [latest {_CONNECT}] {name}",
        f"set_property -dict [list CONFIG.NUM_SI {{{slaves}}} CONFIG.NUM_MI {{{masters}}} "
        f"CONFIG.NUM_CLKS {{1}}] [get_bd_cells {name}]",
    ]


def commands(system: ProcessingSystem, cells: Cells, mhz: float) -> list[str]:
    """The commands, in order; ``latest`` is a procedure of the script around them."""
    ps = system.cell
    properties = " ".join(
        f"{name} {{{value.format(mhz=f'{mhz:g}')}}}" for name, value in system.properties
    )
    lines = [
        f"create_bd_design {DESIGN}",
        f"create_bd_cell -type ip -vlnv [latest {system.vlnv}] {ps}",
        f"apply_bd_automation -rule {system.rule} -config {{{system.automation}}} "
        f"[get_bd_cells {ps}]",
        f"set_property -dict [list {properties}] [get_bd_cells {ps}]",
        f"create_bd_cell -type ip -vlnv [latest {_RESET}] reset0",
        *_connect_cell("control", 1, 2),
        *_connect_cell("memory", 2, 1),
        f"create_bd_cell -type module -reference {cells.idma0} idma0",
        f"create_bd_cell -type module -reference {cells.odma0} odma0",
        f"create_bd_cell -type module -reference {cells.accelerator0} accelerator0",
        "# registers",
        _wire(f"{ps}/{system.control[0]}", "control/S00_AXI"),
        _wire("control/M00_AXI", "idma0/s_axi_control"),
        _wire("control/M01_AXI", "odma0/s_axi_control"),
        "# frames and results in memory",
        _wire("idma0/m_axi_gmem0", "memory/S00_AXI"),
        _wire("odma0/m_axi_gmem1", "memory/S01_AXI"),
        _wire("memory/M00_AXI", f"{ps}/{system.memory[0]}"),
        "# streams",
        _wire("idma0/m_axis_0", "accelerator0/s_axis_0"),
        _wire("accelerator0/m_axis_0", "odma0/s_axis_0"),
        "# clock and reset",
        _join(
            *(f"{ps}/{pin}" for pin in (system.clock, system.control[1], system.memory[1])),
            "reset0/slowest_sync_clk",
            *(f"{cell}/aclk" for cell in ("control", "memory", "idma0", "odma0", "accelerator0")),
        ),
        _join(f"{ps}/{system.reset}", "reset0/ext_reset_in"),
        _join(
            "reset0/peripheral_aresetn",
            *(f"{cell}/aresetn" for cell in ("control", "memory", "idma0", "odma0")),
            "accelerator0/aresetn",
        ),
        "# soft reset: odma0 comes to rest, then the accelerator is reset",
        _join("idma0/drain", "odma0/drain"),
        _join("odma0/drained", "idma0/drained"),
        _join("idma0/soft_reset", "accelerator0/soft_reset"),
        _join("accelerator0/soft_reset_done", "idma0/soft_reset_done"),
        "# addresses",
    ]
    for name, base in register_addresses(system.family).items():
        lines.append(
            f"assign_bd_address -offset 0x{base:08X} -range {REGISTER_SPAN >> 10}K "
            f"-target_address_space [get_bd_addr_spaces {ps}/{system.space}] "
            f"[get_bd_addr_segs {name}/s_axi_control/reg0]"
        )
    lines += ["assign_bd_address", "validate_bd_design", "save_bd_design"]
    return lines
