"""Parts of the shell's benches: registers, memories with faults, rules of the bus.

Runs inside the simulator, under cocotb.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import (
    AxiLiteBus,
    AxiLiteMaster,
    AxiReadBus,
    AxiResp,
    AxiSlaveRead,
    AxiSlaveWrite,
    AxiWriteBus,
)
from loops import Loop

from hw.driver import registers as reg

IDMA, ODMA = 0x0000, 0x1000
#: Payload of each channel of a master of the board, all stable while valid waits.
_PAYLOAD = {
    "m_axi_gmem0_ar": ("id", "addr", "len", "size", "burst"),
    "m_axi_gmem1_aw": ("id", "addr", "len", "size", "burst"),
    "m_axi_gmem1_w": ("data", "strb", "last"),
    "s_axi_control_b": ("resp",),
    "s_axi_control_r": ("data", "resp"),
}
_TIMEOUT = 20_000


class BusFault(Exception):  # noqa: N818 (the bus calls it an answer)
    """An access that the memory answers with an error."""

    def __init__(self, response: AxiResp) -> None:
        super().__init__(response.name)
        self.response = response


class Memory:
    """Bytes from a base address on, with addresses that answer errors.

    faults: response by address of a word's first byte. Whatever lies outside answers DECERR.
    """

    def __init__(self, base: int, size: int) -> None:
        self.base = base
        self.data = bytearray(size)
        self.faults: dict[int, AxiResp] = {}
        self.latency: Callable[[], int] = lambda: 0

    def _place(self, address: int, length: int) -> int:
        for offset in range(length):
            if address + offset in self.faults:
                raise BusFault(self.faults[address + offset])
        if not self.base <= address <= self.base + len(self.data) - length:
            raise BusFault(AxiResp.DECERR)
        return address - self.base

    def read(self, address: int, length: int) -> bytes:
        """Bytes, or BusFault."""
        place = self._place(address, length)
        return bytes(self.data[place : place + length])

    def write(self, address: int, data: bytes) -> None:
        """Change bytes, or BusFault."""
        place = self._place(address, len(data))
        self.data[place : place + len(data)] = data


class _Answers:
    """Lets a slave of cocotbext-axi, which knows SLVERR alone, answer DECERR as well."""

    def __init__(self, channel: Any, name: str) -> None:
        self.fault: AxiResp | None = None
        send = channel.send

        async def answer(item: Any) -> None:
            if self.fault is not None:
                setattr(item, name, self.fault)
            if name == "rresp" or self.fault is not None:
                self.fault = None
            await send(item)

        channel.send = answer


class FaultyRead(AxiSlaveRead):
    """Read port of a Memory, with its latency and faults."""

    def __init__(self, bus: Any, clock: Any, reset: Any, memory: Memory) -> None:
        super().__init__(bus, clock, reset, memory, reset_active_level=False)
        self.answers = _Answers(self.r_channel, "rresp")

    async def _read(self, address: int, length: int) -> bytes:
        if wait := self.target.latency():
            await ClockCycles(self.clock, wait)
        try:
            return self.target.read(address, length)
        except BusFault as fault:
            self.answers.fault = fault.response
            raise


class FaultyWrite(AxiSlaveWrite):
    """Write port of a Memory, with its latency and faults."""

    def __init__(self, bus: Any, clock: Any, reset: Any, memory: Memory) -> None:
        super().__init__(bus, clock, reset, memory, reset_active_level=False)
        self.answers = _Answers(self.b_channel, "bresp")

    async def _write(self, address: int, data: bytes) -> None:
        if wait := self.target.latency():
            await ClockCycles(self.clock, wait)
        try:
            self.target.write(address, bytes(data))
        except BusFault as fault:
            self.answers.fault = fault.response
            raise


def pauses(rng: random.Random, probability: float) -> Iterator[bool]:
    """Pauses for a channel: long runs and single clocks mixed."""
    while True:
        length = rng.choice((1, 1, 1, 2, 5, 20))
        pause = rng.random() < probability
        for _ in range(length):
            yield pause


@dataclass
class Traffic:
    """Traffic on the buses: addresses and words of bursts, in order."""

    reads: list[tuple[int, int]]
    writes: list[tuple[int, int]]
    most_reads: int = 0
    most_writes: int = 0


class Board:
    """A board of ``boards.write_boards`` in the simulator.

    Every clock its masters are held to the rules: valid stays with its payload until ready, bursts
    stay within 4 KB and their longest length, and no more are under way than promised.
    """

    def __init__(self, dut: Any, loop: Loop, seed: int) -> None:
        self.dut = dut
        self.loop = loop
        self.rng = random.Random(seed)
        self.clock = self.signal("clk_i")
        self.reset = self.signal("rst_ni")
        self.word = loop.bus.data_bits // 8
        base = 0x1_0000 if loop.bus.address_bits == 32 else 0x7_0000_0000
        self.frames = Memory(base, 0x6000)
        self.results = Memory(base + 0x10_0000, 0x6000)
        self.traffic = Traffic([], [])
        self.reset.value = 0
        cocotb.start_soon(Clock(self.clock, 10, unit="ns").start())
        if loop.separate_clock:
            period = self.rng.choice((3, 7, 13))
            cocotb.start_soon(Clock(self.signal("acc_clk_i"), period * 2, unit="ns").start())
        self.control = AxiLiteMaster(
            AxiLiteBus.from_prefix(dut, f"{loop.name}_s_axi_control"),
            self.clock,
            self.reset,
            reset_active_level=False,
        )
        self.reader = FaultyRead(
            AxiReadBus.from_prefix(dut, f"{loop.name}_m_axi_gmem0"),
            self.clock,
            self.reset,
            self.frames,
        )
        self.writer = FaultyWrite(
            AxiWriteBus.from_prefix(dut, f"{loop.name}_m_axi_gmem1"),
            self.clock,
            self.reset,
            self.results,
        )
        for channel in _PAYLOAD:
            cocotb.start_soon(self._watch(channel))
        cocotb.start_soon(self._watch_flight())

    def signal(self, name: str) -> Any:
        """A port of this board."""
        return getattr(self.dut, f"{self.loop.name}_{name}")

    async def start(self) -> None:
        """Hard reset at the beginning."""
        await self.hard_reset()

    async def hard_reset(self) -> None:
        """Reset everything, in the middle of whatever runs."""
        await RisingEdge(self.clock)
        self.reset.value = 0
        await ClockCycles(self.clock, 60 if self.loop.separate_clock else 4)
        self.reset.value = 1
        await ClockCycles(self.clock, 30)

    def stall(self, probability: float, latency: int = 0) -> None:
        """Random pauses on every channel, and up to so many clocks for a memory access."""
        control = (self.control.write_if, self.control.read_if)
        channels = [
            self.reader.ar_channel,
            self.reader.r_channel,
            self.writer.aw_channel,
            self.writer.w_channel,
            self.writer.b_channel,
            control[0].aw_channel,
            control[0].w_channel,
            control[0].b_channel,
            control[1].ar_channel,
            control[1].r_channel,
        ]
        for channel in channels:
            generator = pauses(random.Random(self.rng.random()), probability)
            channel.set_pause_generator(generator if probability else None)
            channel.pause = False
        for memory in (self.frames, self.results):
            memory.latency = lambda: self.rng.randint(0, latency) if latency else 0

    async def _watch(self, channel: str) -> None:
        """Valid stays, with its payload, until the transfer."""
        signals = [self.signal(f"{channel}{name}") for name in _PAYLOAD[channel]]
        valid, ready = self.signal(f"{channel}valid"), self.signal(f"{channel}ready")
        held: tuple[int, ...] | None = None
        while True:
            await RisingEdge(self.clock)
            if not int(self.reset.value):
                held = None
                continue
            if not int(valid.value):
                assert held is None, f"{channel}valid fell without a transfer"
                continue
            payload = tuple(int(signal.value) for signal in signals)
            assert held in (None, payload), f"{channel}: payload changed while it waited"
            held = None if int(ready.value) else payload

    def _burst(self, kind: str) -> tuple[int, int]:
        """Address and words of the burst that is being transferred, checked."""
        prefix = "m_axi_gmem0_ar" if kind == "read" else "m_axi_gmem1_aw"
        address = int(self.signal(f"{prefix}addr").value)
        words = int(self.signal(f"{prefix}len").value) + 1
        assert 1 << int(self.signal(f"{prefix}size").value) == self.word
        assert int(self.signal(f"{prefix}burst").value) == 1
        assert address % self.word == 0
        assert words <= self.loop.bus.max_burst
        assert address % 4096 + words * self.word <= 4096, f"{kind} burst over 4 KB"
        return address, words

    async def _watch_flight(self) -> None:
        """Bursts under way, each direction; none of them may outnumber the promise.

        And the bus never waits for the stream: a burst that was asked for is taken, or given,
        without a pause of the board's.
        """
        names = ("gmem0_ar", "gmem0_r", "gmem1_aw", "gmem1_w", "gmem1_b")
        ends = {
            name: (self.signal(f"m_axi_{name}valid"), self.signal(f"m_axi_{name}ready"))
            for name in names
        }
        last = self.signal("m_axi_gmem0_rlast")
        reads = writes = owed = 0  # owed: words of bursts to be written
        while True:
            await RisingEdge(self.clock)
            if not int(self.reset.value):
                reads = writes = owed = 0
                continue
            assert not reads or int(ends["gmem0_r"][1].value), "a word read has to wait"
            assert owed <= 0 or int(ends["gmem1_w"][0].value), "the bus waits for a word to write"
            moved = {name: int(v.value) and int(r.value) for name, (v, r) in ends.items()}
            if moved["gmem0_ar"]:
                self.traffic.reads.append(self._burst("read"))
                reads += 1
            if moved["gmem1_aw"]:
                self.traffic.writes.append(self._burst("write"))
                writes += 1
                owed += self.traffic.writes[-1][1]
            owed -= bool(moved["gmem1_w"])
            self.traffic.most_reads = max(self.traffic.most_reads, reads)
            self.traffic.most_writes = max(self.traffic.most_writes, writes)
            assert max(reads, writes) <= self.loop.bus.outstanding, "too many bursts under way"
            reads -= bool(moved["gmem0_r"] and int(last.value))
            writes -= bool(moved["gmem1_b"])
            assert min(reads, writes) >= 0

    async def read(self, base: int, offset: int) -> int:
        """A register."""
        return int(await self.control.read_dword(base + offset))

    async def write(self, base: int, offset: int, value: int) -> None:
        """A register."""
        await self.control.write_dword(base + offset, value)

    async def launch(self, base: int, address: int, count: int) -> None:
        """Address, count, start."""
        await self.write(base, reg.ADDR_LO, address & 0xFFFFFFFF)
        await self.write(base, reg.ADDR_HI, address >> 32)
        await self.write(base, reg.COUNT, count)
        await self.write(base, reg.CTRL, reg.CTRL_START)

    async def wait(self, base: int, offset: int, mask: int, value: int) -> int:
        """Read a register until its bits are as wanted; return it."""
        for _ in range(_TIMEOUT):
            found = await self.read(base, offset)
            if found & mask == value:
                return found
        raise AssertionError(f"register {base + offset:#x} stays at {found:#x}")

    async def done(self, base: int) -> None:
        """Wait until a transfer has ended."""
        await self.wait(base, reg.CTRL, reg.CTRL_DONE, reg.CTRL_DONE)

    async def soft_reset(self, base: int) -> None:
        """RESET, until it has ended."""
        await self.write(base, reg.RESET, reg.RESET_RESET)
        await self.wait(base, reg.RESET, reg.RESET_RESET, 0)

    def fill(self, address: int, count: int) -> bytes:
        """Put random frames into memory; return what a loop makes of them."""
        loop = self.loop
        container = np.dtype(f"<u{loop.container}")
        elements = count * loop.frame_bytes // loop.container
        raw = self.rng.randbytes(elements * loop.container)
        self.frames.write(address, raw)
        values = np.frombuffer(raw, container).astype(np.int64) & ((1 << loop.bits) - 1)
        if loop.signed:
            values -= (values >> (loop.bits - 1)) << loop.bits
        return values.astype(np.dtype(f"<i{loop.container}")).tobytes()

    async def transfer(
        self, source: int, target: int, count: int, expected: bytes | None = None
    ) -> None:
        """Move frames through the accelerator; assert the results, and that no byte beside them
        was touched.

        expected: what comes of the frames that lie in memory; random ones and a loop without it.
        """
        expected = self.fill(source, count) if expected is None else expected
        before = self.rng.randbytes(len(self.results.data))
        self.results.data[:] = before
        order = [(ODMA, target), (IDMA, source)]
        self.rng.shuffle(order)
        for base, address in order:
            await self.launch(base, address, count)
        for base in (IDMA, ODMA):
            await self.done(base)
            assert await self.read(base, reg.ERROR) == 0
        place = target - self.results.base
        wanted = before[:place] + expected + before[place + len(expected) :]
        assert bytes(self.results.data) == wanted, f"{count} frames from {source:#x}"
