"""A client of the camera's registers, written from docs/registers-camera.md alone."""

import struct
from typing import Any

import numpy as np

from hw.sim.board import SimulatedBoard

CTRL, ADDR_LO, STRIDE, SIZE, ERROR, FRAMES, READ = 0x00, 0x10, 0x18, 0x1C, 0x20, 0x2C, 0x30
CLOCKS, TAIL, VERSION, BUILD_ID, RESET, FORMAT = 0x38, 0x3C, 0x40, 0x44, 0x48, 0x4C
LEAST, OVERLAP, MOST, RECORDS_LO, RAW_LO, RAW, LIMITS = 0x50, 0x54, 0x58, 0x5C, 0x64, 0x6C, 0x70
RAW_BYTES, NETWORK = 0x74, 0x78
DONE, IDLE, READY = 2, 4, 8


class Client:
    """One frame or several on a simulated board."""

    def __init__(self, board: SimulatedBoard) -> None:
        self.board = board

    def hand_over(
        self,
        address: int,
        size: tuple[int, int],
        pixels: int,
        stride: int,
        settings: tuple[int, int, int],
        records: int,
        raw: int = 0,
    ) -> None:
        """Write the registers and START; size is width, height."""
        for register, value in (
            (ADDR_LO, address),
            (STRIDE, stride),
            (SIZE, size[0] | size[1] << 16),
            (FORMAT, pixels),
            (LEAST, settings[0]),
            (OVERLAP, settings[1]),
            (MOST, settings[2]),
            (RECORDS_LO, records),
            (RAW_LO, raw),
            (RAW, int(raw != 0)),
        ):
            self.board.write(register, value)
        self.board.write(CTRL, 1)

    def wait(self, bits: int, clocks: int = 400_000) -> int:
        """Until one of CTRL's bits reads 1; returns what was read."""
        for _ in range(clocks // 100):
            if (value := self.board.read(CTRL)) & bits:
                return value
            self.board.run(100)
        raise AssertionError(f"CTRL is 0x{value:x} after {clocks} clocks")

    def wait_frames(self, count: int, clocks: int = 400_000) -> None:
        """Until FRAMES is count."""
        for _ in range(clocks // 100):
            if self.board.read(FRAMES) == count:
                return
            self.board.run(100)
        raise AssertionError(
            f"FRAMES is {self.board.read(FRAMES)}, READ {self.board.read(READ)}, "
            f"ERROR 0x{self.board.read(ERROR):x}, CTRL 0x{self.board.read(CTRL):x}"
        )

    def reset(self) -> None:
        """Soft reset, until it has ended."""
        self.board.write(RESET, 1)
        for _ in range(1000):
            if not self.board.read(RESET):
                return
            self.board.run(10)
        raise AssertionError("the reset does not end")

    def boxes(self, records: int, note: bool = False) -> tuple[int, tuple[int, int], Any, Any, Any]:
        """Number, (width, height), corners, scores and places of what lies in memory.

        note: of a video input, whose header has a fourth word.
        """
        number, count, width, height, last = struct.unpack(
            "<IIHHI", self.board.read_memory(records, 16)
        )
        assert note or last == 0
        data = self.board.read_memory(records + 16, 16 * count) if count else b""
        kind = np.dtype(
            [("corners", "<i2", 4), ("place", "<u4"), ("score", "<u2"), ("zero", "<u2")]
        )
        found = np.frombuffer(data, kind)
        assert not found["zero"].any()
        return number, (width, height), found["corners"], found["score"], found["place"]
