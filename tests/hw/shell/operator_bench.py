"""cocotb tests of a board with a real operator; run by test_dma_shell.py.

VECTORS names a file with ``frames`` and ``expected``, as they lie in memory: bytes, a row a frame.
"""

import os
from typing import Any

import cocotb
import numpy as np
from board_bench import IDMA, ODMA, Board
from cocotb.triggers import ClockCycles
from loops import OPERATOR

from hw.driver import registers as reg


@cocotb.test()
async def results_are_the_operators(dut: Any) -> None:
    """Frames in a row, under stalls, after a reset in the middle."""
    vectors = np.load(os.environ["VECTORS"])
    frames, expected = vectors["frames"], vectors["expected"]
    count = len(frames)
    b = Board(dut, OPERATOR, 1)
    await b.start()
    assert await b.read(IDMA, reg.FRAME_BYTES) == frames.shape[1]
    assert await b.read(ODMA, reg.FRAME_BYTES) == expected.shape[1]
    source, target = b.frames.base + 0xFE8, b.results.base + 0xFF8
    b.frames.write(source, frames.tobytes())
    for stall in (0.0, 0.4):
        b.stall(stall, 2)
        await b.transfer(source, target, count, expected.tobytes())
        await b.launch(IDMA, source, count)
        await ClockCycles(b.clock, b.rng.randrange(40, 200))
        await b.soft_reset(IDMA)
    await b.transfer(source, target, 1, expected[0].tobytes())
