"""Tcl of the block design: processing system, the DMAs, the accelerator between them.

As FINN's: ``idma0`` and ``odma0``, and those of further streams, behind the processing system's
control port, their bus masters on one port to its memory, one clock, the accelerator's streams
between them. Further read ports of an idma have an HP port each, from HP1 on. All are module
references of the Verilog wrappers (``hw.vivado.wrappers``). With a camera path shell and
accelerator are one cell, ``camera0`` (``hw.vivado.camera_wrapper``).
"""

from collections.abc import Iterable, Sequence

from hw.shell.addresses import REGISTER_SPAN, register_addresses
from hw.shell.engines import ONE_OF_EACH
from hw.vivado.processing_system import ProcessingSystem
from hw.vivado.wrappers import ACCELERATOR, STREAM_IN, STREAM_OUT, Cell

DESIGN = "system"
#: The user's file, beside the script, that connects a camera path's video stream.
VIDEO_SCRIPT = "video.tcl"
_CONNECT = "xilinx.com:ip:smartconnect:*"
_RESET = "xilinx.com:ip:proc_sys_reset:*"


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


def _stream(dma: Cell) -> str:
    inner = f"{ACCELERATOR}/{dma.stream}"
    if dma.reads:
        return _wire(f"{dma.name}/{STREAM_OUT}", inner)
    return _wire(inner, f"{dma.name}/{STREAM_IN}")


def _soft_reset(dmas: Sequence[Cell]) -> list[str]:
    """Between one idma and one odma directly; several are joined in the accelerator's cell."""
    if tuple(dma.name for dma in dmas) == ONE_OF_EACH:
        return [
            "# soft reset: odma0 comes to rest, then the accelerator is reset",
            _join("idma0/drain", "odma0/drain"),
            _join("odma0/drained", "idma0/drained"),
            _join("idma0/soft_reset", f"{ACCELERATOR}/soft_reset"),
            _join(f"{ACCELERATOR}/soft_reset_done", "idma0/soft_reset_done"),
        ]
    readers = [dma.name for dma in dmas if dma.reads]
    writers = [dma.name for dma in dmas if not dma.reads]
    lines = ["# soft reset: all come to rest, then the accelerator is reset"]
    for name in readers:
        lines += [
            _join(f"{name}/drain", f"{ACCELERATOR}/{name}_drain"),
            _join(f"{ACCELERATOR}/{name}_drained", f"{name}/drained"),
            _join(f"{name}/soft_reset", f"{ACCELERATOR}/{name}_soft_reset"),
        ]
    lines += [_join(f"{name}/drained", f"{ACCELERATOR}/{name}_drained") for name in writers]
    lines.append(_join(f"{ACCELERATOR}/drain", *(f"{name}/drain" for name in writers)))
    done = (f"{name}/soft_reset_done" for name in readers)
    lines.append(_join(f"{ACCELERATOR}/soft_reset_done", *done))
    return lines


def _load(dmas: Sequence[Cell]) -> list[str]:
    """Between idma0, odma0 and the accelerator, where it has tables that are written."""
    if not any(dma.load for dma in dmas):
        return []
    return [
        "# weights",
        _join("idma0/load_request", f"{ACCELERATOR}/load_request"),
        _join(f"{ACCELERATOR}/load_answer", "idma0/load_answer"),
        _join("odma0/results", "idma0/results"),
    ]


def _video(cell: Cell) -> list[str]:
    """Commands that let the user's VIDEO_SCRIPT connect what sends the stream, or stop."""
    return [
        "# the video stream",
        f"set video_input {cell.name}/{cell.video}",
        f"if {{![file exists [file join $here {VIDEO_SCRIPT}]]}} {{",
        f'  error "{VIDEO_SCRIPT} is missing: what sends the video stream is no part of this '
        f'project; README.md says what that file has to do"',
        "}",
        f"source [file join $here {VIDEO_SCRIPT}]",
        "set video_nets [get_bd_intf_nets -quiet -of_objects [get_bd_intf_pins $video_input]]",
        "if {[llength $video_nets] == 0} {",
        f'  error "{VIDEO_SCRIPT} has left $video_input open; expected a stream connected to it"',
        "}",
    ]


def block_addresses(family: str, dmas: Sequence[Cell]) -> list[int]:
    """Bus addresses of the blocks of registers; without DMAs of the only one."""
    if not dmas:
        return [min(register_addresses(family).values())]
    return list(register_addresses(family, [dma.name for dma in dmas]).values())


def commands(system: ProcessingSystem, cells: Sequence[Cell], mhz: float) -> list[str]:
    """The commands, in order; ``latest`` is a procedure of the script around them."""
    ps = system.cell
    dmas = [cell for cell in cells if cell.stream]
    blocks = [cell for cell in cells if cell.memories]
    names = [cell.name for cell in blocks]
    memories = [f"{cell.name}/{memory}" for cell in blocks for memory in cell.memories]
    more = [f"{cell.name}/{memory}" for cell in blocks for memory in cell.more]
    joints = [f"memory{port}" for port in range(1, len(more) + 1)]
    all_cells = [*joints, *(cell.name for cell in cells)]
    properties = " ".join(
        f"{name} {{{value.format(mhz=f'{mhz:g}')}}}"
        for name, value in (
            *system.properties,
            *(one for at in range(len(more)) for one in system.port_properties(at + 1)),
        )
    )
    lines = [
        f"create_bd_design {DESIGN}",
        f"create_bd_cell -type ip -vlnv [latest {system.vlnv}] {ps}",
        f"apply_bd_automation -rule {system.rule} -config {{{system.automation}}} "
        f"[get_bd_cells {ps}]",
        f"set_property -dict [list {properties}] [get_bd_cells {ps}]",
        f"create_bd_cell -type ip -vlnv [latest {_RESET}] reset0",
        *_connect_cell("control", 1, len(blocks)),
        *_connect_cell("memory", len(memories), 1),
        *(line for joint in joints for line in _connect_cell(joint, 1, 1)),
        *(f"create_bd_cell -type module -reference {c.module} {c.name}" for c in cells),
        "# registers",
        _wire(f"{ps}/{system.control[0]}", "control/S00_AXI"),
        *(
            _wire(f"control/M{at:02d}_AXI", f"{name}/s_axi_control")
            for at, name in enumerate(names)
        ),
        "# frames and results in memory",
        *(_wire(memory, f"memory/S{at:02d}_AXI") for at, memory in enumerate(memories)),
        _wire("memory/M00_AXI", f"{ps}/{system.memory[0]}"),
        *(
            line
            for at, (joint, port) in enumerate(zip(joints, more, strict=True))
            for line in (
                _wire(port, f"{joint}/S00_AXI"),
                _wire(f"{joint}/M00_AXI", f"{ps}/{system.port(at + 1)[0]}"),
            )
        ),
        "# streams",
        *(_stream(cell) for cell in dmas),
        "# clock and reset",
        _join(
            *(f"{ps}/{pin}" for pin in (system.clock, system.control[1], system.memory[1])),
            *(f"{ps}/{system.port(at + 1)[1]}" for at in range(len(more))),
            "reset0/slowest_sync_clk",
            *(f"{cell}/aclk" for cell in ("control", "memory", *all_cells)),
        ),
        _join(f"{ps}/{system.reset}", "reset0/ext_reset_in"),
        _join(
            "reset0/peripheral_aresetn",
            *(f"{cell}/aresetn" for cell in ("control", "memory", *all_cells)),
        ),
        *(_soft_reset(dmas) if dmas else ()),
        *_load(dmas),
        *(line for cell in cells if cell.video for line in _video(cell)),
        "# addresses",
    ]
    for name, base in zip(names, block_addresses(system.family, dmas), strict=True):
        lines.append(
            f"assign_bd_address -offset 0x{base:08X} -range {REGISTER_SPAN >> 10}K "
            f"-target_address_space [get_bd_addr_spaces {ps}/{system.space}] "
            f"[get_bd_addr_segs {name}/s_axi_control/reg0]"
        )
    lines += ["assign_bd_address", "validate_bd_design", "save_bd_design"]
    return lines
