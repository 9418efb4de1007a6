"""The accelerator on a PC: the driver's own code on a simulated DMA shell, without board and PYNQ.

The registers are those of the DMA blocks; what the hardware computes, onnxruntime computes of
``simulation.onnx`` beside the description: the network's integers in standard operators, each of
them exact. It takes no clocks into account: seconds are this computer's, the counters of clocks and
stalls stay 0.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from . import registers as reg
from .backend import Bus
from .description import FILE as DESCRIPTION
from .description import Description, read_description
from .errors import AcceleratorError
from .session import open_session
from .simulated_camera import SimulatedCameraBus
from .simulated_memory import SimulatedMemory

FILE = "simulation.onnx"


class Network:
    """The network's integers by onnxruntime. Raises AcceleratorError where it is missing."""

    def __init__(self, path: Path) -> None:
        self._session = open_session(
            str(path),
            "--simulated needs onnxruntime (pip3 install onnxruntime): it computes what the "
            "hardware would",
        )

    def run(self, frames: list[Any]) -> list[Any]:
        """(H, W, C) integers of each input -> the network's (H', W', C') int64 of each output."""
        names = [each.name for each in self._session.get_inputs()]
        if len(names) != len(frames):
            raise AcceleratorError(
                f"{FILE}: has {len(names)} inputs; the description has {len(frames)}"
            )
        feeds = {
            name: np.ascontiguousarray(frame.transpose(2, 0, 1)[np.newaxis]).astype(np.float32)
            for name, frame in zip(names, frames)
        }
        found = self._session.run(None, feeds)
        return [np.asarray(each)[0].transpose(1, 2, 0).astype(np.int64) for each in found]


class SimulatedBus(SimulatedMemory):
    """``Bus`` of a simulated board.

    folder: of the description and ``simulation.onnx``. Frames that an idma has read wait for those
    of the other inputs, and results for their odma, as they do in the hardware's streams.
    """

    def __init__(self, folder: str | Path, description: Description) -> None:
        super().__init__()
        self.description = description
        self.network = Network(Path(folder) / FILE)
        self._registers: dict[str, dict[int, int]] = {}
        self._tensors = description.blocks
        #: Frames that went in or are to come out, by the block; what an odma waits for.
        self._waiting: dict[str, deque[Any]] = {}
        self._wanted: dict[str, tuple[int, int]] = {}
        self._reset()

    def _reset(self) -> None:
        self._wanted.clear()
        self._waiting = {block: deque() for block in self._tensors}
        identity = reg.VERSION_MAGIC << 16 | reg.VERSION_NUMBER
        for block, tensor in self._tensors.items():
            self._registers[block] = {
                reg.CTRL: reg.CTRL_IDLE | reg.CTRL_READY,
                reg.VERSION: identity,
                reg.BUILD_ID: self.description.build_id,
                reg.FRAME_BYTES: tensor.frame_bytes,
            }

    def read(self, block: str, offset: int) -> int:
        """Value of a register."""
        return self._registers[block].get(offset, 0)

    def write(self, block: str, offset: int, value: int) -> None:
        """Write a register; a start is carried out at once."""
        held = self._registers[block]
        if offset == reg.CTRL and value & reg.CTRL_START:
            self._start(block)
        elif offset == reg.RESET and value & reg.RESET_RESET:
            self._reset()
        elif offset == reg.ERROR:  # bits are cleared where ones are written
            held[reg.ERROR] = held.get(reg.ERROR, 0) & ~value
        elif offset in (reg.ADDR_LO, reg.ADDR_HI, reg.COUNT):
            held[offset] = value

    def _start(self, block: str) -> None:
        held = self._registers[block]
        address = held.get(reg.ADDR_HI, 0) << 32 | held.get(reg.ADDR_LO, 0)
        count = held.get(reg.COUNT, 0)
        buffer = self.buffers.get(address)
        refused = 0
        if not held[reg.CTRL] & reg.CTRL_IDLE:
            refused = reg.ERROR_BUSY
        elif count == 0:
            refused = reg.ERROR_ZERO_COUNT
        elif buffer is None or count * self.read(block, reg.FRAME_BYTES) > buffer.memory.nbytes:
            refused = reg.ERROR_DECERR
        if refused:
            held[reg.ERROR] = held.get(reg.ERROR, 0) | refused
            held[reg.ERROR_ADDR_LO], held[reg.ERROR_ADDR_HI] = address & 0xFFFFFFFF, address >> 32
            return
        held[reg.BEATS] = 0
        if block.startswith("idma"):
            self._take(block, buffer, count)
        else:
            held[reg.CTRL] = 0
            self._wanted[block] = (address, count)
        for waiting in list(self._wanted):
            self._give(waiting)

    def _take(self, block: str, buffer: Any, count: int) -> None:
        """Take the frames of a transfer of an idma; compute those that all inputs have."""
        tensor = self._tensors[block]
        data = buffer.memory[: count * tensor.frame_bytes].view(np.dtype(tensor.dtype))
        self._waiting[block].extend(data.reshape(count, *tensor.shape).copy())
        self._finish(block, count, tensor.frame_bytes)
        inputs = [queue for name, queue in self._waiting.items() if name.startswith("idma")]
        outputs = [queue for name, queue in self._waiting.items() if name.startswith("odma")]
        while all(inputs):
            found = self.network.run([queue.popleft() for queue in inputs])
            if len(found) != len(outputs):
                raise AcceleratorError(
                    f"{FILE}: has {len(found)} outputs; the description has {len(outputs)}"
                )
            for queue, result in zip(outputs, found):
                queue.append(result)

    def _give(self, block: str) -> None:
        """Write the results that an odma waits for, once all of them are there."""
        address, count = self._wanted[block]
        queue = self._waiting[block]
        if len(queue) < count:
            return
        del self._wanted[block]
        tensor = self._tensors[block]
        found = np.stack([queue.popleft() for _ in range(count)])
        narrow = found.astype(np.dtype(tensor.dtype))
        memory = self.buffers[address].memory
        memory[: narrow.nbytes] = np.frombuffer(narrow.tobytes(), np.uint8)
        self._finish(block, count, tensor.frame_bytes)

    def _finish(self, block: str, count: int, size: int) -> None:
        held = self._registers[block]
        held[reg.CTRL] = reg.CTRL_IDLE | reg.CTRL_READY | reg.CTRL_DONE
        held[reg.FRAMES] = held.get(reg.FRAMES, 0) + count
        held[reg.BEATS] = count * size


def open_simulated(folder: str | Path) -> Bus:
    """The simulated board of a folder with description and ``simulation.onnx``."""
    description = read_description(Path(folder) / DESCRIPTION)
    if description.camera is not None:
        return SimulatedCameraBus(Network(Path(folder) / FILE), description)
    return SimulatedBus(folder, description)
