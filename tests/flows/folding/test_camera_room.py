"""The part's room for a network beside a camera path."""

import pytest

from flows.errors import FlowError
from flows.folding.fitting import Room, fitting
from flows.folding.options import Option, Pricer
from hw.boards import Board
from hw.synth.cost.model import Cost, load_cost_model

TAKEN = Cost(6000.4, 5000.0, 0.0, 24, 60)


def board(lut: int = 10_000, bram36: int = 20, dsp: int = 100) -> Board:
    return Board("xc-any", "zynq7000", lut, 2 * lut, bram36, dsp, 10.0)


def table(*options: tuple[float, int, int]) -> list[list[Option]]:
    """One stage of such (LUT, RAMB18, DSP slices)."""
    return [
        [Option(8, 8, 1, lut, 0.0, blocks, {"n": {"at": at}}, dsp=dsp)
         for at, (lut, blocks, dsp) in enumerate(options)]
    ]  # fmt: skip


def chosen(room: Room, *options: tuple[float, int, int]) -> int:
    found = fitting(table(*options), Pricer(load_cost_model(), {}), room, "target_fps", None)
    return int(found.settings["n"]["at"])


def test_what_is_left_is_what_the_camera_path_leaves() -> None:
    room = Room(board(), taken=TAKEN)
    assert (room.luts, room.bram18, room.dsp) == (4000, 16, 40)
    assert (Room(board(), 30, TAKEN).dsp, Room(board(dsp=50), taken=TAKEN).dsp) == (30, 0)
    assert (str(room), str(Room(board(), 30, TAKEN))) == (
        "xc-any has 100, 60 of them for the camera path",
        "dsp_limit is 30",
    )
    assert str(Room(board())) == "xc-any has 100"


def test_the_folding_is_one_that_fits_beside_it() -> None:
    choices = (3000.0, 0, 50), (3500.0, 2, 40), (2000.0, 17, 0)
    assert chosen(Room(board()), *choices) == 0
    assert chosen(Room(board(), taken=TAKEN), *choices) == 1


def test_a_network_that_fits_alone_alone_is_refused_with_the_reason() -> None:
    assert chosen(Room(board()), (5000.0, 0, 0)) == 0
    with pytest.raises(FlowError, match="10000, 6000 of them for the camera path; lower target"):
        chosen(Room(board(), taken=TAKEN), (5000.0, 0, 0))
    with pytest.raises(FlowError, match="the 20 BRAM36 of xc-any, 12 of them for the camera path"):
        chosen(Room(board(), taken=TAKEN), (100.0, 20, 0))
