"""cocotb tests of letterbox: pictures of drawn sizes against the specification, bit for bit."""

import os
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, FallingEdge
from streams import Sink, Source, keep, reset, run

from camera_path import resize

#: Of each unit: lanes, channels, bits, most pixels of a side, size, the border's level.
UNITS = {"a": (2, 3, 8, 40, 16, 128), "b": (1, 1, 8, 9, 24, 128), "c": (4, 1, 6, 31, 7, 9)}
INPUTS = [f"{unit}_{name}" for unit in UNITS
          for name in ("cfg_valid_i", "in_valid_i", "out_ready_i")]  # fmt: skip
PICTURES = int(os.environ["PICTURES"])


def packed(values: np.ndarray, bits: int) -> int:
    """Elements as one number, the first least significant."""
    return sum(int(value) << (bits * i) for i, value in enumerate(values.reshape(-1)))


def beats_of(picture: np.ndarray, lanes: int, bits: int, rng: np.random.Generator) -> list[int]:
    """Beats of a picture's lines; behind a line's end there is anything."""
    height, width, channels = picture.shape
    surplus = -width % lanes
    more = rng.integers(0, 1 << bits, (height, surplus, channels), np.uint8)
    lines = np.concatenate([picture, more], axis=1).reshape(-1, lanes * channels)
    return [packed(line, bits) for line in lines]


def expected(picture: np.ndarray, size: int, bits: int, level: int) -> list[int]:
    where = resize.place(picture.shape[1], picture.shape[0], size)
    frame = np.full((size, size, picture.shape[2]), level, np.uint8)
    inside = resize.resize(picture, where.rows, where.columns)
    frame[where.top : where.top + where.rows, where.left : where.left + where.columns] = inside
    return [packed(pixel, bits) for pixel in frame.reshape(size * size, -1)]


def pictures_of(unit: str, sizes: list[tuple[int, int]], seed: int) -> tuple[Any, ...]:
    """Configurations, beats and wanted pixels of pictures of (width, height)."""
    lanes, channels, bits, _, size, level = UNITS[unit]
    rng = np.random.default_rng(seed)
    cfgs, beats, wanted = [], [], []
    for width, height in sizes:
        picture = rng.integers(0, 1 << bits, (height, width, channels), np.uint8)
        if rng.random() < 0.2:
            picture[...] = (1 << bits) - 1  # sums as large as they get
        cfgs.append({"cfg_width": width, "cfg_height": height})
        beats += [{"data": beat} for beat in beats_of(picture, lanes, bits, rng)]
        wanted += expected(picture, size, bits, level)
    return [{key[4:]: value for key, value in cfg.items()} for cfg in cfgs], beats, wanted


async def check(
    dut: Any, unit: str, sizes: list[tuple[int, int]], pauses: tuple[float, ...], seed: int
) -> int:
    """Send pictures, with pauses of configuration, input and output; returns the clocks."""
    cfgs, beats, wanted = pictures_of(unit, sizes, seed)
    sources = [Source(dut, f"{unit}_cfg_", cfgs, pauses[0], seed),
               Source(dut, f"{unit}_in_", beats, pauses[1], seed + 1)]  # fmt: skip
    sink = Sink(dut, f"{unit}_out_", pauses[2], seed + 2)
    clocks = await run(dut, sources, [(sink, len(wanted))], 60000)
    data = [beat["data"] for beat in beats]
    clocks_of = {"begin": sources[0].times[0], "taken": sink.times} if not any(pauses) else {}
    keep(unit=unit, sizes=sizes, beats=data, found=sink.beats, **clocks_of)
    if sink.beats != wanted:
        place = next(
            i for i, pair in enumerate(zip(sink.beats, wanted, strict=True)) if pair[0] != pair[1]
        )
        size = UNITS[unit][4] ** 2
        raise AssertionError(
            f"{unit}: picture {place // size} of sizes {sizes}, pixel {place % size}: "
            f"{sink.beats[place]:x}, expected {wanted[place]:x}"
        )
    return clocks


def drawn(unit: str, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Sizes: corners first, then any."""
    most, size = UNITS[unit][3:5]
    sizes = [(1, 1), (most, most), (1, most), (most, 1), (min(size, most), min(size, most)), (2, 3)]
    sizes += [(old, new) for old, new in rng.integers(1, most + 1, (PICTURES, 2)).tolist()]
    return sizes


@cocotb.test()
async def pictures_of_every_size(dut: Any) -> None:
    """One behind the other, without pauses and with pauses at each end."""
    await reset(dut, INPUTS)
    rng = np.random.default_rng(1)
    for number, pauses in enumerate([(0, 0, 0), (0.9, 0.2, 0.2), (0, 0.7, 0), (0, 0, 0.7)]):
        for unit in UNITS:
            sizes = drawn(unit, rng)
            await check(dut, unit, sizes if number < 2 else sizes[5:], pauses, 10 * number)


@cocotb.test()
async def a_picture_takes_the_clocks_that_are_said(dut: Any) -> None:
    """Of pictures in a row: a clock a pixel of the border, and of each new line what is most."""
    await reset(dut, INPUTS)
    for width, height in [(40, 30), (40, 40), (20, 15), (16, 16), (9, 4)]:
        lines = resize.place(width, height, 16).rows
        one = await check(dut, "a", [(width, height)], (0, 0, 0), 5)
        many = await check(dut, "a", [(width, height)] * 4, (0, 0, 0), 5)
        line = max(16, width + 2, height * (width // 2 + 3) / lines)
        assert (many - one) / 3 <= 16 * (16 - lines) + lines * line + 30, (width, height, one, many)


@cocotb.test()
async def pictures_of_one_size_in_a_row(dut: Any) -> None:
    """Their clocks are recorded: hw.camera.timing has to know each."""
    await reset(dut, INPUTS)
    rng = np.random.default_rng(4)
    for unit in UNITS:
        for number, size in enumerate(drawn(unit, rng)):
            await check(dut, unit, [size] * 3, (0, 0, 0), number)


@cocotb.test()
async def a_reset_in_the_middle_leaves_nothing(dut: Any) -> None:
    await reset(dut, INPUTS)
    cfgs, beats, _ = pictures_of("a", [(33, 21)], 3)
    for clocks in (3, 30, 170, 400):
        sources = [Source(dut, "a_cfg_", cfgs, 0, 1), Source(dut, "a_in_", beats, 0, 1)]
        sink = Sink(dut, "a_out_", 0, 1)
        for _ in range(clocks):
            for end in (*sources, sink):
                end.tick()
            await FallingEdge(dut.clk_i)
        for name in INPUTS:
            getattr(dut, name).value = 0
        dut.rst_ni.value = 0
        await ClockCycles(dut.clk_i, 2)
        await FallingEdge(dut.clk_i)
        assert not int(dut.a_out_valid_o.value)
        dut.rst_ni.value = 1
        await check(dut, "a", [(5, 9), (33, 21)], (0, 0, 0), clocks)
