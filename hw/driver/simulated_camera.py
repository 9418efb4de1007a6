"""The camera path on a PC: registers and memory in Python, the network by onnxruntime.

As ``simulated``, of ``camera0``: what the hardware computes beside the network, ``camera_path``
computes, which is its specification. A START is carried out at once; clocks are not counted.
"""

from __future__ import annotations

import struct
from typing import Any, Protocol

import numpy as np

from . import camera_registers as reg
from .description import Camera, Description
from .errors import AcceleratorError
from .integer_path import errors, frames, head_constants, path
from .simulated_memory import SimulatedMemory

CAMERA = "camera0"
_SETTINGS = (
    *(reg.ADDR_LO, reg.ADDR_HI, reg.STRIDE, reg.SIZE, reg.FORMAT, reg.LEAST, reg.OVERLAP, reg.MOST),
    *(reg.RECORDS_LO, reg.RECORDS_HI, reg.RAW_LO, reg.RAW_HI, reg.RAW),
)
_RECORD = np.dtype([("corners", "<i2", 4), ("place", "<u4"), ("score", "<u2"), ("zero", "<u2")])


class Runs(Protocol):
    """A network: integers of a frame (H, W, C)."""

    def run(self, frame: Any) -> Any:
        """(H, W, C) integers -> (H', W', C')."""


class SimulatedCameraBus(SimulatedMemory):
    """``Bus`` of a simulated board with the camera path.

    Raises AcceleratorError where the description is of no detector or has no camera path.
    """

    def __init__(self, network: Runs, description: Description) -> None:
        super().__init__()
        self.description = description
        self.network = network
        self._camera = description.camera or Camera("memory", 1, 1)
        if self._camera.source == "video":
            raise AcceleratorError(
                f"{description.name}: its frames come from a video input, which is simulated with "
                "the hardware alone (board-sim); expected a build with camera: memory"
            )
        self._head = head_constants(description)
        self._held: dict[int, int] = {}
        self._reset()

    def _reset(self) -> None:
        held = {register: self._held.get(register, 0) for register in _SETTINGS}
        held[reg.CTRL] = reg.CTRL_IDLE | reg.CTRL_READY
        held[reg.VERSION] = reg.VERSION_MAGIC << 16 | reg.VERSION_NUMBER
        held[reg.BUILD_ID] = self.description.build_id
        held[reg.LIMITS] = self._camera.candidates << 16 | self._camera.max_side
        held[reg.RAW_BYTES] = self.description.output.frame_bytes
        held[reg.NETWORK] = self.description.input.shape[0]
        self._held = held

    def read(self, block: str, offset: int) -> int:
        """Value of a register."""
        return self._held.get(offset, 0)

    def write(self, block: str, offset: int, value: int) -> None:
        """Write a register; a start is carried out at once."""
        if offset == reg.CTRL and value & reg.CTRL_START:
            flags = self._start()
            self._held[reg.ERROR] = self._held.get(reg.ERROR, 0) | flags
            self._held[reg.CTRL] |= reg.CTRL_DONE
        elif offset == reg.RESET and value & reg.RESET_RESET:
            self._reset()
        elif offset == reg.ERROR:  # bits are cleared where ones are written
            self._held[reg.ERROR] = self._held.get(reg.ERROR, 0) & ~value
        elif offset in _SETTINGS:
            self._held[offset] = value

    def _start(self) -> int:
        """Carry a frame out; the bits of ERROR."""
        held = self._held
        width, height = held[reg.SIZE] & 0xFFFF, held[reg.SIZE] >> 16
        if not 1 <= min(width, height) <= max(width, height) <= self._camera.max_side:
            return reg.ERROR_SIZE
        if held[reg.FORMAT] >= len(frames.PixelFormat):
            return reg.ERROR_FORMAT
        kind = frames.PixelFormat(held[reg.FORMAT])
        if kind is frames.PixelFormat.YUYV and width % 2:
            return reg.ERROR_ODD_WIDTH
        try:
            layout = frames.FrameFormat(width, height, kind, held[reg.STRIDE])
        except errors.CameraPathError:
            return reg.ERROR_STRIDE
        output = self.description.output
        frame = self._memory(self._address(reg.ADDR_LO), layout.frame_bytes)
        records = self._memory(self._address(reg.RECORDS_LO), 16)
        raw = records
        if held[reg.RAW]:
            raw = self._memory(self._address(reg.RAW_LO), output.frame_bytes)
        if frame is None or records is None or raw is None:
            return reg.ERROR_DECERR
        settings = path.Settings(held[reg.LEAST], held[reg.OVERLAP], held[reg.MOST])
        square, _ = path.network_frame(frame, layout, self.description.input.shape[0])
        (integers,) = self.network.run([square])
        found = path.boxes(integers, self._head, settings, self._camera.candidates)
        made = np.zeros(len(found), _RECORD)
        made["corners"], made["place"], made["score"] = found.corners, found.places, found.scores
        number = held.get(reg.FRAMES, 0)
        data = struct.pack("<4I", number, len(found), height << 16 | width, 0) + made.tobytes()
        place = self._memory(self._address(reg.RECORDS_LO), len(data))
        if place is None:
            return reg.ERROR_DECERR
        place[:] = np.frombuffer(data, np.uint8)
        if held[reg.RAW]:
            narrow = np.ascontiguousarray(integers.astype(np.dtype(output.dtype)))
            raw[:] = np.frombuffer(narrow.tobytes(), np.uint8)
        held[reg.FRAMES] = held[reg.READ] = number + 1
        return 0

    def _address(self, low: int) -> int:
        return self._held[low + 4] << 32 | self._held[low]

    def _memory(self, address: int, size: int) -> Any:
        """Bytes of the board's memory, or None where no buffer has all of them."""
        for start, buffer in self.buffers.items():
            if start <= address and address + size <= start + buffer.memory.nbytes:
                return buffer.memory[address - start : address - start + size]
        return None
