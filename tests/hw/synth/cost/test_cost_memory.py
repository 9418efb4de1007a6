"""Memories as yosys mapped them, synthesized alone, beside the rule."""

import pytest

from hw.synth.cost.memory import Mapped, map_ram, map_rom


@pytest.mark.parametrize(
    ("rows", "width", "bram18"),
    [
        (16, 1152, 0), (64, 288, 0), (256, 144, 4), (1024, 144, 8), (1024, 64, 4), (1024, 2, 0),
        (960, 8, 0), (128, 168, 0), (128, 78, 0), (64, 156, 0), (256, 72, 2), (3840, 2, 0),
        (256, 84, 0),
    ],
)  # fmt: skip
def test_rom_that_yosys_places_itself(rows, width, bram18):
    found = map_rom(rows, width, "auto")
    assert found.bram18 == bram18
    assert (found.rom == 0) == (bram18 > 0)


@pytest.mark.parametrize(
    ("rows", "width", "lutram"), [(124, 16, 48), (128, 20, 56), (128, 32, 0), (100, 24, 64)]
)
def test_ram_that_yosys_places_itself(rows, width, lutram):
    assert map_ram(rows, width, "auto").lutram == lutram
    assert map_ram(rows, width, "distributed").bram18 == 0
    assert map_ram(rows, width, "block").lutram == 0


def test_one_row_is_no_memory():
    assert map_rom(1, 500, "block") == map_ram(1, 500, "block") == Mapped()
