"""Refusals of the top levels' generator, and the board's pins."""

import re
from fractions import Fraction

import pytest

from hw.boards import load_board, pin_constraints
from hw.errors import HardwareError
from hw.shell.serial.pll import find_pll
from hw.shell.serial.top import Line, write, write_board
from hw.stitch import stitch
from tests.hw.shell.serial.line_case import LINE, model


def test_line_too_fast_for_the_clock():
    assert Line(Fraction(50_000_000), 3_000_000).bit_time == round(256 * 50 / 3)
    with pytest.raises(HardwareError, match=r"3000000 baud .* expected 1 baud to 2500000"):
        Line(Fraction(20_000_000), 3_000_000).bit_time  # noqa: B018


def test_one_stream_each_way(tmp_path):
    nets = [model(), model()]
    for number, net in enumerate(nets):
        net.graph.node[0].name = f"node{number}"
        net.rename_tensor(net.graph.input[0].name, f"x{number}")
    design = stitch(nets, tmp_path / "two", "two")
    with pytest.raises(HardwareError, match="design two: a board needs one input stream, not"):
        write(design, tmp_path / "serial", LINE, 0)


#: How a file of pins says where a pin is, and how it is driven.
SYNTAX = {
    ".lpf": (r'LOCATE COMP "([^"]+)" SITE "(\w+)"', r'IOBUF PORT "([^"]+)"'),
    ".cst": (r'IO_LOC "([^"]+)" (\w+);', r'IO_PORT "([^"]+)"'),
}


@pytest.mark.parametrize(("name", "leds"), [("ULX3S-85F", 8), ("Tang-Nano-20K", 6)])
def test_every_port_of_the_board_has_a_pin(tmp_path, name, leds):
    design = stitch([model()], tmp_path / "one", "one")
    serial = write(design, tmp_path / "serial", LINE, 0)
    board = write_board(serial, load_board(name), find_pll(Fraction(25), Fraction(50)))
    text = (board.folder / f"{board.top}.sv").read_text()
    ports = set(re.findall(r"^  (?:in|out)put +logic +(?:\[\d:0\] )?(\w+)", text, re.MULTILINE))
    path = pin_constraints(name)
    places, drives = SYNTAX[path.suffix]
    located = dict(re.findall(places, path.read_text()))
    configured = set(re.findall(drives, path.read_text()))
    assert ports - {"led"} | {f"led[{i}]" for i in range(leds)} == set(located) == configured
    assert len(set(located.values())) == len(located)


def test_board():
    board = load_board("ULX3S-85F")
    assert (board.family, board.lut, board.bram36) == ("ecp5", 83640, 104)
    tang = load_board("Tang-Nano-20K")
    assert (tang.family, tang.lut, tang.bram36, tang.multipliers) == ("gw2a", 20736, 23, 16)
    assert (board.luts, tang.luts, load_board("Pynq-Z2").luts) == (83640, 8294, 53200)
    with pytest.raises(HardwareError, match="Pynq-Z2: no file of pins"):
        pin_constraints("Pynq-Z2")
