"""Packets on a serial line: kind, sequence number, payload, CRC-32, between flags, bytes escaped.

The hardware's side is ``packet_rx.sv`` and ``packet_tx.sv``; the framing is that of HDLC on
asynchronous lines (RFC 1662): flag 7E, escape 7D followed by the byte xor 20.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

FLAG, ESCAPE, FLIP = 0x7E, 0x7D, 0x20
#: Bytes of a packet beside its payload: kind, sequence number, checksum.
OVERHEAD = 6
#: A longer one cannot be a packet: a flag was lost.
MAX_BYTES = 1 << 16

WRITE, READ, STATUS, RESET = 0x01, 0x02, 0x03, 0x04
ACK, RESULT, STATUS_REPLY, RESET_REPLY, EMPTY = 0x81, 0x82, 0x83, 0x84, 0x86


@dataclass(frozen=True)
class Packet:
    """One packet. kind: see the constants above. sequence: 0 to 255."""

    kind: int
    sequence: int
    payload: bytes = b""

    def encode(self) -> bytes:
        """Its bytes on the line."""
        body = bytes([self.kind, self.sequence]) + self.payload
        body += zlib.crc32(body).to_bytes(4, "little")
        # the escape first: the flag's replacement holds one
        for special in (ESCAPE, FLAG):
            body = body.replace(bytes([special]), bytes([ESCAPE, special ^ FLIP]))
        return bytes([FLAG]) + body + bytes([FLAG])


class PacketReader:
    """Finds the packets in a stream of bytes; what is none is skipped.

    bad: how many pieces between two flags were no packet.
    """

    def __init__(self) -> None:
        self.bad = 0
        self._rest = b""
        self._inside = False

    def feed(self, data: bytes) -> list[Packet]:
        """Packets that these further bytes complete."""
        found = []
        pieces = (self._rest + data).split(bytes([FLAG]))
        self._rest = pieces.pop()
        if len(self._rest) > MAX_BYTES:
            self._rest, self._inside = b"", False
            self.bad += 1
        for piece in pieces:
            packet = decode(piece) if self._inside else None
            if packet is not None:
                found.append(packet)
            elif self._inside and piece:
                self.bad += 1
            self._inside = True
        return found


def decode(piece: bytes) -> Packet | None:
    """The packet between two flags, None if it is none."""
    parts = piece.split(bytes([ESCAPE]))
    body = parts[0]
    for part in parts[1:]:
        if not part:
            return None
        body += bytes([part[0] ^ FLIP]) + part[1:]
    if len(body) < OVERHEAD or zlib.crc32(body[:-4]).to_bytes(4, "little") != body[-4:]:
        return None
    return Packet(body[0], body[1], body[2:-4])
