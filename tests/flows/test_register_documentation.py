"""The text of docs/registers.md, tried by a program written from it alone (register_program.py).

Neither knows the driver or the RTL. What each test asserts stands in the page.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.board import board_simulator
from flows.run.driver import build_id, load_design
from flows.run.emulator import Emulator
from hw.sim.board import DECERR, MEMORY_BASE, SLVERR, SimulatedBoard
from tests.flows.builder import random_frames
from tests.flows.flow import small_network, write_config
from tests.flows.register_program import (
    BASES,
    BITS,
    BLOCKS,
    BURST_BYTES,
    COUNTERS,
    IDLE,
    MEMORY_BYTES,
    OFFSETS,
    PATIENCE,
    READY,
    SPACE,
    WORD,
    Network,
    Program,
)
from tests.hw.bench import CACHE


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    net = small_network()
    path = write_config(tmp_path_factory.mktemp("registers"), net, target_fps=100_000)
    build = Build.load(path)
    run_steps(build)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    frames = random_frames(np.random.default_rng(11), 8, net.shape)
    results = emulator.run(frames)
    assert frames.dtype == np.uint8
    assert -128 <= results.min() < 0 < results.max() < 128
    return Network(
        board_simulator(build, CACHE, "-O1"),
        tuple(frame.tobytes() for frame in frames),
        tuple(result.astype(np.int8).tobytes() for result in results),
        build_id(load_design(build)),
    )


def programs(network: Network, **bus: Any) -> Iterator[Program]:
    with SimulatedBoard(network.simulator, memory_bytes=MEMORY_BYTES, **bus) as board:
        yield Program(board, network)
        assert board.violations == (0, "")


@pytest.fixture
def program(network: Network) -> Iterator[Program]:
    yield from programs(network, stall=0.2, latency=(3, 30), seed=1)


@pytest.fixture
def slow(network: Network) -> Iterator[Program]:
    """On a memory that takes its time, so that a RESET does too."""
    yield from programs(network, latency=(900, 1000))


def test_after_power_up_the_registers_are_as_the_page_says(
    program: Program, network: Network
) -> None:
    constant = {"VERSION": 0xD0D0_0001, "BUILD_ID": network.build_id}
    names = {offset: name for name, offset in OFFSETS.items()}
    for block in BLOCKS:
        frame = network.frames[0] if block == "idma0" else network.results[0]
        values = {**constant, "FRAME_BYTES": len(frame), "CTRL": IDLE | READY}
        for offset in [*range(0, 0x200, 4), 0xFFC]:
            found = program.board.read(BASES[block] + offset)
            assert found == values.get(names.get(offset, ""), 0), f"{block} 0x{offset:02x}"
    assert program.board.read(0x2000 + OFFSETS["VERSION"]) == 0xD0D0_0001


@pytest.mark.parametrize("stall", [0.0, 0.6])
@pytest.mark.parametrize("latency", [(1, 1), (3, 200)])
def test_results_and_counters(network: Network, stall: float, latency: tuple[int, int]) -> None:
    for program in programs(network, stall=stall, latency=latency):
        frames, began = 0, program.board.clock
        for first, count in ((0, 1), (1, 7), (5, 2)):
            program.transfer(first, count)
            frames += count
            for block in BLOCKS:
                assert program.flags(block, "CTRL") == {"IDLE", "READY"}
                assert program.flags(block, "ISR") == {"DONE"}
                frames_, beats, stalls, clocks = (program.get(block, c) for c in COUNTERS)
                assert frames_ == frames
                assert beats > 0
                assert beats % count == 0
                assert beats + stalls <= clocks < program.board.clock - began


def test_frames_at_any_word_up_to_the_end_of_the_memory(program: Program) -> None:
    end, size = MEMORY_BASE + MEMORY_BYTES, program.sizes["odma0"]
    assert size % WORD  # the last word is not full
    for offset in (0xF80, 0xFB8, 0xFE8, 0xFF8):
        program.transfer(0, 3, MEMORY_BASE + 0x4000 + offset, MEMORY_BASE + 0x6000 + offset)
    program.transfer(0, 7, (end - 7 * program.sizes["idma0"]) // WORD * WORD)
    program.transfer(1, 7, 0, (end - 7 * size) // WORD * WORD)


def test_results_wait_and_the_blocks_counts_are_their_own(program: Program) -> None:
    program.board.write_memory(program.source, b"".join(program.network.frames[:4]))
    program.start("idma0", program.source, 4)
    program.board.run(2000)
    for first, count in ((0, 1), (1, 3)):
        size = count * program.sizes["odma0"]
        program.start("odma0", program.target, count)
        program.wait("odma0")
        wanted = b"".join(program.network.results[first : first + count])
        assert program.board.read_memory(program.target, size) == wanted
    assert [program.get(block, "FRAMES") for block in BLOCKS] == [4, 4]


def test_the_next_transfer_may_be_written_while_one_runs(program: Program) -> None:
    program.begin(0, 4)
    other = program.board.allocate(2 * program.sizes["odma0"])
    program.put("odma0", "ADDR_LO", other)
    program.put("idma0", "ADDR_LO", program.source + 2 * program.sizes["idma0"])
    for block in BLOCKS:
        program.put(block, "COUNT", 2)
        assert program.flags(block, "CTRL") == {"START"}
    for block in BLOCKS:
        program.wait(block)
    program.check(0, 4)
    for block in BLOCKS:
        program.put(block, "CTRL", 1)
    program.wait("odma0")
    found = program.board.read_memory(other, 2 * program.sizes["odma0"])
    assert found == b"".join(program.network.results[2:4])


REFUSED = {
    "misaligned": (4, 1, {"MISALIGNED"}),
    "no frames": (0, 0, {"ZERO_COUNT"}),
    "both": (1, 0, {"MISALIGNED", "ZERO_COUNT"}),
    "above the bus": (SPACE, 1, {"WRAPS"}),
    "far above the bus": (SPACE << 31, 1, {"WRAPS"}),
    "count": (0, 0xFFFF_FFFF, {"WRAPS"}),
    "count and address": (7, 0xFFFF_FFFF, {"WRAPS", "MISALIGNED"}),
}


@pytest.mark.parametrize("block", BLOCKS)
def test_wrong_starts_are_refused(program: Program, block: str) -> None:
    program.transfer(0, 1)
    last = (SPACE - program.sizes[block]) // WORD * WORD
    cases = {**REFUSED, "one word too far": (last + WORD - program.target, 1, {"WRAPS"})}
    for name, (offset, count, errors) in cases.items():
        program.clear()
        program.start(block, program.target + offset, count)
        program.wait(block)
        assert program.flags(block, "ERROR") == errors, name
        assert program.flags(block, "ISR") == {"DONE", "ERROR"}
        assert program.flags(block, "CTRL") == {"IDLE", "READY"}
        assert [program.get(block, c) for c in COUNTERS[:3]] == [1, 0, 0]
    program.check(0, 1)
    program.clear()
    program.start(block, last, 1)  # this one fits
    program.board.run(200)
    if block == "idma0":  # no memory there
        assert program.flags(block, "ERROR") == {"DECERR"}
        assert program.get(block, "ERROR_ADDR_LO") == last
    else:  # it waits for a result
        assert program.flags(block, "CTRL") == {"START"}
        assert program.get(block, "ERROR") == 0
    program.reset()
    program.transfer(2, 3)


def test_an_old_error_does_not_keep_a_transfer_from_running(program: Program) -> None:
    program.start("idma0", program.source + 1, 1)
    program.wait("idma0")
    program.begin(0, 2)
    program.wait("odma0")
    program.check(0, 2)
    assert program.flags("idma0", "ERROR") == {"MISALIGNED"}


def test_a_start_while_one_runs_is_refused_and_it_goes_on(program: Program) -> None:
    program.begin(0, 5)
    for block in BLOCKS:
        program.put(block, "CTRL", 1)
        assert program.flags(block, "ERROR") == {"BUSY"}
        assert program.flags(block, "ISR") == {"ERROR"}
        program.put(block, "ERROR", BITS["ERROR"]["BUSY"])
    program.wait("odma0")
    program.check(0, 5)
    program.put("odma0", "CTRL", 0xFFFF_FFFE)  # no START
    assert program.flags("odma0", "CTRL") == {"IDLE", "READY"}


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(("response", "error"), [(SLVERR, "SLVERR"), (DECERR, "DECERR")])
def test_a_bus_error_needs_a_reset(program: Program, block: str, response: int, error: str) -> None:
    place = program.source if block == "idma0" else program.target
    for at in (0, 136, 201):
        program.board.fault(place + at, 1, response)
        program.begin(0, 8)
        program.wait(block)
        assert program.flags(block, "ERROR") == {error}
        assert program.flags(block, "ISR") == {"DONE", "ERROR"}
        assert program.flags(block, "CTRL") == {"IDLE"}
        address = program.get(block, "ERROR_ADDR_LO")
        assert address % WORD == 0
        assert address <= place + at < address + BURST_BYTES
        assert program.get(block, "ERROR_ADDR_HI") == 0
        clocks = program.get(block, "CLOCKS")
        program.board.fault(0, 0)
        program.put(block, "ERROR", 0xFFFF_FFFF)
        program.put(block, "CTRL", 1)
        assert program.flags(block, "ERROR") == {"NEEDS_RESET"}
        assert program.flags(block, "CTRL") == {"IDLE", "DONE"}
        program.board.run(2000)
        assert program.get(block, "CLOCKS") == clocks
        _reset_clears(program)
        program.transfer(2, 3)


def _reset_clears(program: Program) -> None:
    kept = ("ADDR_LO", "ADDR_HI", "COUNT", "GIE", "IER")
    for block in BLOCKS:
        program.put(block, "IER", 2)
    before = [program.get(block, name) for block in BLOCKS for name in kept]
    program.reset()
    assert [program.get(block, name) for block in BLOCKS for name in kept] == before
    for block in BLOCKS:
        assert program.flags(block, "CTRL") == {"IDLE", "READY"}
        for name in ("ISR", "ERROR", "ERROR_ADDR_LO", *COUNTERS):
            assert program.get(block, name) == 0


def test_reset_at_any_clock_of_a_frame(program: Program) -> None:
    for clocks in [*range(0, 120, 11), *range(150, 3000, 237)]:
        program.begin(0, 4)
        program.board.run(clocks)
        program.reset()
        program.transfer(clocks % 5, 3)
        assert [program.get(block, "FRAMES") for block in BLOCKS] == [3, 3]


def test_the_reset_line_at_any_clock_of_a_frame(program: Program) -> None:
    for clocks in range(0, 2500, 371):
        program.begin(0, 4)
        program.board.run(clocks)
        program.board.hard_reset()
        written = ("GIE", "IER", "ISR", "ADDR_LO", "ADDR_HI", "COUNT", "ERROR", *COUNTERS)
        assert not any(program.get(block, name) for block in BLOCKS for name in written)
        program.transfer(clocks % 5, 3)


def test_a_reset_waits_for_the_bus_and_a_start_meanwhile_is_lost(slow: Program) -> None:
    slow.begin(0, 8)
    slow.board.run(300)
    slow.put("idma0", "RESET", 1)
    for block in BLOCKS:
        assert slow.flags(block, "CTRL") == set()
        slow.put(block, "CTRL", 1)
    assert slow.flags("idma0", "ERROR") == {"BUSY"}
    assert [slow.get(block, "RESET") for block in BLOCKS] == [1, 1]
    began = slow.board.clock
    slow.until(lambda: not slow.get("idma0", "RESET"))
    assert slow.board.clock - began > 300
    for block in BLOCKS:
        assert slow.flags(block, "CTRL") == {"IDLE", "READY"}
        assert slow.flags(block, "ERROR") == set()
    slow.transfer(0, 2)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_interrupt(program: Program, block: str) -> None:
    program.transfer(0, 1)
    program.clear()
    program.put(block, "IER", BITS["IER"]["DONE"])
    for enabled in (0, 1):
        program.put(block, "GIE", enabled)
        program.begin(0, 2)
        program.board.run(PATIENCE, until_interrupt=bool(enabled))
        assert program.board.interrupt == bool(enabled)
        program.wait("odma0")
        assert program.board.interrupt == bool(enabled)  # reading CTRL does not clear ISR
        program.wait("idma0")
        program.put(block, "ISR", BITS["ISR"]["DONE"])
        assert not program.board.interrupt
    program.start(block, program.target, 0)
    program.wait(block)
    assert program.board.interrupt
    program.put(block, "ISR", BITS["ISR"]["DONE"])
    assert not program.board.interrupt
    program.put(block, "IER", BITS["IER"]["ERROR"])
    assert program.board.interrupt
    program.put(block, "ERROR", BITS["ERROR"]["ZERO_COUNT"])
    assert program.board.interrupt  # clearing ERROR does not clear ISR
    program.put(block, "ISR", BITS["ISR"]["ERROR"])
    assert not program.board.interrupt
