"""A program for the DMA blocks, written from docs/registers.md alone, and for the simulated board.

It was written without looking at the driver or the RTL. Offsets and bits are read out of the page
itself, so that a mistake in the page is a failure of the tests.
"""

import functools
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


def read_blocks() -> dict[str, tuple[int, int]]:
    """Address and line of irq_o of each block, by the page's table of several."""
    row = re.compile(r"\| `(\w+)` \| 0x([0-9A-F]+) \| bit (\d+) \|")
    found = (row.match(line) for line in PAGE.read_text().splitlines())
    return {match[1]: (int(match[2], 16), int(match[3])) for match in found if match}


class SeveralProgram:
    """A program for several inputs and outputs, from the page's chapter on them.

    data: bytes of each frame, or result, of each block.
    """

    def __init__(self, board: SimulatedBoard, data: dict[str, list[bytes]]) -> None:
        self.board, self.data = board, data
        self.blocks = read_blocks()
        self.place = {}
        for block, frames in data.items():
            size = len(frames) * len(frames[0]) + 2 * len(GUARD)
            self.place[block] = board.allocate(size) + len(GUARD)

    def get(self, block: str, register: str) -> int:
        return self.board.read(self.blocks[block][0] + OFFSETS[register])

    def put(self, block: str, register: str, value: int) -> None:
        self.board.write(self.blocks[block][0] + OFFSETS[register], value)

    def line(self, block: str) -> int:
        return self.blocks[block][1]

    def start(self, block: str, first: int, count: int) -> None:
        """Put frames into memory, or guards around the results' place; start the block."""
        place, frames = self.place[block], self.data[block]
        if block.startswith("idma"):
            self.board.write_memory(place, b"".join(frames[first : first + count]))
        else:
            zeros = bytes(count * len(frames[0]))
            self.board.write_memory(place - len(GUARD), GUARD + zeros + GUARD)
        self.put(block, "ADDR_LO", place)
        self.put(block, "COUNT", count)
        self.put(block, "CTRL", BITS["CTRL"]["START"])

    def until(self, condition: Callable[[], bool]) -> None:
        end = self.board.clock + PATIENCE
        while not condition():
            assert self.board.clock < end, "it takes too long"
            self.board.run(25)

    def wait(self, block: str) -> None:
        """Until DONE, which it clears."""
        self.until(lambda: bool(self.get(block, "CTRL") & BITS["CTRL"]["DONE"]))

    def check(self, block: str, first: int, count: int) -> None:
        """The results are right and nothing beside them was written."""
        wanted = GUARD + b"".join(self.data[block][first : first + count]) + GUARD
        assert self.board.read_memory(self.place[block] - len(GUARD), len(wanted)) == wanted
        assert self.get(block, "ERROR") == 0

    def transfer(self, first: int, count: int, order: tuple[str, ...] = ()) -> None:
        """A whole transfer: every block started, every one waited for."""
        for block in order or tuple(self.data):
            self.start(block, first, count)
        for block in self.data:
            self.wait(block)
        for block in self.data:
            if block.startswith("odma"):
                self.check(block, first, count)

    def reset(self) -> None:
        """RESET of every input, until none reads 1."""
        inputs = [block for block in self.data if block.startswith("idma")]
        for block in inputs:
            self.put(block, "RESET", 1)
        for block in inputs:
            self.until(functools.partial(self._is_reset, block))

    def _is_reset(self, block: str) -> bool:
        return not self.get(block, "RESET")
