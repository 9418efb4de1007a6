"""cocotb tests of modules of the shell alone, clock by clock; run by test_shell_units.py."""

import random
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge, Timer
from cocotbext.axi import AxiLiteBus, AxiLiteMaster
from unit_models import Control, Meter, Registers, Values, check_step

from hw.driver import registers as reg

HOLD = 8


def drive(dut: Any, values: Values) -> None:
    for name, value in values.items():
        getattr(dut, name).value = value


async def start(dut: Any, period: int = 10) -> None:
    """Clocks, inputs at rest, a reset of some clocks; ends behind a falling edge."""
    cocotb.start_soon(Clock(dut.clk_i, 10, unit="ns").start())
    cocotb.start_soon(Clock(dut.acc_clk_i, period, unit="ns").start())
    rng = random.Random(0)
    drive(dut, dict.fromkeys(Registers.inputs(rng), 0))
    drive(dut, dict.fromkeys(Control.inputs(rng), 0))
    drive(dut, {"chk_start": 0, "chk_address": 0, "chk_count": 0})
    for name in ("load", "count", "go", "busy", "valid", "ready"):
        getattr(dut, f"met_{name}").value = 0
    for name in ("res_soft", "idma_drained", "idma_soft_reset_done", "odma_drain", "odma_bvalid"):
        getattr(dut, name).value = 0
    dut.odma_awready.value = dut.odma_wready.value = 1
    dut.odma_bresp.value = 0
    dut.uart_rx.value = 1
    dut.rst_ni.value = 0
    await ClockCycles(dut.clk_i, 6 * period // 10)  # six clocks of either
    await FallingEdge(dut.clk_i)
    dut.rst_ni.value = 1


async def compare(dut: Any, model: Any, clocks: int, seed: int) -> None:
    """Random inputs at every clock; the outputs are the model's."""
    rng = random.Random(seed)
    for _ in range(clocks):
        values = model.inputs(rng)
        drive(dut, values)
        await Timer(1, unit="ns")
        check_step(dut, model, values)
        await FallingEdge(dut.clk_i)


@cocotb.test()
async def registers(dut: Any) -> None:
    """Events and clearings of the same clock, the first error's address, strobes, every offset."""
    await start(dut)
    await compare(dut, Registers(), 3000, 1)


@cocotb.test()
async def control(dut: Any) -> None:
    await start(dut)
    await compare(dut, Control(), 3000, 2)


@cocotb.test()
async def meter(dut: Any) -> None:
    """Beats before, within and behind transfers of 1 to 3 frames, with pauses of either side."""
    await start(dut)
    rng = random.Random(3)
    models = [Meter("met3", 3), Meter("met1", 1)]
    wait, phase = 0, "idle"
    for _ in range(3000):
        values = {
            "met_load": 0, "met_go": 0, "met_count": rng.randrange(1, 4),
            "met_busy": int(rng.random() < 0.7), "met_valid": int(rng.random() < 0.6),
            "met_ready": int(rng.random() < 0.6),
        }  # fmt: skip
        wait -= 1
        if wait <= 0 and all(model.done for model in models):
            phase = "checked" if phase == "idle" else "idle"
            values["met_load" if phase == "checked" else "met_go"] = 1
            wait = rng.randrange(1, 6)
        drive(dut, values)
        await Timer(1, unit="ns")
        for model in models:
            check_step(dut, model, values)
        await FallingEdge(dut.clk_i)
    assert min(model.frames for model in models) > 100


@cocotb.test()
async def check(dut: Any) -> None:
    """Words and bytes of the last one, or why not, 33 clocks after the start."""
    await start(dut)
    rng = random.Random(4)
    most = 2**16
    cases = [(0, 2), (8, 1), (most - 24, 2), (most - 16, 2), (most - 24, 1), (4, 2), (0, 0)]
    cases += [(0, 32769)]  # 12 bytes, but for three times the bits that are counted
    cases += [(most, 2), (8, 2**32 - 1), (1 << 63, 1), (0, most // 12), (0, most // 12 + 1)]
    cases += [(8 * rng.randrange(most // 8), rng.randrange(1, 6000)) for _ in range(60)]
    full = partial = 0
    for address, count in cases:
        size = 12 * count
        wrong = (address % 8 != 0, count == 0, address + size > most)
        drive(dut, {"chk_start": 1, "chk_address": address, "chk_count": count})
        await FallingEdge(dut.clk_i)
        drive(dut, {"chk_start": 0, "chk_address": 0, "chk_count": 0})
        for _ in range(32):
            assert not int(dut.chk_accept.value) and not int(dut.chk_refuse.value)
            await FallingEdge(dut.clk_i)
        assert int(dut.chk_refuse.value) == any(wrong), (address, count)
        assert int(dut.chk_accept.value) == (not any(wrong)), (address, count)
        if any(wrong):
            names = ("misaligned", "zero_count", "wraps")
            shown = tuple(bool(int(getattr(dut, f"chk_{name}").value)) for name in names)
            assert shown == wrong, (address, count)
        else:
            words = -(-size // 8)
            assert int(dut.chk_words.value) == words and int(dut.chk_address_o.value) == address
            assert int(dut.chk_tail_bytes.value) == size - 8 * (words - 1), (address, count)
            full, partial = full + (size % 8 == 0), partial + (size % 8 != 0)
        await FallingEdge(dut.clk_i)
    assert min(full, partial) > 5


async def _low(clock: Any, signal: Any) -> int:
    """Clocks for which a reset is low, from now on."""
    clocks = 0
    while not int(signal.value):
        await FallingEdge(clock)
        clocks += 1
        assert clocks < 200
    return clocks


async def _accelerator_reset(dut: Any, clock: Any, reset: Any, done: Any) -> list[int]:
    """Clocks in reset: at power-up, and by soft resets that are let go at once and late."""
    while int(reset.value):  # a slow clock has not seen it yet
        await FallingEdge(clock)
    lengths = [await _low(clock, reset)]
    for late in (0, 0, 30):
        await FallingEdge(dut.clk_i)
        dut.res_soft.value = 1
        while int(reset.value):
            assert not int(done.value)
            await FallingEdge(clock)
        cocotb.start_soon(_let_go(dut, done, late))
        lengths.append(await _low(clock, reset))
        assert not int(dut.res_soft.value), "out of reset before it was let go"
        for _ in range(20):  # done falls, and stays low
            await FallingEdge(dut.clk_i)
        assert not int(done.value) and int(reset.value)
    return lengths


async def _let_go(dut: Any, done: Any, late: int) -> None:
    while not int(done.value):
        await FallingEdge(dut.clk_i)
    await ClockCycles(dut.clk_i, late + 1)
    dut.res_soft.value = 0


@cocotb.test()
async def accelerator_reset_of_one_clock(dut: Any) -> None:
    """Held for 8 clocks, and told a clock later; the same at the end."""
    await start(dut)
    lengths = await _accelerator_reset(dut, dut.clk_i, dut.res_acc_rst_n, dut.res_done)
    assert lengths[0] == HOLD + 1  # a clock until the held reset is let go
    assert all(length >= HOLD for length in lengths), lengths
    assert lengths[3] >= 30
    dut.res_soft.value = 1
    clocks = 0
    while not int(dut.res_done.value):
        await FallingEdge(dut.clk_i)
        clocks += 1
    assert clocks == 1 + HOLD + 1  # in reset, held, told
    dut.res_soft.value = 0
    await FallingEdge(dut.clk_i)
    assert int(dut.res_acc_rst_n.value) and int(dut.res_done.value)
    await FallingEdge(dut.clk_i)
    assert int(dut.res_acc_rst_n.value) and not int(dut.res_done.value)


@cocotb.test()
async def accelerator_reset_of_two_clocks(dut: Any) -> None:
    """The slow clock counts; `done` does not fall before the reset has ended."""
    await start(dut, 70)
    watched = cocotb.start_soon(_done_within_reset(dut))
    clock, reset = dut.acc_clk_i, dut.res2_acc_rst_n
    lengths = await _accelerator_reset(dut, clock, reset, dut.res2_done)
    assert all(length >= HOLD for length in lengths), lengths
    watched.cancel()
    dut.rst_ni.value = 0  # however short
    await Timer(2, unit="ns")
    dut.rst_ni.value = 1
    await RisingEdge(clock)
    await FallingEdge(clock)
    assert not int(reset.value), "a short reset was missed"
    assert await _low(clock, reset) >= HOLD


async def _done_within_reset(dut: Any) -> None:
    before = 0
    while True:
        await FallingEdge(dut.clk_i)
        now = int(dut.res2_done.value)
        if now and not before:
            assert not int(dut.res2_acc_rst_n.value), "done before the reset"
        if before and not now:
            assert int(dut.res2_acc_rst_n.value), "done fell within the reset"
        before = now


@cocotb.test()
async def idma_resets_until_the_accelerator_has_left_its_own(dut: Any) -> None:
    await start(dut)
    bus = AxiLiteBus.from_prefix(dut, "idma_s_axi")
    control = AxiLiteMaster(bus, dut.clk_i, dut.rst_ni, reset_active_level=False)
    await control.write_dword(reg.RESET, reg.RESET_RESET)
    assert await control.read_dword(reg.RESET) == reg.RESET_RESET
    assert int(dut.idma_drain.value) and not int(dut.idma_soft_reset.value)
    dut.idma_drained.value = 1  # the odma is at rest
    await ClockCycles(dut.clk_i, 5)
    assert int(dut.idma_soft_reset.value)
    assert await control.read_dword(reg.RESET) == reg.RESET_RESET
    dut.idma_soft_reset_done.value = 1
    await ClockCycles(dut.clk_i, 5)
    assert not int(dut.idma_soft_reset.value), "one pulse, ended by the answer"
    for _ in range(3):
        assert await control.read_dword(reg.RESET) == reg.RESET_RESET
        assert not int(dut.idma_soft_reset.value)
    dut.idma_soft_reset_done.value = 0
    for _ in range(5):
        await FallingEdge(dut.clk_i)
        assert not int(dut.idma_soft_reset.value), "a second pulse"
    assert await control.read_dword(reg.RESET) == 0
    assert not int(dut.idma_soft_reset.value)


@cocotb.test()
async def odma_takes_no_beat_behind_a_bus_error(dut: Any) -> None:
    """Whatever burst fails: from the clock after the answer on the stream stands still."""
    await start(dut)
    bus = AxiLiteBus.from_prefix(dut, "odma_s_axi")
    control = AxiLiteMaster(bus, dut.clk_i, dut.rst_ni, reset_active_level=False)
    for failing, response in ((0, 2), (1, 3), (3, 2)):
        for _ in range(20):
            await FallingEdge(dut.clk_i)
            assert not int(dut.odma_in_ready.value), "a beat of no transfer was taken"
        for offset, value in ((reg.ADDR_LO, 0x1000), (reg.COUNT, 5), (reg.CTRL, 1)):
            await control.write_dword(offset, value)
        for burst in range(failing + 1):
            while not (int(dut.odma_wvalid.value) and int(dut.odma_wlast.value)):
                await FallingEdge(dut.clk_i)
            await FallingEdge(dut.clk_i)
            dut.odma_bvalid.value = 1
            dut.odma_bresp.value = response if burst == failing else 0
            await FallingEdge(dut.clk_i)
            dut.odma_bvalid.value = 0
        for _ in range(40):
            assert not int(dut.odma_in_ready.value), "a beat was taken"
            await FallingEdge(dut.clk_i)
        assert await control.read_dword(reg.ERROR) == (reg.ERROR_SLVERR if response == 2 else 2)
        dut.rst_ni.value = 0
        await ClockCycles(dut.clk_i, 4)
        await FallingEdge(dut.clk_i)
        dut.rst_ni.value = 1
        await ClockCycles(dut.clk_i, 2)


@cocotb.test()
async def odma_is_at_rest_when_its_bursts_are_answered(dut: Any) -> None:
    await start(dut)
    bus = AxiLiteBus.from_prefix(dut, "odma_s_axi")
    control = AxiLiteMaster(bus, dut.clk_i, dut.rst_ni, reset_active_level=False)
    for offset, value in ((reg.ADDR_LO, 0x1000), (reg.COUNT, 1), (reg.CTRL, 1)):
        await control.write_dword(offset, value)
    while not (int(dut.odma_wvalid.value) and int(dut.odma_wlast.value)):
        await FallingEdge(dut.clk_i)
    dut.odma_drain.value = 1
    for _ in range(60):  # bursts that were begun end, and wait for their answers
        await FallingEdge(dut.clk_i)
        assert not int(dut.odma_drained.value)
    dut.odma_bvalid.value = 1  # as many answers as it takes
    clocks = 0
    while not int(dut.odma_drained.value):
        await FallingEdge(dut.clk_i)
        clocks += 1
        assert clocks < 20
    dut.odma_bvalid.value = 0
    await ClockCycles(dut.clk_i, 9)
    assert int(dut.odma_drained.value)
    assert await control.read_dword(reg.RESET) == reg.RESET_RESET
    dut.odma_drain.value = 0
    await ClockCycles(dut.clk_i, 3)
    assert await control.read_dword(reg.RESET) == 0


@cocotb.test()
async def uart_receiver(dut: Any) -> None:
    """Bytes at 3 % more or less than its clock; none without a stop bit, none of a spike."""
    await start(dut)
    seen: list[int] = []

    async def watch() -> None:
        while True:
            await FallingEdge(dut.clk_i)
            if int(dut.uart_valid.value):
                seen.append(int(dut.uart_data.value))
            if int(dut.uart_error.value):
                seen.append(-1)

    async def send(byte: int, stop: int = 1, bit: float = 640.0) -> None:
        for level in (0, *(byte >> place & 1 for place in range(8)), stop):
            dut.uart_rx.value = level
            await Timer(round(bit), unit="ns")

    watching = cocotb.start_soon(watch())
    for bit in (640.0, 640 * 1.03, 640 * 0.97):
        for byte in (0xA5, 0x00, 0xFF, 0x80):
            await send(byte, bit=bit)
    dut.uart_rx.value = 1
    await Timer(3, unit="us")
    assert seen == [0xA5, 0x00, 0xFF, 0x80] * 3
    seen.clear()
    dut.uart_rx.value = 0  # a spike of a quarter bit
    await Timer(160, unit="ns")
    dut.uart_rx.value = 1
    await Timer(8, unit="us")
    await send(0x3C, stop=0)
    await Timer(20, unit="us")  # still low
    dut.uart_rx.value = 1
    await Timer(3, unit="us")
    await send(0x5A)
    await Timer(3, unit="us")
    assert seen == [-1, 0x5A]
    watching.cancel()
