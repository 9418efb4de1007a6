"""axi3_to_axil between a bus master and a memory behind AXI-Lite, both of cocotbext-axi."""

import itertools
import random

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotbext.axi import (
    AxiBurstType,
    AxiBus,
    AxiLiteBus,
    AxiLiteRam,
    AxiMaster,
    AxiResp,
)

SIZE = 1 << 12


def stalls(seed, share):
    rng = random.Random(seed)
    return iter(lambda: rng.random() < share, None)


async def start(dut, share):
    cocotb.start_soon(Clock(dut.clk, 10, unit="ns").start())
    dut.rst_n.value = 0
    master = AxiMaster(
        AxiBus.from_prefix(dut, "s_axi"), dut.clk, dut.rst_n, reset_active_level=False,
        max_burst_len=16,
    )  # fmt: skip
    memory = AxiLiteRam(
        AxiLiteBus.from_prefix(dut, "m_axi"), dut.clk, dut.rst_n, reset_active_level=False,
        size=SIZE,
    )  # fmt: skip
    channels = [
        *(master.write_if.aw_channel, master.write_if.w_channel, master.write_if.b_channel),
        *(master.read_if.ar_channel, master.read_if.r_channel),
        *(memory.write_if.aw_channel, memory.write_if.w_channel, memory.write_if.b_channel),
        *(memory.read_if.ar_channel, memory.read_if.r_channel),
    ]
    for seed, channel in enumerate(channels):
        channel.set_pause_generator(stalls(seed, share) if share else itertools.repeat(False))
    for _ in range(4):
        await RisingEdge(dut.clk)
    dut.rst_n.value = 1
    await RisingEdge(dut.clk)
    return master, memory


@cocotb.test()
@cocotb.parametrize(share=[0.0, 0.5])
async def writes_and_reads(dut, share):
    """Random accesses of 1 to 64 bytes, aligned or not, against a model of the memory."""
    master, memory = await start(dut, share)
    rng = random.Random(7)
    model = bytearray(SIZE)
    for _ in range(60):
        length = rng.choice([1, 2, 4, 7, 16, 33, 64])
        address = rng.randrange(SIZE - length)
        if rng.random() < 0.5:
            data = rng.randbytes(length)
            answer = await master.write(address, data, awid=rng.randrange(1 << 12))
            assert answer.resp == AxiResp.OKAY
            model[address : address + length] = data
        else:
            answer = await master.read(address, length, arid=rng.randrange(1 << 12))
            assert (answer.resp, answer.data) == (
                AxiResp.OKAY,
                bytes(model[address : address + length]),
            )
    assert memory.read(0, SIZE) == bytes(model)


@cocotb.test()
async def both_directions_at_once(dut):
    """Reads and writes do not wait for each other, and neither loses a beat."""
    master, memory = await start(dut, 0.3)
    memory.write(0x800, bytes(range(256)))
    writes = [cocotb.start_soon(master.write(64 * n, bytes([n] * 64))) for n in range(8)]
    reads = [cocotb.start_soon(master.read(0x800 + 32 * n, 32)) for n in range(8)]
    for n, task in enumerate(reads):
        assert (await task).data == bytes(range(256))[32 * n : 32 * n + 32]
    for task in writes:
        await task
    assert memory.read(0, 512) == b"".join(bytes([n] * 64) for n in range(8))


@cocotb.test()
async def bursts_that_stay_at_an_address(dut):
    """FIXED: all beats of a write at one address, the last one stays; reads repeat it."""
    master, memory = await start(dut, 0.0)
    await master.write(0x40, bytes(range(16)), burst=AxiBurstType.FIXED)
    assert memory.read(0x40, 8) == bytes([12, 13, 14, 15, 0, 0, 0, 0])
    answer = await master.read(0x40, 12, burst=AxiBurstType.FIXED)
    assert answer.data == bytes([12, 13, 14, 15] * 3)


@cocotb.test()
async def wrapping_bursts_are_refused(dut):
    """WRAP: SLVERR, every beat answered, nothing written; the next access works."""
    master, memory = await start(dut, 0.2)
    answer = await master.write(0x80, bytes([9] * 16), burst=AxiBurstType.WRAP)
    assert answer.resp == AxiResp.SLVERR
    assert memory.read(0x80, 16) == bytes(16)
    assert (await master.read(0x80, 16, burst=AxiBurstType.WRAP)).resp == AxiResp.SLVERR
    await master.write(0x80, b"good")
    assert (await master.read(0x80, 4)).data == b"good"


@cocotb.test()
async def answers_of_the_slave_come_through(dut):
    """A slave's error on one beat of four is the answer of the whole write."""
    master, memory = await start(dut, 0.0)
    original = memory.write_if._write  # cocotbext-axi answers SLVERR where the memory raises

    async def failing(address, data):
        if address == 0x108:
            raise ValueError("no such register")
        await original(address, data)

    memory.write_if._write = failing
    assert (await master.write(0x100, bytes(16))).resp == AxiResp.SLVERR
    assert (await master.write(0x200, bytes(16))).resp == AxiResp.OKAY
