"""cocotb test of letterbox at its own parameters: pictures of cameras, bit for bit, and clocks."""

import os
from typing import Any

import cocotb
import numpy as np
from letterbox_bench import beats_of, expected
from streams import Sink, Source, reset, run

LANES = int(os.environ["LANES"])
#: Most clocks of a picture, by its lanes: one of 640 x 480 keeps up with a network that takes a
#: pixel a clock, larger ones with 200 and 90 frames/s at 100 MHz.
CLOCKS = {2: {(640, 480): 264_196}, 4: {(1280, 720): 500_000, (1920, 1080): 1_111_111}}


@cocotb.test()
async def pictures_of_cameras(dut: Any) -> None:
    await reset(dut, ["cfg_valid_i", "in_valid_i", "out_ready_i"])
    rng = np.random.default_rng(1)
    for (width, height), most in CLOCKS[LANES].items():
        picture = rng.integers(0, 256, (height, width, 3), np.uint8)
        beats = [{"data": beat} for beat in beats_of(picture, LANES, 8, rng)]
        wanted = expected(picture, 512, 8, 128)
        sources = [Source(dut, "cfg_", [{"width": width, "height": height}], 0, 1),
                   Source(dut, "in_", beats, 0, 1)]  # fmt: skip
        sink = Sink(dut, "out_", 0, 1)
        clocks = await run(dut, sources, [(sink, len(wanted))], 2 * most)
        print(f"{width} x {height}, {LANES} lanes: {clocks} clocks")
        assert sink.beats == wanted, (width, height)
        assert clocks <= most, (width, height, clocks, most)
