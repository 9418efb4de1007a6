"""A program for the DMA blocks, written from docs/registers.md alone, and for the simulated board.

It was written without looking at the driver or the RTL. Offsets and bits are read out of the page
itself, so that a mistake in the page is a failure of the tests.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hw.sim.board import MEMORY_BASE, SimulatedBoard
from hw.sim.verilate import Simulator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "registers.md"
BASES = {"idma0": 0x0000, "odma0": 0x1000}
BLOCKS = tuple(BASES)
MEMORY_BYTES, WORD, BURST_BYTES, SPACE = 1 << 16, 8, 16 * 8, 1 << 32
COUNTERS = ("FRAMES", "BEATS", "STALLS", "CLOCKS")
#: More clocks than any transfer here takes.
PATIENCE = 40_000
GUARD = b"\xa5" * 64


def read_page() -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Offsets of the registers, and their one-bit fields as masks, by name."""
    offsets: dict[str, int] = {}
    bits: dict[str, dict[str, int]] = {}
    for line in PAGE.read_text().splitlines():
        if match := re.fullmatch(r"### 0x([0-9A-F]+) (\w+)", line):
            name = match[2]
            offsets[name], bits[name] = int(match[1], 16), {}
        elif match := re.match(r"\| (\d+) \| (\w+) \|", line):
            bits[name][match[2]] = 1 << int(match[1])
    return offsets, bits


OFFSETS, BITS = read_page()
IDLE, READY = BITS["CTRL"]["IDLE"], BITS["CTRL"]["READY"]


@dataclass(frozen=True)
class Network:
    """Inputs of the program: the simulator, frames and their results, both as in memory."""

    simulator: Simulator
    frames: tuple[bytes, ...]
    results: tuple[bytes, ...]
    build_id: int


class Program:
    """The program: reads and writes registers and memory."""

    def __init__(self, board: SimulatedBoard, network: Network) -> None:
        self.board, self.network = board, network
        self.sizes = {block: self.get(block, "FRAME_BYTES") for block in BLOCKS}
        self.source = board.allocate(8 * self.sizes["idma0"])
        self.target = board.allocate(8 * self.sizes["odma0"] + 2 * len(GUARD)) + len(GUARD)

    def get(self, block: str, register: str) -> int:
        return self.board.read(BASES[block] + OFFSETS[register])

    def put(self, block: str, register: str, value: int) -> None:
        self.board.write(BASES[block] + OFFSETS[register], value)

    def flags(self, block: str, register: str) -> set[str]:
        """Names of the bits that read 1."""
        value = self.get(block, register)
        found = {name for name, bit in BITS[register].items() if value & bit}
        assert sum(BITS[register][name] for name in found) == value, "a bit without a name"
        return found

    def clear(self) -> None:
        """Forget errors and events."""
        for block in BLOCKS:
            for register in ("ERROR", "ISR"):
                self.put(block, register, 0xFFFF_FFFF)
            self.get(block, "CTRL")

    def start(self, block: str, address: int, count: int) -> None:
        self.put(block, "ADDR_LO", address % SPACE)
        self.put(block, "ADDR_HI", address // SPACE)
        self.put(block, "COUNT", count)
        self.put(block, "CTRL", BITS["CTRL"]["START"])

    def until(self, condition: Callable[[], bool]) -> None:
        end = self.board.clock + PATIENCE
        while not condition():
            assert self.board.clock < end, "it takes too long"
            self.board.run(25)

    def wait(self, block: str) -> None:
        """Until DONE, which it clears."""
        self.until(lambda: "DONE" in self.flags(block, "CTRL"))

    def reset(self, block: str = "idma0") -> None:
        self.put(block, "RESET", 1)
        self.until(lambda: not self.get(block, "RESET"))

    def begin(self, first: int, count: int, source: int = 0, target: int = 0) -> None:
        """Put frames into memory, guards around the results' place, start both blocks."""
        source, target = source or self.source, target or self.target
        self.board.write_memory(source, b"".join(self.network.frames[first : first + count]))
        zeros = bytes(count * self.sizes["odma0"])
        self.board.write_memory(target - len(GUARD), _guarded(target, zeros))
        self.start("odma0", target, count)
        self.start("idma0", source, count)

    def check(self, first: int, count: int, target: int = 0) -> None:
        """The results are right and nothing beside them was written."""
        target = target or self.target
        wanted = _guarded(target, b"".join(self.network.results[first : first + count]))
        assert self.board.read_memory(target - len(GUARD), len(wanted)) == wanted

    def transfer(self, first: int, count: int, source: int = 0, target: int = 0) -> None:
        """A whole transfer, as the page has it in steps 1 to 4."""
        self.begin(first, count, source, target)
        self.wait("odma0")
        self.wait("idma0")
        assert [self.get(block, "ERROR") for block in BLOCKS] == [0, 0]
        self.check(first, count, target)


def _guarded(target: int, data: bytes) -> bytes:
    """The memory from before a target on: guard, data, and guard as far as there is memory."""
    room = MEMORY_BASE + MEMORY_BYTES - target - len(data)
    return GUARD + data + GUARD[:room]
