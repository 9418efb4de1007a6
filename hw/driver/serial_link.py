"""An accelerator on a serial line, for boards whose FPGA has nothing better (ULX3S).

``DupNetAccelerator(open_serial("/dev/ttyUSB0", description), description)``. Packets that the line
damages or loses are sent again; the hardware takes each only once. See ``serial_link.sv``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import packets
from .description import Description, read_description
from .errors import AcceleratorError, StuckError
from .packets import Packet
from .serial_line import ANSWER_SECONDS, BAUD, SerialLine, Transport
from .serial_streams import SerialStreams

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
        self._busy = False  # a stream has begun and not ended
        self._line = SerialLine(transport, answer_seconds)
        self._streams = SerialStreams(self._line, description)
        self._nonce = int(self.now() * 1000) & 0xFF
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
        streams = self._streams
        for frame in frames:
            streams.queue(frame)
            while streams.queued:
                self._turn()
            yield from streams.finished()
        while streams.waiting:
            self._turn()
            yield from streams.finished()
        self._busy = False

    def _turn(self) -> None:
        if self.now() > self._streams.progress + self.patience:
            raise StuckError(self._stuck())
        self._streams.turn()

    def counters(self) -> dict[str, int]:
        """Counters of the hardware since the last reset, and what the host had to send again."""
        status = self._status()
        return {**{name: status[name] for name in COUNTERS}, "sent_again": self.sent_again}

    @property
    def sent_again(self) -> int:
        """Packets that the host had to send again."""
        return self._streams.sent_again

    @property
    def damaged(self) -> int:
        """Packets of the board that came damaged, since the last reset."""
        return self._line.reader.bad

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
        return self._line.now()

    def close(self) -> None:
        """Give the line back."""
        self._line.close()

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
            self._line.send(request)
            again = self.now() + self._streams.answer_time()
            while self.now() < again:
                for packet in self._line.receive():
                    if packet.kind == kind and packet.sequence == sequence:
                        return packet
                    self._streams.handle(packet)
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

    def _clear(self) -> None:
        self._streams.clear()
        self._busy = False

    def _stuck(self) -> str:
        waiting, flying = self._streams.waiting, self._streams.not_taken
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
