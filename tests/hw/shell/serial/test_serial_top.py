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


def test_every_port_of_the_board_has_a_pin(tmp_path):
    design = stitch([model()], tmp_path / "one", "one")
    serial = write(design, tmp_path / "serial", LINE, 0)
    board = write_board(serial, find_pll(Fraction(25), Fraction(50)))
    text = (board.folder / f"{board.top}.sv").read_text()
    ports = set(re.findall(r"^  (?:in|out)put +logic +(?:\[7:0\] )?(\w+)", text, re.MULTILINE))
    constraints = pin_constraints("ULX3S-85F").read_text()
    located = dict(re.findall(r'LOCATE COMP "([^"]+)" SITE "(\w+)"', constraints))
    configured = set(re.findall(r'IOBUF PORT "([^"]+)"', constraints))
    assert ports - {"led"} | {f"led[{i}]" for i in range(8)} == set(located) == configured
    assert len(set(located.values())) == len(located)


def test_board():
    board = load_board("ULX3S-85F")
    assert (board.family, board.lut, board.bram36) == ("ecp5", 83640, 104)
    with pytest.raises(HardwareError, match="Pynq-Z2: no file of pins"):
        pin_constraints("Pynq-Z2")
