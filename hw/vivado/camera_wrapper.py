"""Plain Verilog around the board of a camera path: the one cell of its block design.

It holds shell and accelerator (``hw.camera.board``). Its ports have the names that Vivado infers
interfaces from: ``s_axi_control``, ``m_axi_gmem0`` where frames are read from memory or
``s_axis_video`` where they come as a stream, ``m_axi_gmem1`` for boxes.
"""

from hw.camera.board import BLOCK, camera_ports
from hw.camera.options import CameraOptions
from hw.shell.bus import Bus
from hw.shell.ports import FRAMES, RESULTS, VIDEO, Port
from hw.shell.verilog import instance
from hw.sim.design import Design
from hw.vivado.wrappers import Cell, module_text

#: Ports of the board's top level that have another name as a cell's, or stay inside.
_CLOCK, _RESET, _INTERRUPTS = "clk_i", "rst_ni", "irq_o"


def camera_cell(board: Design, name: str, options: CameraOptions, bus: Bus | None = None) -> Cell:
    """The cell ``camera0``. board: what ``hw.camera.board.write`` made; name: of the project."""
    ports = camera_ports(options, bus or Bus())
    outer = [p for p in ports if p.name not in (_CLOCK, _RESET, _INTERRUPTS)]
    pins = {_CLOCK: "aclk", _RESET: "aresetn", _INTERRUPTS: "interrupts"}
    pins |= {port.name: port.name for port in outer}
    body = [
        "  wire [1:0] interrupts;\n  assign irq = interrupts[0];\n",
        instance(board.top, {}, pins, "i_board"),
    ]
    module = f"{name}_{BLOCK}"
    text = module_text(module, [*outer, Port("output", 1, "irq")], body)
    memories = (RESULTS,) if options.is_video else (FRAMES, RESULTS)
    video = VIDEO if options.is_video else ""
    return Cell(BLOCK, module, text, memories=memories, video=video)
