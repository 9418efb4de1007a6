"""cocotb tests of a board whose accelerator gives back what it takes; run by test_dma_shell.py."""

import os
from math import gcd
from typing import Any

import cocotb
from board_bench import IDMA, ODMA, Board
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiResp
from loops import LOOPS, Loop

from hw.driver import registers as reg

LOOP: Loop = LOOPS[os.environ.get("LOOP", "pixels")]
_FAULTS = ((AxiResp.SLVERR, reg.ERROR_SLVERR), (AxiResp.DECERR, reg.ERROR_DECERR))


async def board(dut: Any, seed: int) -> Board:
    made = Board(dut, LOOP, seed)
    await made.start()
    return made


def frames_beyond_a_page(board: Board) -> int:
    """Frames whose bytes reach over a boundary of 4 KB from some place before it."""
    return min(4096 // LOOP.frame_bytes + 2, 0x3000 // LOOP.frame_bytes)


@cocotb.test()
async def registers_read_as_documented(dut: Any) -> None:
    b = await board(dut, 1)
    for base in (IDMA, ODMA):
        assert await b.read(base, reg.CTRL) == reg.CTRL_IDLE | reg.CTRL_READY
        assert await b.read(base, reg.VERSION) == reg.VERSION_MAGIC << 16 | reg.VERSION_NUMBER
        assert await b.read(base, reg.BUILD_ID) == sum(map(ord, LOOP.name))
        assert await b.read(base, reg.FRAME_BYTES) == LOOP.frame_bytes
        for offset in (reg.ADDR_LO, reg.ADDR_HI, reg.COUNT):
            await b.write(base, offset, 0xA1B2C3D4)
            await b.control.write(base + offset + 1, b"\x55")  # a strobe of one byte
            assert await b.read(base, offset) == 0xA1B255D4
        await b.write(base, reg.FRAMES, 7)
        await b.write(base, 0xFC, 7)
        await b.write(base, 0x800 + reg.COUNT, 7)
        for offset in (reg.FRAMES, reg.ERROR, 0x18, 0xFC, 0x800, 0x800 + reg.COUNT):
            assert await b.read(base, offset) == 0
        assert await b.read(base, reg.COUNT) == 0xA1B255D4
    assert not b.traffic.reads and not b.traffic.writes


@cocotb.test()
async def frames_come_through(dut: Any) -> None:
    """Without stalls and with; from places around a boundary of 4 KB; one frame and several."""
    b = await board(dut, 2)
    count = frames_beyond_a_page(b)
    await b.transfer(b.frames.base, b.results.base, count)
    for number, (stall, latency) in enumerate(((0.0, 0), (0.3, 3), (0.8, 0))):
        b.stall(stall, latency)
        for frames in (1, 2, count) if number == 0 else (3,):
            offset = b.rng.randrange(0x1000 - 300, 0x1000 + 300) // b.word * b.word
            other = b.rng.randrange(0x1000 - 300, 0x1000 + 300) // b.word * b.word
            await b.transfer(b.frames.base + offset, b.results.base + other, frames)
    for bursts in (b.traffic.reads, b.traffic.writes):
        longest = min(LOOP.bus.max_burst, count * LOOP.frame_bytes // b.word)
        assert max(words for _, words in bursts) == longest
        assert any(address % 4096 == 0 for address, _ in bursts)
    most = min(2, LOOP.bus.outstanding)
    assert b.traffic.most_reads >= most and b.traffic.most_writes >= most


@cocotb.test()
async def counters_count(dut: Any) -> None:
    b = await board(dut, 3)
    total = 0
    for frames in (2, 3):
        await b.transfer(b.frames.base, b.results.base, frames)
        total += frames
        for base in (IDMA, ODMA):
            assert await b.read(base, reg.FRAMES) == total
            assert await b.read(base, reg.BEATS) == frames * LOOP.frame_beats
            clocks = await b.read(base, reg.CLOCKS)
            assert clocks > await b.read(base, reg.STALLS)
            assert clocks >= frames * LOOP.frame_bytes / b.word
    before = b.results.data[:]
    await b.launch(IDMA, b.frames.base, 8)  # nothing takes the results: the stream stands still
    await ClockCycles(b.clock, 500)
    first = await b.read(IDMA, reg.STALLS)
    await ClockCycles(b.clock, 100)
    assert 100 <= await b.read(IDMA, reg.STALLS) - first <= 200
    assert b.results.data == before
    await b.launch(ODMA, b.results.base, 8)
    await b.done(ODMA)
    await b.done(IDMA)
    assert await b.read(IDMA, reg.ERROR) == 0
    assert await b.read(ODMA, reg.FRAMES) == total + 8


@cocotb.test()
async def a_wrong_start_is_refused(dut: Any) -> None:
    """Misaligned, no frames, beyond the address space: an error, DONE, and no traffic."""
    b = await board(dut, 4)
    top = 1 << LOOP.bus.address_bits
    size = LOOP.frame_bytes
    behind = (top - size) // b.word * b.word + b.word
    wrong = [
        (b.frames.base + 1, 1, reg.ERROR_MISALIGNED),
        (b.frames.base + b.word // 2, 1, reg.ERROR_MISALIGNED),
        (b.frames.base, 0, reg.ERROR_ZERO_COUNT),
        (behind, 1, reg.ERROR_WRAPS),
        (top - b.word, 0xFFFFFFFF, reg.ERROR_WRAPS),
        (b.frames.base + 2, 0, reg.ERROR_MISALIGNED | reg.ERROR_ZERO_COUNT),
    ]
    if LOOP.bus.address_bits < 64:
        wrong.append((top, 1, reg.ERROR_WRAPS))
    if LOOP.bus.address_bits == 32:
        wrong.append((b.frames.base, 0xFFFFFFFF, reg.ERROR_WRAPS))
    # a counter of the bytes that overflows would be left with a few
    many = -(-2 * top // size)
    if many <= 0xFFFFFFFF:
        wrong.append((b.frames.base, many, reg.ERROR_WRAPS))
    for base in (IDMA, ODMA):
        for address, count, error in wrong:
            await b.launch(base, address, count)
            await b.done(base)
            assert await b.read(base, reg.ERROR) == error, f"{address:#x}, {count}"
            await b.write(base, reg.ERROR, error)
            assert await b.read(base, reg.ERROR) == 0
            assert await b.read(base, reg.CTRL) == reg.CTRL_IDLE | reg.CTRL_READY
    assert not b.traffic.reads and not b.traffic.writes
    await b.transfer(b.frames.base, b.results.base, 2)


@cocotb.test()
async def a_transfer_may_end_at_the_last_byte(dut: Any) -> None:
    """The range check lets the very end of the address space through."""
    b = await board(dut, 5)
    top = 1 << LOOP.bus.address_bits
    bytes_of_one = LOOP.frame_bytes
    address = (top - bytes_of_one) // b.word * b.word
    for memory in (b.frames, b.results):
        memory.base = top - len(memory.data)
    await b.transfer(address, address, 1)


@cocotb.test()
async def a_start_while_busy_is_refused_and_harmless(dut: Any) -> None:
    b = await board(dut, 6)
    b.stall(0.5, 2)
    expected = b.fill(b.frames.base, 4)
    await b.launch(ODMA, b.results.base, 4)
    await b.launch(IDMA, b.frames.base, 4)
    # the next transfer's address may be written meanwhile, a start may not
    await b.launch(ODMA, b.results.base + 0x2000, 1)
    assert await b.read(ODMA, reg.ERROR) == reg.ERROR_BUSY
    assert await b.read(ODMA, reg.ISR) & reg.ISR_ERROR
    await b.done(ODMA)
    assert bytes(b.results.data[: len(expected)]) == expected
    assert not any(b.results.data[0x2000:])
    await b.write(ODMA, reg.ERROR, reg.ERROR_BUSY)
    await b.done(IDMA)
    await b.transfer(b.frames.base, b.results.base, 1)


@cocotb.test()
async def interrupts_rise_and_fall(dut: Any) -> None:
    b = await board(dut, 7)
    irq = b.signal("irq_o")
    await b.transfer(b.frames.base, b.results.base, 1)
    await ClockCycles(b.clock, 4)
    assert int(irq.value) == 0  # not enabled
    for base, bit in ((IDMA, 1), (ODMA, 2)):
        await b.write(base, reg.IER, reg.IER_DONE)
        await b.write(base, reg.GIE, reg.GIE_ENABLE)
        await ClockCycles(b.clock, 4)
        assert int(irq.value) == bit
        await b.write(base, reg.ISR, reg.ISR_DONE)
        await ClockCycles(b.clock, 4)
        assert int(irq.value) == 0
        await b.write(base, reg.IER, reg.IER_DONE | reg.IER_ERROR)
        await b.launch(base, b.frames.base, 0)
        await b.done(base)
        assert await b.read(base, reg.ISR) == reg.ISR_DONE | reg.ISR_ERROR
        await b.write(base, reg.ISR, reg.ISR_DONE)
        await ClockCycles(b.clock, 4)
        assert int(irq.value) == bit
        await b.write(base, reg.ISR, reg.ISR_ERROR)
        await ClockCycles(b.clock, 4)
        assert int(irq.value) == 0


@cocotb.test()
async def bus_errors_end_the_transfer_and_reset_recovers(dut: Any) -> None:
    """Any burst of either direction, either error: all is drained, said, and got over."""
    b = await board(dut, 8)
    count = frames_beyond_a_page(b)
    used = count * LOOP.frame_bytes
    trial = 0
    for memory, base, traffic in (
        (b.frames, IDMA, b.traffic.reads),
        (b.results, ODMA, b.traffic.writes),
    ):
        for response, error in _FAULTS:
            for where in (0, b.rng.randrange(used), used - 1):
                trial += 1
                b.stall(0.4 if trial % 2 else 0.0, trial % 3)
                b.fill(b.frames.base, count)
                fault = memory.base + where // b.word * b.word
                memory.faults = {fault: response}
                traffic.clear()
                await b.launch(ODMA, b.results.base, count)
                await b.launch(IDMA, b.frames.base, count)
                await b.done(base)
                assert await b.read(base, reg.ERROR) == error
                burst = await b.read(base, reg.ERROR_ADDR_LO)
                burst |= await b.read(base, reg.ERROR_ADDR_HI) << 32
                lengths = dict(traffic)
                assert burst <= fault < burst + lengths[burst] * b.word
                # those under way were the last
                behind = len(traffic) - 1 - [address for address, _ in traffic].index(burst)
                assert behind <= LOOP.bus.outstanding, f"{behind} bursts behind the bad one"
                assert await b.read(base, reg.CTRL) == reg.CTRL_IDLE
                # nothing but a reset helps
                memory.faults = {}
                await b.launch(base, memory.base, 1)
                await b.done(base)
                assert await b.read(base, reg.ERROR) == error | reg.ERROR_NEEDS_RESET
                await b.soft_reset(IDMA)
                for other in (IDMA, ODMA):
                    assert await b.read(other, reg.ERROR) == 0
                    assert await b.read(other, reg.FRAMES) == 0
                    assert await b.read(other, reg.CTRL) == reg.CTRL_IDLE | reg.CTRL_READY
                await b.transfer(b.frames.base, b.results.base, 2)


@cocotb.test()
async def a_bad_word_and_what_follows_stay_outside(dut: Any) -> None:
    """The bad word would complete a burst of results, which is not written then."""
    b = await board(dut, 12)
    burst = LOOP.bus.max_burst * b.word
    beat = LOOP.lanes * LOOP.container
    good = beat // gcd(beat, burst) * burst  # bytes of whole bursts and whole beats
    count = good // LOOP.frame_bytes + 3
    # the last word of a burst, and the first
    for (response, error), bad in zip(_FAULTS, (good - b.word, good - burst), strict=True):
        expected = b.fill(b.frames.base, count)
        b.frames.faults = {b.frames.base + bad: response}
        before = b.rng.randbytes(len(b.results.data))
        b.results.data[:] = before
        await b.launch(ODMA, b.results.base, count)
        await b.launch(IDMA, b.frames.base, count)
        await b.done(IDMA)
        assert await b.read(IDMA, reg.ERROR) == error
        await ClockCycles(b.clock, 4 * burst + 200)
        assert await b.read(IDMA, reg.BEATS) == bad // beat
        written = bad // beat * beat // burst * burst  # whole bursts of whole beats
        assert bytes(b.results.data) == expected[:written] + before[written:]
        b.frames.faults = {}
        await b.soft_reset(IDMA)
    await b.transfer(b.frames.base, b.results.base, 2)


@cocotb.test()
async def a_reset_in_the_middle_leaves_nothing_behind(dut: Any) -> None:
    """Soft and hard, at many moments; the next frames are exact."""
    b = await board(dut, 9)
    for trial in range(12):
        b.stall(b.rng.choice((0.0, 0.5)), b.rng.choice((0, 4)))
        b.fill(b.frames.base, 6)
        await b.launch(ODMA, b.results.base, 6)
        if trial != 3:  # once with results that nobody fetches
            await b.launch(IDMA, b.frames.base, 6)
        await ClockCycles(b.clock, b.rng.randrange(6 * LOOP.frame_beats + 100))
        if trial % 3 == 2:
            await b.hard_reset()
            assert await b.read(IDMA, reg.COUNT) == 0
        else:
            await b.soft_reset(IDMA)
            assert await b.read(IDMA, reg.COUNT) == (6 if trial != 3 else 2)
        for base in (IDMA, ODMA):
            assert await b.read(base, reg.CTRL) == reg.CTRL_IDLE | reg.CTRL_READY
        await b.transfer(b.frames.base, b.results.base, 2)


@cocotb.test()
async def reset_of_odma_alone(dut: Any) -> None:
    """A transfer that waits for results is given up; the accelerator is empty and stays usable."""
    b = await board(dut, 10)
    await b.transfer(b.frames.base, b.results.base, 1)
    await b.launch(ODMA, b.results.base, 5)
    await b.soft_reset(ODMA)
    assert await b.read(ODMA, reg.CTRL) == reg.CTRL_IDLE | reg.CTRL_READY
    assert await b.read(ODMA, reg.FRAMES) == 0
    assert await b.read(IDMA, reg.FRAMES) == 1
    await b.transfer(b.frames.base, b.results.base, 2)


@cocotb.test()
async def results_in_pieces(dut: Any) -> None:
    """Frames in one transfer, results in several, and the other way round."""
    b = await board(dut, 11)
    b.stall(0.3, 1)
    expected = b.fill(b.frames.base, 4)
    size = LOOP.frame_bytes
    step = -(-size // b.word) * b.word
    await b.launch(IDMA, b.frames.base, 4)
    for number in range(4):
        await b.launch(ODMA, b.results.base + number * step, 1)
        await b.done(ODMA)
        found = bytes(b.results.data[number * step : number * step + size])
        assert found == expected[number * size : (number + 1) * size]
    await b.done(IDMA)
