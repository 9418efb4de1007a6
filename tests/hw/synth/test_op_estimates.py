"""Estimates of memory resources."""

import pytest

from hw.synth.estimates import (
    bram18,
    counter_bits,
    lut_rom_luts,
    lutram_luts,
    memory_bram18,
    memory_luts,
)


@pytest.mark.parametrize(
    ("rows", "width", "blocks"),
    [(512, 36, 1), (513, 36, 2), (1024, 18, 1), (16384, 1, 1), (16385, 1, 2), (100, 72, 2)],
)
def test_bram18(rows, width, blocks):
    assert bram18(rows, width) == blocks


@pytest.mark.parametrize(
    ("rows", "width", "luts"), [(32, 6, 4), (33, 3, 4), (65, 3, 8), (16, 7, 8)]
)
def test_lutram(rows, width, luts):
    assert lutram_luts(rows, width) == luts


@pytest.mark.parametrize(
    ("rows", "columns", "luts"),
    [(1, 99, 0), (4, 99, 16), (8, 99, 99), (8, 999, 256), (9, 300, 300)],
)
def test_lut_rom(rows, columns, luts):
    """Of n rows of bits there are but 2**n different columns, and equal ones are one."""
    assert lut_rom_luts(rows, columns) == luts


@pytest.mark.parametrize(
    ("rows", "style", "is_block"),
    [(64, "auto", False), (65, "auto", True), (8, "block", True), (999, "distributed", False)],
)
def test_style(rows, style, is_block):
    assert (memory_bram18(rows, 8, style) > 0) == is_block
    assert (memory_luts(rows, 8, style) == 0) == is_block


def test_counter_bits():
    assert counter_bits(1, 2, 3, 256) == 1 + 1 + 2 + 8
