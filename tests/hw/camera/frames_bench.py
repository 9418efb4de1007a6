"""cocotb test of camera_frames: the clocks of frames in a row, of some sizes and formats."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge
from streams import keep, reset

SIDE, FRAMES = 16, 4
#: Width, height, format: with and without a border, going up, lines that the reader is longest at.
CASES = [(40, 30, 0), (40, 40, 2), (40, 40, 3), (21, 40, 1), (9, 4, 0), (16, 16, 0), (40, 7, 3)]
BYTES = (3, 3, 1, 2)


@cocotb.test()
async def clocks_of_frames_in_a_row(dut: Any) -> None:
    for width, height, pixels in CASES:
        await reset(dut, ["job_valid_i", "out_ready_i"])
        dut.job_width_i.value, dut.job_height_i.value = width, height
        dut.job_format_i.value = pixels
        even = width + width % 2 if pixels == 3 else width
        dut.job_line_bytes_i.value = even * BYTES[pixels]
        dut.job_valid_i.value = dut.out_ready_i.value = 1
        taken, clock = [], 0
        while len(taken) < FRAMES * SIDE * SIDE:
            if int(dut.out_valid_o.value):
                taken.append(clock)
            clock += 1
            await FallingEdge(dut.clk_i)
            assert clock < 60000, "stuck"
        last = taken[SIDE * SIDE - 1 :: SIDE * SIDE]
        keep(width=width, height=height, pixels=pixels, last=last)
