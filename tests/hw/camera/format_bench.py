"""cocotb test of pixel_format: beats of every format against the specification."""

from typing import Any

import cocotb
import numpy as np
from streams import Sink, Source, keep, reset, run

from camera_path.frames import FrameFormat, PixelFormat, rgb_pixels

LANES = 2


def packed(values: np.ndarray) -> int:
    return int.from_bytes(values.astype(np.uint8).tobytes(), "little")


@cocotb.test()
async def pixels_are_those_of_the_specification(dut: Any) -> None:
    await reset(dut, ["in_valid_i", "out_ready_i"])
    rng = np.random.default_rng(1)
    for number, pauses in enumerate([(0, 0), (0.5, 0), (0, 0.5), (0.3, 0.3)]):
        beats, wanted = [], []
        for pixels in rng.permutation(np.repeat(np.arange(4), 40)):
            layout = FrameFormat(LANES, 1, PixelFormat(int(pixels)))
            memory = rng.choice([0, 15, 16, 128, 235, 255, int(rng.integers(256))], 3 * LANES)
            memory = memory.astype(np.uint8)
            beats.append({"in_data": packed(memory), "format": int(pixels)})
            wanted.append(packed(rgb_pixels(memory, layout)))
        source = Source(dut, "", beats, pauses[0], number, "in_")
        sink = Sink(dut, "out_", pauses[1], number)
        clocks = await run(dut, [source], [(sink, len(wanted))], 4000)
        keep(beats=beats, found=sink.beats)
        assert sink.beats == wanted
        assert any(pauses) or clocks <= len(wanted) + 8
