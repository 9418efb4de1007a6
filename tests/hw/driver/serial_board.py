"""A board on a serial line in Python, written from the protocol's description alone."""

import struct
from typing import Any

import numpy as np

from hw.driver import packets
from hw.driver.description import Description, Tensor
from hw.driver.packets import Packet, PacketReader
from hw.driver.serial_link import MAGIC, STATUS_WORDS

#: 70 packets in and 70 out.
DESCRIPTION = Description(
    "d", "b", 7, 50.0, Tensor((70, 1024, 1), "uint8"), Tensor((70, 512, 1), "int16"), {}
)


def network(frame: bytes) -> bytes:
    """Pairs of bytes as integers of 16 bits, less 9."""
    return (np.frombuffer(frame, "<u2").astype(np.int64) - 9).astype("<i2").tobytes()


class Board:
    """Takes packets in order, answers each, and computes a frame once it is whole.

    room: bytes of frames and results that it holds. lose: share of the packets, each way, that are
    lost. twice: every answer comes twice.
    """

    byte_seconds = 1e-6

    def __init__(self, room: int = 1 << 20, lose: float = 0.0, twice: bool = False) -> None:
        self.twice = twice
        self.room, self.lose = room, lose
        self.random = np.random.default_rng(0)
        self.time = 0.0
        self.reader = PacketReader()
        self.answers = b""
        self.numbers: list[int] = []  # of what was taken
        self.seen: list[int] = []  # of all that came
        self.clear()

    def clear(self) -> None:
        self.expected = self.next_result = 0
        self.taken = b""
        self.results = b""
        self.held = b""

    def _lost(self) -> bool:
        return bool(self.random.random() < self.lose)

    def write(self, data: bytes) -> None:
        for packet in self.reader.feed(data):
            if not self._lost():
                answer = self._answer(packet)
                if not self._lost():
                    self.answers += answer.encode() * (1 + self.twice)

    def _answer(self, packet: Packet) -> Packet:
        if packet.kind == packets.RESET:
            self.clear()
            return Packet(packets.RESET_REPLY, packet.sequence)
        if packet.kind == packets.STATUS:
            words = dict.fromkeys(STATUS_WORDS, 0)
            words |= {"magic": MAGIC, "build_id": 7, "in_frame_bytes": 71680}
            words |= {"out_frame_bytes": 71680}
            return Packet(packets.STATUS_REPLY, 0, struct.pack("<15I", *words.values()))
        if packet.kind == packets.WRITE:
            return self._write(packet)
        assert packet.kind == packets.READ
        return self._read(packet.sequence)

    def _write(self, packet: Packet) -> Packet:
        self.seen.append(packet.sequence)
        flags = 0
        if packet.sequence != self.expected:
            flags = 4
        elif len(self.taken) + len(self.results) + len(packet.payload) > self.room:
            flags = 2
        else:
            self.taken += packet.payload
            self.numbers.append(packet.sequence)
            self.expected = (self.expected + 1) % 256
        while len(self.taken) >= 71680:
            self.results += network(self.taken[:71680])
            self.taken = self.taken[71680:]
        ready = bool(self.results)
        return Packet(packets.ACK, self.expected, bytes([flags | ready]))

    def _read(self, sequence: int) -> Packet:
        if self.held and sequence == (self.next_result - 1) % 256:  # asked once more
            return Packet(packets.RESULT, sequence, self.held)
        if sequence != self.next_result or not self.results:
            return Packet(packets.EMPTY, sequence)
        self.held, self.results = self.results[:1024], self.results[1024:]
        self.next_result = (self.next_result + 1) % 256
        return Packet(packets.RESULT, sequence, self.held)

    def read(self, size: int) -> bytes:
        self.time += 0.0005
        data, self.answers = self.answers[:size], self.answers[size:]
        return data

    def now(self) -> float:
        return self.time

    def close(self) -> None:
        pass


def frames(count: int) -> Any:
    return np.random.default_rng(1).integers(0, 256, (count, 70, 1024, 1), np.uint8)
