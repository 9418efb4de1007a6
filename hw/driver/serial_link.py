"""An accelerator on a serial line, for boards whose FPGA has nothing better (ULX3S).

``DupNetAccelerator(open_serial("/dev/ttyUSB0", description), description)``. Packets that the line
damages or loses are sent again; the hardware takes each only once. See ``serial_link.sv``.
"""

from __future__ import annotations

import struct
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from . import packets
from .description import Description, read_description
from .errors import AcceleratorError, StuckError
from .packets import Packet, PacketReader

BAUD = 3_000_000
#: Payload of a packet to the board, and how many of them may be unacknowledged.
PACKET_BYTES, WINDOW = 1024, 8
#: What the first word of a status says: this protocol, version 1.
MAGIC = 0xD0D1_0001
#: Words of a status, from the first on.
STATUS_WORDS = (
    "magic", "build_id", "state", "in_frame_bytes", "out_frame_bytes", "frames_in", "frames_out",
    "packets_good", "packets_bad", "refused", "line_errors", "clocks", "stalls", "buffer_bytes",
    "slot_bytes",
)  # fmt: skip
#: Those that count something.
COUNTERS = STATUS_WORDS[5:13]
#: Bits of an ACK's flags.
_RESULT_READY, _NO_ROOM, _NO_ORDER = 1, 2, 4
#: Longer than an operating system and a USB bridge hold a byte back.
ANSWER_SECONDS = 0.1
#: Seconds between two questions for a result that is not ready.
POLL_SECONDS = 0.002


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


class SerialBackend:
    """The ``Backend`` of an accelerator behind a serial line.

    Args:
        transport: the line. patience: seconds without progress after which it is given up.
        answer_seconds: beyond the line's own time, after which an answer counts as lost.

    Raises AcceleratorError where nothing answers, or what answers is not this accelerator.
    """

    def __init__(
        self,
        transport: Transport,
        description: Description,
        patience: float = 5.0,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        if len(description.blocks) != 2:
            raise AcceleratorError(
                f"{description.name} has {len(description.inputs)} inputs and "
                f"{len(description.outputs)} outputs; a serial line carries one of each"
            )
        self.description = description
        self.patience = patience
        #: Packets sent again, answers that were damaged.
        self.sent_again = 0
        self._busy = False  # a stream has begun and not ended
        self._answer_seconds = answer_seconds
        self._transport = transport
        self._now = getattr(transport, "now", time.monotonic)
        self._byte_seconds = float(getattr(transport, "byte_seconds", 10 / BAUD))
        self._nonce = int(self._now() * 1000) & 0xFF
        self._clear()
        self.reset()
        self._check_identity()

    # The Backend

    def execute(self, frames: Any) -> Any:
        """(N, H, W, C) -> integers (N, H', W', C')."""
        return np.stack(list(self.stream(frames)))

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """Frames one by one -> their integers; a frame is sent while the one before is computed."""
        if self._busy:
            self.reset()
        self._busy = True
        for frame in frames:
            self._queue(frame)
            while self._queued:
                self._turn()
            yield from self._finished()
        while self._waiting:
            self._turn()
            yield from self._finished()
        self._busy = False

    def counters(self) -> dict[str, int]:
        """Counters of the hardware since the last reset, and what the host had to send again."""
        status = self._status()
        return {**{name: status[name] for name in COUNTERS}, "sent_again": self.sent_again}

    def reset(self) -> None:
        """Reset the accelerator and both ends of the line's protocol; counters start anew."""
        self._clear()
        self._nonce = (self._nonce + 1) & 0xFF
        request = Packet(packets.RESET, self._nonce)
        self._ask(request, packets.RESET_REPLY, self._nonce)
        self._clear()

    def identity(self) -> tuple[int, int]:
        """(magic word with the protocol's version, build id)."""
        status = self._status()
        return status["magic"], status["build_id"]

    def now(self) -> float:
        """Seconds on the clock that the line's time-outs go by."""
        return float(self._now())

    def close(self) -> None:
        """Give the line back."""
        self._transport.close()

    # Requests with one answer

    def _status(self) -> dict[str, int]:
        answer = self._ask(Packet(packets.STATUS, 0), packets.STATUS_REPLY, 0)
        if len(answer.payload) < 4 * len(STATUS_WORDS):
            raise AcceleratorError(
                f"a status of {len(answer.payload)} bytes; expected {4 * len(STATUS_WORDS)}: "
                "the bitstream is of another version of this project"
            )
        words = struct.unpack_from(f"<{len(STATUS_WORDS)}I", answer.payload)
        return dict(zip(STATUS_WORDS, words))

    def _ask(self, request: Packet, kind: int, sequence: int) -> Packet:
        """Send a request until its answer comes."""
        end = self.now() + self.patience
        while self.now() < end:
            self._send(request)
            again = self.now() + self._answer_seconds + self._line_seconds()
            while self.now() < again:
                for packet in self._receive():
                    if packet.kind == kind and packet.sequence == sequence:
                        return packet
                    self._handle(packet)
        raise AcceleratorError(
            f"nothing answers on the serial line ({self.patience:g} s): expected a board with this "
            "project's bitstream at the right baud rate"
        )

    def _check_identity(self) -> None:
        status, description = self._status(), self.description
        if status["magic"] != MAGIC:
            raise AcceleratorError(
                f"the board says 0x{status['magic']:08x}; expected 0x{MAGIC:08x}: its bitstream is "
                "of another version of this project"
            )
        if status["build_id"] != description.build_id:
            raise AcceleratorError(
                f"the board has build 0x{status['build_id']:08x}; expected "
                f"0x{description.build_id:08x}, of {description.name}: load its bitstream"
            )
        sizes = (status["in_frame_bytes"], status["out_frame_bytes"])
        wanted = (description.input.frame_bytes, description.output.frame_bytes)
        if sizes != wanted:
            raise AcceleratorError(f"frames of {sizes} bytes in and out; expected {wanted}")

    # The two streams

    def _clear(self) -> None:
        self._reader = PacketReader()
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
        self._waiting = 0  # frames without a result
        self._busy = False
        self._progress = self.now()

    def _queue(self, frame: Any) -> None:
        source = np.dtype(self.description.input.dtype).newbyteorder("<")
        data = np.ascontiguousarray(frame, dtype=source).tobytes()
        self._queued.extend(
            data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)
        )
        self._waiting += 1
        self._progress = self.now()

    def _finished(self) -> Iterator[Any]:
        while (integers := self._result()) is not None:
            yield integers
            self._progress = self.now()  # time with the caller does not count

    def _result(self) -> Any:
        """The next frame's integers, None if they are not all there."""
        result = self.description.output
        size = result.frame_bytes
        if len(self._results) < size:
            return None
        kind = np.dtype(result.dtype).newbyteorder("<")
        integers = np.frombuffer(bytes(self._results[:size]), kind).reshape(result.shape)
        del self._results[:size]
        self._waiting -= 1
        return integers.astype(result.dtype)

    def _turn(self) -> None:
        """Send what may be sent, take what has come."""
        now = self.now()
        if now > self._progress + self.patience:
            raise StuckError(self._stuck())
        if self._flying and now >= self._write_due:
            self._send_again()
        while self._queued and len(self._flying) < WINDOW and not self._full:
            number = (self._base + len(self._flying)) & 0xFF
            packet = Packet(packets.WRITE, number, self._queued.popleft())
            self._flying.append(packet)
            self._send(packet)
            self._write_due = now + self._answer_seconds + self._line_seconds()
        # asked and not answered in time: lost, and a full board takes nothing until it is read
        wanted = self._ready or self._reading or not self._flying
        if self._waiting and wanted and now >= self._read_due:
            self._send(Packet(packets.READ, self._next_read))
            self._reading, self._ready = True, False
            self._read_due = now + self._answer_seconds + self._line_seconds(PACKET_BYTES)
        for packet in self._receive():
            self._handle(packet)

    def _handle(self, packet: Packet) -> None:
        if packet.kind == packets.ACK and len(packet.payload) == 1:
            self._acknowledged(packet.sequence, packet.payload[0])
        elif packet.kind == packets.RESULT and packet.sequence == self._next_read:
            self._results += packet.payload
            self._next_read = (self._next_read + 1) & 0xFF
            self._reading, self._ready, self._read_due = False, True, 0.0
            self._progress = self.now()
        elif packet.kind == packets.EMPTY and self._reading:
            self._reading = False
            self._read_due = self.now() + POLL_SECONDS

    def _acknowledged(self, following: int, flags: int) -> None:
        """The board has everything before number following."""
        count = (following - self._base) & 0xFF
        if count > len(self._flying):
            return  # an old one
        for _ in range(count):
            self._flying.popleft()
        self._base = following
        now = self.now()
        if flags & _RESULT_READY and not self._reading:
            self._ready, self._read_due = True, 0.0
        if count:
            self._progress = now
            self._went_back = False
            self._write_due = now + self._answer_seconds + self._line_seconds()
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
            self._send(packet)
        self.sent_again += len(again)
        self._write_due = self.now() + self._answer_seconds + self._line_seconds()

    # The line

    def _line_seconds(self, more: int = 0) -> float:
        """Time that what flies takes on the line, every byte escaped."""
        size = sum(len(packet.payload) + packets.OVERHEAD for packet in self._flying)
        return 2 * (size + more) * self._byte_seconds

    def _send(self, packet: Packet) -> None:
        try:
            self._transport.write(packet.encode())
        except OSError as error:
            raise AcceleratorError(f"the serial line cannot be written: {error}") from None

    def _receive(self) -> list[Packet]:
        try:
            data = self._transport.read(4096)
        except OSError as error:
            raise AcceleratorError(f"the serial line cannot be read: {error}") from None
        return self._reader.feed(data)

    def _stuck(self) -> str:
        waiting, flying = self._waiting, len(self._flying) + len(self._queued)
        self._clear()
        self._busy = True
        try:
            status = self._status()
        except AcceleratorError as error:
            return f"no progress for {self.patience:g} s, and {error}"
        counts = ", ".join(f"{name} {status[name]}" for name in COUNTERS)
        return (
            f"no progress for {self.patience:g} s: {waiting} frames without a result, {flying} "
            f"packets not taken; the board says: {counts} (was it reset?)"
        )


class _Port:
    """pyserial's port, read as soon as something is there."""

    def __init__(self, port: Any, baud: int) -> None:
        self._port = port
        self.byte_seconds = 10 / baud

    def read(self, size: int) -> bytes:
        """At least one byte if it comes within the port's time-out, else none."""
        there = min(size, self._port.in_waiting)
        return bytes(self._port.read(max(1, there)))

    def write(self, data: bytes) -> None:
        """Send all bytes."""
        self._port.write(data)

    def close(self) -> None:
        """Give the port back."""
        self._port.close()


def open_serial(
    port: str, description: str | Path | Description, baud: int = BAUD, patience: float = 5.0
) -> SerialBackend:
    """The accelerator at a port such as ``/dev/ttyUSB0`` or ``COM3``. patience: see SerialBackend.

    Raises AcceleratorError where pyserial is missing, or the port cannot be opened.
    """
    try:
        import serial
    except ImportError:
        raise AcceleratorError("pyserial is missing: pip install pyserial") from None
    if not isinstance(description, Description):
        description = read_description(description)
    try:
        opened = serial.Serial(port, baud, timeout=0.005)
    except (OSError, ValueError) as error:
        raise AcceleratorError(f"{port}: cannot be opened at {baud} baud: {error}") from None
    try:
        return SerialBackend(_Port(opened, baud), description, patience)
    except BaseException:
        opened.close()
        raise
