"""Stand-in for PYNQ: the parts that the driver uses, before hardware that knows only its vectors.

A frame of ``vectors/input.npy`` beside the bitfile's folder gives the integers of
``vectors/expected.npy``; any other frame gives zeros. With PYNQ_STAND_IN_FAULT in the environment
the first integer of each frame is one too large. ``log`` lists what was called. ``faults`` says
what fails, with what PYNQ raises there: "load", "download", "clock", "mmio", "read", "write",
"flush", "invalidate", "free", and "allocate 3" for the third buffer.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

__version__ = "3.0.1"
BASES = {"idma0": 0x4000_0000, "odma0": 0x4001_0000}
log: list[Any] = []
faults: dict[str, BaseException] = {}
_hardware: Any = None
_memory: dict[int, Any] = {}


def _may_fail(what: str) -> None:
    if what in faults:
        raise faults[what]


class _Hardware:
    def __init__(self, bitfile: str) -> None:
        home = Path(bitfile).parents[1]
        self.description = json.loads((home / "accelerator.json").read_text())
        self.inputs = np.load(home / "vectors" / "input.npy")
        self.expected = np.load(home / "vectors" / "expected.npy")
        self.registers = {base: dict.fromkeys(range(0, 0x100, 4), 0) for base in BASES.values()}
        for base, tensor in zip(BASES.values(), ("input", "output"), strict=True):
            self.registers[base][0x3C] = self.description[tensor]["frame_bytes"]
            self.registers[base][0x40] = 0xD0D0_0001
            self.registers[base][0x44] = int(self.description["build_id"], 16)
        self.results: list[Any] = []

    def start(self, base: int) -> None:
        registers = self.registers[base]
        memory = _memory[registers[0x10]]
        for index in range(registers[0x1C]):
            if base == BASES["idma0"]:
                self.results.append(self.compute(memory.seen[index]))
            else:
                memory.seen[index] = self.results.pop(0)
        registers[0x2C] += registers[0x1C]

    def compute(self, frame: Any) -> Any:
        for known, result in zip(self.inputs, self.expected, strict=True):
            if np.array_equal(known, frame):
                given = result.copy()
                given.flat[0] += "PYNQ_STAND_IN_FAULT" in os.environ
                return given
        return np.zeros_like(self.expected[0])


class Bitstream:
    def __init__(self, path: str) -> None:
        self.path = path
        log.append(("Bitstream", path))

    def download(self) -> None:
        _may_fail("download")
        global _hardware  # noqa: PLW0603 (one board)
        _hardware = _Hardware(self.path)


class Overlay(Bitstream):
    def __init__(self, path: str) -> None:
        super().__init__(path)
        log[-1] = ("Overlay", path)
        _may_fail("load")
        names = Path(path).with_suffix(".hwh").read_text().split()
        self.ip_dict = {name: {"phys_addr": BASES[name]} for name in names}
        self.download()


class _Clocks:
    _mhz = 50.0

    @property
    def fclk0_mhz(self) -> float:
        return self._mhz

    @fclk0_mhz.setter
    def fclk0_mhz(self, mhz: float) -> None:
        _may_fail("clock")
        self._mhz = mhz


Clocks: Any = _Clocks()


class MMIO:
    def __init__(self, base: int, length: int) -> None:
        assert base in BASES.values()
        assert length >= 0x4C
        _may_fail("mmio")
        self.base = base

    def read(self, offset: int) -> int:
        _may_fail("read")
        return 4 if offset == 0 else _hardware.registers[self.base][offset]

    def write(self, offset: int, value: int) -> None:
        _may_fail("write")
        _hardware.registers[self.base][offset] = value
        if offset == 0 and value & 1:
            _hardware.start(self.base)
        if offset == 0x48:
            _hardware.registers[self.base][offset] = 0


class _Buffer(np.ndarray):
    """Memory: ``seen`` is what the hardware sees, equal after flush or invalidate only."""

    seen: Any
    physical_address: int

    def flush(self) -> None:
        _may_fail("flush")
        self.seen[...] = self

    def invalidate(self) -> None:
        _may_fail("invalidate")
        self[...] = self.seen

    def freebuffer(self) -> None:
        _may_fail("free")
        del _memory[self.physical_address]


def allocate(shape: tuple[int, ...], dtype: str) -> _Buffer:
    _may_fail(f"allocate {len(_memory) + 1}")
    buffer = np.zeros(shape, dtype).view(_Buffer)
    buffer.seen = np.full(shape, 0x33, dtype)
    buffer.physical_address = 0x1000_0000 + 0x10_0000 * len(_memory)
    _memory[buffer.physical_address] = buffer
    return buffer
