"""A ``Bus`` without hardware: the register block's behaviour in Python, one frame a pause."""

from collections.abc import Callable
from typing import Any

import numpy as np

from hw.driver import Description, Tensor
from hw.driver import registers as reg

WORD = 8
#: Above 4 GiB, as a ZynqMP's upper memory: an address takes both its registers.
BASE = 0x8_1000_0000

DESCRIPTION = Description(
    name="tiny",
    board="Pynq-Z2",
    build_id=0x1234ABCD,
    clock_mhz=100.0,
    input=Tensor((4, 4, 3), "uint8"),
    output=Tensor((2, 2, 12), "int16", scale=(0.25,), bias=tuple(c / 8 for c in range(12))),
    registers={"idma0": 0x4000_0000, "odma0": 0x4000_1000},
    anchors=((1.0, 1.0), (0.5, 0.75)),
    stride=2,
)


def sums(frame: Any) -> Any:
    """The network that the fake computes: (4, 4, 3) uint8 -> (2, 2, 12) int16."""
    blocks = frame.astype(np.int16).reshape(2, 2, 2, 2, 3).transpose(0, 2, 1, 3, 4)
    return blocks.reshape(2, 2, 12) - 100


class FakeBuffer:
    """Host array and the hardware's copy, equal only after flush or invalidate."""

    def __init__(self, bus: "FakeBus", shape: tuple[int, ...], dtype: str) -> None:
        self.bus = bus
        self.address = BASE + 0x1_0000 * len(bus.buffers)
        self.array = np.zeros(shape, dtype)
        self.memory = np.full(shape, 0x55, dtype)
        self.freed = False

    def flush(self) -> None:
        self.memory[...] = self.array

    def invalidate(self) -> None:
        self.array[...] = self.memory

    def free(self) -> None:
        assert not self.freed
        assert not any(self.bus.left.values()), "freed while the hardware may write to it"
        self.freed = True


class FakeBus:
    """Two register blocks. error: flags that a block's next start sets. stuck: nothing moves.

    endless: a reset does not end.
    """

    patience = 0.05

    def __init__(self, compute: Callable[[Any], Any] = sums) -> None:
        self.compute = compute
        self.buffers: list[FakeBuffer] = []
        self.registers = {name: dict.fromkeys(range(0, 0x4C, 4), 0) for name in ("idma0", "odma0")}
        for name, registers in self.registers.items():
            registers[reg.VERSION] = reg.VERSION_MAGIC << 16 | 1
            registers[reg.BUILD_ID] = DESCRIPTION.build_id
            tensor = DESCRIPTION.input if name == "idma0" else DESCRIPTION.output
            registers[reg.FRAME_BYTES] = tensor.frame_bytes
        self.left = {"idma0": 0, "odma0": 0}
        self.fifo: list[Any] = []
        self.error = {"idma0": 0, "odma0": 0}
        self.stuck = self.endless = self.closed = False
        self.time = 0.0
        self.starts: list[tuple[str, int]] = []

    def allocate(self, shape: tuple[int, ...], dtype: str) -> FakeBuffer:
        assert not self.closed
        buffer = FakeBuffer(self, shape, dtype)
        self.buffers.append(buffer)
        return buffer

    def read(self, block: str, offset: int) -> int:
        assert not self.closed
        if offset == reg.CTRL:
            return reg.CTRL_START if self.left[block] else reg.CTRL_IDLE | reg.CTRL_READY
        if offset == reg.RESET:
            return int(self.endless)
        return self.registers[block][offset]

    def write(self, block: str, offset: int, value: int) -> None:
        assert not self.closed
        assert 0 <= value < 1 << 32, "a register has 32 bits"
        if offset == reg.CTRL and value & reg.CTRL_START:
            self._start(block)
        elif offset == reg.RESET:
            assert block == "idma0"
            if self.endless:
                return
            self.left = dict.fromkeys(self.left, 0)
            self.fifo.clear()
        elif offset == reg.ERROR:
            self.registers[block][offset] &= ~value
        else:
            self.registers[block][offset] = value

    def address(self, block: str) -> int:
        """Where a block's transfer begins, as its registers say."""
        registers = self.registers[block]
        return registers[reg.ADDR_HI] << 32 | registers[reg.ADDR_LO]

    def _start(self, block: str) -> None:
        assert not self.left[block], f"{block} started while busy"
        registers = self.registers[block]
        self.starts.append((block, registers[reg.COUNT]))
        if self.error[block]:
            registers[reg.ERROR] |= self.error[block]
            at = self.address(block) + 4096
            registers[reg.ERROR_ADDR_LO], registers[reg.ERROR_ADDR_HI] = at & 0xFFFFFFFF, at >> 32
            self.error[block] = 0
            return
        self.left[block] = registers[reg.COUNT]
        registers[reg.BEATS] = 0

    def _frame(self, block: str) -> Any:
        """The hardware's memory of the frame that a block is at."""
        count = self.registers[block][reg.COUNT]
        (buffer,) = (b for b in self.buffers if b.address == self.address(block))
        return buffer.memory[count - self.left[block]]

    def pause(self, seconds: float = 0.0) -> None:
        self.time += max(0.001, seconds)
        if self.stuck:
            return
        if self.left["odma0"] and self.fifo:
            self._frame("odma0")[...] = self.fifo.pop(0)
            self._done("odma0")
        if self.left["idma0"] and len(self.fifo) < 2:
            self.fifo.append(self.compute(self._frame("idma0")))
            self._done("idma0")

    def _done(self, block: str) -> None:
        self.left[block] -= 1
        self.registers[block][reg.FRAMES] += 1
        self.registers[block][reg.BEATS] += 1

    def now(self) -> float:
        return self.time

    def close(self) -> None:
        assert not self.closed
        self.closed = True
