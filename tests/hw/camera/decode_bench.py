"""cocotb test of decode_boxes: frames of integers against the specification."""

from typing import Any

import cocotb
import numpy as np
from decode_head import head
from streams import Sink, Source, keep, reset, run

from camera_path.decode import decode


@cocotb.test()
async def candidates_are_those_of_the_specification(dut: Any) -> None:
    await reset(dut, ["least_i", "in_valid_i", "out_ready_i"])
    rng = np.random.default_rng(1)
    sizes = set()
    for number, pauses in enumerate([(0, 0), (0.4, 0), (0, 0.8), (0.2, 0.2)] * 3):
        reach = (2048, 100, 600)[number % 3]
        frames = rng.integers(-reach, reach, (3, 3, 4, 12))
        frames[0, 0, 0, :4] = (-2048, 2047, -2048, 2047)
        least = int(rng.choice([0, 1, 20000, 65000, 65536]))
        dut.least_i.value = least
        wanted = []
        for frame in frames:
            found = decode(frame, head(), least)
            for corners, score, place in zip(
                found.corners, found.scores, found.places, strict=True
            ):
                packed = sum((int(v) % 65536) << (16 * n) for n, v in enumerate(corners))
                wanted.append((0, int(score), int(place), packed))
            wanted.append((1,))
            sizes.add(len(found))
        beats = [{"data": int(value) % 4096} for value in frames.reshape(-1)]
        source = Source(dut, "in_", beats, pauses[0], number)
        sink = Sink(dut, "out_", pauses[1], number, ("end", "score", "place", "corners"))
        clocks = await run(dut, [source], [(sink, len(wanted))], 9000)
        keep(least=least, frames=frames.tolist(), found=sink.beats)
        assert [values if not values[0] else (1,) for values in sink.beats] == wanted, number
        if not any(pauses):
            assert clocks <= len(beats) + 16, (clocks, len(beats))
    assert 0 in sizes and 24 in sizes and len(sizes) > 4
