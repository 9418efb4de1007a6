"""Frames to a board on a serial line and results from it, each a stream of numbered packets.

A packet that is lost or damaged is sent again with all that followed it (go back N); results are
asked for one by one. The other end is ``serial_link.sv``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import packets
from .description import Description
from .packets import Packet
from .serial_line import SerialLine

#: Payload of a packet to the board, and how many of them may be unacknowledged.
PACKET_BYTES, WINDOW = 1024, 8
#: Bits of an ACK's flags.
_RESULT_READY, _NO_ROOM, _NO_ORDER = 1, 2, 4
#: Seconds between two questions for a result that is not ready.
POLL_SECONDS = 0.002


class SerialStreams:
    """Both streams of a network with one input and one output."""

    def __init__(self, line: SerialLine, description: Description) -> None:
        self._line = line
        self._description = description
        #: Packets sent again.
        self.sent_again = 0
        self.clear()

    def clear(self) -> None:
        """Begin anew, as the board does at a reset."""
        self._line.clear()
        self._queued: deque[bytes] = deque()  # payloads not sent yet
        self._flying: deque[Packet] = deque()  # sent, not acknowledged
        self._base = 0  # number of the first of _flying
        self._went_back = False  # whether what flies was sent again since the last progress
        self._full = False  # whether the board had no room for the first of it
        self._write_due = 0.0  # when to send again
        self._next_read = 0
        self._read_due = 0.0  # when to ask again; 0: at once
        self._reading = False  # a result was asked for
        self._ready = False  # the board has said that there is one
        self._results = bytearray()
        #: Frames without a result.
        self.waiting = 0
        #: When the board last took or gave something.
        self.progress = self._line.now()

    @property
    def queued(self) -> bool:
        """Whether a part of a frame has not been sent."""
        return bool(self._queued)

    @property
    def not_taken(self) -> int:
        """Packets that the board has not acknowledged."""
        return len(self._flying) + len(self._queued)

    def queue(self, frame: Any) -> None:
        """Take a frame (H, W, C) to be sent."""
        source = np.dtype(self._description.input.dtype).newbyteorder("<")
        data = np.ascontiguousarray(frame, dtype=source).tobytes()
        self._queued.extend(
            data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)
        )
        self.waiting += 1
        self.progress = self._line.now()

    def finished(self) -> Iterator[Any]:
        """Integers (H', W', C') of the frames whose results have come, in order."""
        while (integers := self._result()) is not None:
            yield integers
            self.progress = self._line.now()  # time with the caller does not count

    def _result(self) -> Any:
        """The next frame's integers, None if they are not all there."""
        result = self._description.output
        size = result.frame_bytes
        if len(self._results) < size:
            return None
        kind = np.dtype(result.dtype).newbyteorder("<")
        integers = np.frombuffer(bytes(self._results[:size]), kind).reshape(result.shape)
        del self._results[:size]
        self.waiting -= 1
        return integers.astype(result.dtype)

    def turn(self) -> None:
        """Send what may be sent, take what has come."""
        now = self._line.now()
        if self._flying and now >= self._write_due:
            self._send_again()
        while self._queued and len(self._flying) < WINDOW and not self._full:
            number = (self._base + len(self._flying)) & 0xFF
            packet = Packet(packets.WRITE, number, self._queued.popleft())
            self._flying.append(packet)
            self._line.send(packet)
            self._write_due = now + self.answer_time()
        # asked and not answered in time: lost, and a full board takes nothing until it is read
        wanted = self._ready or self._reading or not self._flying
        if self.waiting and wanted and now >= self._read_due:
            self._line.send(Packet(packets.READ, self._next_read))
            self._reading, self._ready = True, False
            self._read_due = now + self.answer_time(PACKET_BYTES)
        for packet in self._line.receive():
            self.handle(packet)

    def handle(self, packet: Packet) -> None:
        """Take a packet of the board; one that is of neither stream, or old, is passed over."""
        if packet.kind == packets.ACK and len(packet.payload) == 1:
            self._acknowledged(packet.sequence, packet.payload[0])
        elif packet.kind == packets.RESULT and packet.sequence == self._next_read:
            self._results += packet.payload
            self._next_read = (self._next_read + 1) & 0xFF
            self._reading, self._ready, self._read_due = False, True, 0.0
            self.progress = self._line.now()
        elif packet.kind == packets.EMPTY and self._reading:
            self._reading = False
            self._read_due = self._line.now() + POLL_SECONDS

    def answer_time(self, more: int = 0) -> float:
        """Seconds after which an answer counts as lost, behind what flies and more bytes."""
        size = sum(len(packet.payload) + packets.OVERHEAD for packet in self._flying)
        return self._line.answer_time(size + more)

    def _acknowledged(self, following: int, flags: int) -> None:
        """The board has everything before number following."""
        count = (following - self._base) & 0xFF
        if count > len(self._flying):
            return  # an old one
        for _ in range(count):
            self._flying.popleft()
        self._base = following
        now = self._line.now()
        if flags & _RESULT_READY and not self._reading:
            self._ready, self._read_due = True, 0.0
        if count:
            self.progress = now
            self._went_back = False
            self._write_due = now + self.answer_time()
            if self._full:  # what came behind the refused packet was dropped
                self._full = False
                self._send_again()
        elif flags & _NO_ROOM:
            self._full = True
            self._write_due = min(self._write_due, now + POLL_SECONDS)
        elif flags & _NO_ORDER and not self._went_back and not self._full:
            self._send_again()

    def _send_again(self) -> None:
        """All that flies; its first packet alone, to ask, while the board is full."""
        self._went_back = True
        again = list(self._flying)[: 1 if self._full else None]
        for packet in again:
            self._line.send(packet)
        self.sent_again += len(again)
        self._write_due = self._line.now() + self.answer_time()
