"""The serial back-end against a board in Python.

Its numbers run over 255 many times here, which in the Verilated shell's tests would take too long.
"""

import numpy as np
import pytest

from hw.driver.serial_link import SerialBackend
from tests.hw.driver.serial_board import DESCRIPTION, Board, frames


def backend(board: Board) -> SerialBackend:
    return SerialBackend(board, DESCRIPTION, patience=2.0, answer_seconds=0.01)


@pytest.mark.parametrize("lose", [0.0, 0.03, 0.2])
@pytest.mark.parametrize("room", [1 << 20, 80_000])
def test_numbers_run_over_255(lose: float, room: int) -> None:
    """Four frames are 280 packets each way, lost ones and a full board among them."""
    board, x = Board(room, lose), frames(4)
    accelerator = backend(board)
    found = accelerator.execute(x)
    expected = x.reshape(4, -1).view("<u2").astype(np.int64) - 9
    np.testing.assert_array_equal(found, expected.astype(np.int16).reshape(4, 70, 512, 1))
    assert board.numbers == [number % 256 for number in range(280)]
    if lose:
        assert accelerator.sent_again > 0
    elif room == 1 << 20:
        assert accelerator.sent_again == 0


def test_answers_that_come_twice_count_once() -> None:
    x = frames(2)
    found = backend(Board(twice=True)).execute(x)
    expected = x.reshape(2, -1).view("<u2").astype(np.int64) - 9
    np.testing.assert_array_equal(found, expected.astype(np.int16).reshape(2, 70, 512, 1))
