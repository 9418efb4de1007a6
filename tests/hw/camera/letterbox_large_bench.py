"""cocotb test of letterbox at its own parameters: pictures of cameras, bit for bit, and clocks."""

from typing import Any

import cocotb
import numpy as np
from letterbox_bench import beats_of, expected
from streams import Sink, Source, reset, run

#: Clocks of a picture, by docs/design/camera.md, without its way through the module.
CLOCKS = {(640, 480): 312_064, (1280, 720): 576_928}


@cocotb.test()
async def pictures_of_cameras(dut: Any) -> None:
    await reset(dut, ["cfg_valid_i", "in_valid_i", "out_ready_i"])
    rng = np.random.default_rng(1)
    for (width, height), most in CLOCKS.items():
        picture = rng.integers(0, 256, (height, width, 3), np.uint8)
        beats = [{"data": beat} for beat in beats_of(picture, 2, 8, rng)]
        wanted = expected(picture, 512, 8, 128)
        sources = [Source(dut, "cfg_", [{"width": width, "height": height}], 0, 1),
                   Source(dut, "in_", beats, 0, 1)]  # fmt: skip
        sink = Sink(dut, "out_", 0, 1)
        clocks = await run(dut, sources, [(sink, len(wanted))], 2 * most)
        assert sink.beats == wanted, (width, height)
        assert abs(clocks - most) < 0.02 * most, (width, height, clocks, most)
        print(f"{width} x {height}: {clocks} clocks")
