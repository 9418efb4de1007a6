"""cocotb tests of suppress_boxes: frames of 0 to many candidates against the specification."""

from typing import Any

import cocotb
import numpy as np
from streams import Sink, Source, keep, reset, run

from camera_path.decode import Boxes
from camera_path.suppress import best, suppress

#: Of each unit: candidates kept, bits of a score, of a corner's coordinates.
UNITS = {"a": (16, 16, 16), "b": (5, 2, 5)}
INPUTS = [f"{unit}_{name}" for unit in UNITS
          for name in ("overlap_i", "most_i", "in_valid_i", "in_end_i", "out_ready_i")]  # fmt: skip


def drawn(unit: str, count: int, rng: np.random.Generator) -> Boxes:
    """Candidates: corners anywhere, often the same, some of no area, some at the limits."""
    _, score_bits, bits = UNITS[unit]
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    reach = int(rng.choice([high, min(high, 40)]))
    corner = rng.integers(-reach, reach + 1, (count, 4))
    corners = np.concatenate([np.minimum(corner[:, :2], corner[:, 2:]),
                              np.maximum(corner[:, :2], corner[:, 2:])], axis=1)  # fmt: skip
    for i in range(1, count):
        if rng.random() < 0.3:
            corners[i] = np.clip(corners[i - 1] + rng.integers(-2, 3), low, high)
        if rng.random() < 0.05:
            corners[i] = (low, low, high, high)
    scores = rng.integers(0, 1 << min(score_bits, int(rng.choice([2, 16]))), count)
    places = np.sort(rng.choice(32, count, replace=False))
    return Boxes(corners, scores, places)


def beat(unit: str, boxes: Boxes, i: int) -> dict[str, int]:
    bits = UNITS[unit][2]
    packed = sum((int(v) % (1 << bits)) << (bits * n) for n, v in enumerate(boxes.corners[i]))
    return {
        "end": 0,
        "score": int(boxes.scores[i]),
        "place": int(boxes.places[i]),
        "corners": packed,
    }


async def check(
    dut: Any,
    unit: str,
    frames: list[Boxes],
    overlap: int,
    most: int,
    pauses: tuple[float, float],
    seed: int,
) -> int:
    """Send frames; what leaves is what the specification says. Returns the clocks."""
    getattr(dut, f"{unit}_overlap_i").value = overlap
    getattr(dut, f"{unit}_most_i").value = most
    beats, wanted = [], []
    for frame in frames:
        beats += [beat(unit, frame, i) for i in range(len(frame))]
        beats.append({"end": 1, "score": 0, "place": 0, "corners": 0})
        kept = suppress(best(frame, UNITS[unit][0]), overlap).chosen(slice(most))
        wanted += [tuple(beat(unit, kept, i).values()) for i in range(len(kept))]
        wanted.append((1,))
    source = Source(dut, f"{unit}_in_", beats, pauses[0], seed)
    sink = Sink(dut, f"{unit}_out_", pauses[1], seed, ("end", "score", "place", "corners"))
    clocks = await run(dut, [source], [(sink, len(wanted))], 20000)
    keep(unit=unit, overlap=overlap, most=most, beats=beats, found=sink.beats)
    found = [values if not values[0] else (1,) for values in sink.beats]
    assert found == wanted, (unit, overlap, most, found, wanted)
    return clocks


@cocotb.test()
async def boxes_are_those_of_the_specification(dut: Any) -> None:
    await reset(dut, INPUTS)
    rng = np.random.default_rng(2)
    for number in range(24):
        for unit, (kept, _, _) in UNITS.items():
            counts = [0, 1, kept, kept + 1, 2 * kept, int(rng.integers(0, 32))]
            frames = [drawn(unit, int(count), rng) for count in rng.permutation(counts)]
            overlap = int(rng.choice([0, 29491, 32768, 65535, 65536, rng.integers(65537)]))
            most = int(rng.choice([kept, kept, 1, 2, 0]))
            pauses = [(0, 0), (0.5, 0), (0, 0.6)][number % 3]
            await check(dut, unit, frames, overlap, most, pauses, number)


@cocotb.test()
async def scores_that_rise_and_fall(dut: Any) -> None:
    """Each candidate better than all before, each worse, all equal: places decide."""
    await reset(dut, INPUTS)
    clocks = []
    for scores in (np.arange(32), np.arange(32)[::-1], np.full(32, 7)):
        corners = np.stack([np.arange(32) * 100] * 2 + [np.arange(32) * 100 + 50] * 2, axis=1)
        frame = Boxes(corners, scores, np.arange(32))
        clocks.append(await check(dut, "a", [frame, frame], 30000, 16, (0, 0), 1))
    # Of each frame 16 are better than the worst of 16; 15 passes end with the best, a clock earlier
    assert clocks[0] - clocks[1] == 2 * (16 * (16 + 2) - 15), clocks


@cocotb.test()
async def boxes_apart_take_the_clocks_that_are_said(dut: Any) -> None:
    await reset(dut, INPUTS)
    for count in (0, 1, 8, 16):
        corners = np.stack([np.arange(count) * 100] * 2 + [np.arange(count) * 100 + 50] * 2, axis=1)
        frame = Boxes(corners.reshape(count, 4), np.arange(count), np.arange(count))
        one = await check(dut, "a", [frame], 30000, 16, (0, 0), 1)
        assert one <= count + count * count / 2 + 12 * count + 20, (count, one)
