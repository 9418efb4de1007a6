"""Packets on a serial line: sent, taken, asked for. What they mean, ``serial_link`` knows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from .errors import AcceleratorError
from .packets import Packet, PacketReader

BAUD = 3_000_000
#: Longer than an operating system and a USB bridge hold a byte back.
ANSWER_SECONDS = 0.1


class Transport(Protocol):
    """The host's end of the line; pyserial's ``Serial`` is one.

    It may also have ``now()`` (seconds; default: the host's clock) and ``byte_seconds``.
    """

    def read(self, size: int) -> bytes:
        """Up to size bytes; after a time-out of some milliseconds what there is, if anything."""

    def write(self, data: bytes) -> Any:
        """Send all bytes."""

    def close(self) -> None:
        """Give the line back."""


class SerialLine:
    """Packets over a transport.

    answer_seconds: beyond the line's own time, after which an answer counts as lost.
    """

    def __init__(self, transport: Transport, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.reader = PacketReader()
        self._transport = transport
        self._now: Callable[[], float] = getattr(transport, "now", time.monotonic)
        self._byte_seconds = float(getattr(transport, "byte_seconds", 10 / BAUD))
        self._answer_seconds = answer_seconds

    def now(self) -> float:
        """Seconds on the clock that the line's time-outs go by."""
        return float(self._now())

    def clear(self) -> None:
        """Forget what has come of a packet that is not whole."""
        self.reader = PacketReader()

    def answer_time(self, size: int) -> float:
        """Seconds after which the answer to size bytes counts as lost, every byte escaped."""
        return self._answer_seconds + 2 * size * self._byte_seconds

    def send(self, packet: Packet) -> None:
        """Send a packet. Raises AcceleratorError where the line cannot be written."""
        try:
            self._transport.write(packet.encode())
        except OSError as error:
            raise AcceleratorError(f"the serial line cannot be written: {error}") from None

    def receive(self) -> list[Packet]:
        """Packets that have come whole. Raises AcceleratorError where the line cannot be read."""
        try:
            data = self._transport.read(4096)
        except OSError as error:
            raise AcceleratorError(f"the serial line cannot be read: {error}") from None
        return self.reader.feed(data)

    def close(self) -> None:
        """Give the line back."""
        self._transport.close()
