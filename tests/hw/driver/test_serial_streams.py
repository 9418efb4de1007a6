"""Frames to a board and results from it: what is sent again, and what a full board is asked."""

from hw.driver.packets import PacketReader
from hw.driver.serial_line import SerialLine
from hw.driver.serial_streams import SerialStreams
from tests.hw.driver.serial_board import DESCRIPTION, Board, frames


def streams(board: Board) -> SerialStreams:
    """Both streams, with a frame to send."""
    made = SerialStreams(SerialLine(board, answer_seconds=0.01), DESCRIPTION)
    made.queue(frames(1)[0])
    return made


def test_at_most_eight_packets_fly() -> None:
    """A board that answers nothing more gets no more than the window."""
    board = Board()
    sender = streams(board)
    board.write = (sent := []).append  # type: ignore[method-assign, assignment]
    for _ in range(5):
        sender.turn()
    seen = [packet for data in sent for packet in PacketReader().feed(data)]
    assert [packet.sequence for packet in seen] == list(range(8))
    assert all(len(packet.payload) == 1024 for packet in seen)


def test_a_full_board_is_asked_with_one_packet() -> None:
    """Of eight packets it takes three; from then on only the fourth comes, until there is room."""
    board = Board(room=3 * 1024)
    sender = streams(board)
    for _ in range(20):
        sender.turn()
    assert board.numbers == [0, 1, 2]
    assert board.seen[:8] == list(range(8))
    assert set(board.seen[8:]) == {3}
    board.room = 1 << 20
    for _ in range(20):  # 10 ms: what it dropped is not waited for
        sender.turn()
    assert board.numbers == list(range(70))


def test_the_last_packets_that_a_full_board_dropped_come_at_once() -> None:
    """Nothing new is to be sent, whose refusal would say that they are missing."""
    board = Board(room=66 * 1024)
    sender = streams(board)
    for _ in range(60):
        sender.turn()
    assert board.numbers == list(range(66))
    board.room = 1 << 20
    for _ in range(14):  # 7 ms: the next question, its answer, then all three; 10 ms are waited for
        sender.turn()
    assert board.numbers == list(range(70))
