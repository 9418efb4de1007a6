"""A project for Vivado as its tests have it written: a small design on a board."""

from pathlib import Path

from hw.boards import load_board
from hw.sim.design import INPUT, OUTPUT, Design, Stream
from hw.vivado import project as vivado
from hw.vivado.wrappers import cell_wrappers

DESIGN = Design(
    "net",
    Path("."),
    ("net.sv",),
    (
        Stream("input", "s_axis_0", INPUT, 3, 8, False, 64),
        Stream("conv", "m_axis_0", OUTPUT, 2, 11, True, 16),
    ),
)


def write(folder, board="Pynq-Z2", mhz=100.0, design=DESIGN):
    device = load_board(board)
    return vivado.write_project(
        folder,
        "net",
        {"net.sv": "module net; endmodule\n", "net_weights.mem": "0\n"},
        cell_wrappers(design, 0xD0D0),
        part=device.part,
        board_part=device.board_part,
        family=device.family,
        mhz=mhz,
    )
