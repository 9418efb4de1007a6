"""An input with several ports to the memory, by its registers alone, on the simulated board."""

import subprocess
from dataclasses import replace

import pytest

from hw.driver import registers as reg
from hw.modules import Variant
from hw.ready_paths import input_paths
from hw.shell.board_top import board_engines, shell_sources, shell_text, write
from hw.shell.bus import Bus
from hw.shell.engines import base_of, port_counts
from hw.sim.board import DECERR, SLVERR, SimulatedBoard, build_board
from hw.tools.verilator import find_verilator
from tests.hw.bench import CACHE
from tests.hw.shell.several_streams import BEATS, INPUTS, OUTPUTS, Form, Several

#: 12 bytes a beat: one and a half words of the bus, of which two ports bring two a clock.
TWO = Several((Form(12, 8, False),), (Form(12, 8, False, every=3),))
#: 25 bytes a beat: more than three words, and of a number that no word is a multiple of.
FOUR = Several((Form(25, 8, False),), (Form(25, 8, False, every=4),))
FRAMES = 60


def designed(several, folder, frame_clocks=BEATS):
    return replace(several.design(folder), frame_clocks=frame_clocks)


def simulated(several, folder):
    board = write(designed(several, folder / "rtl"), folder / "board", build_id=1)
    return build_board(board, cache_dir=CACHE, optimize="-O0")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    return simulated(TWO, tmp_path_factory.mktemp("ports"))


class Host:
    """A board, frames in its memory at an address of any 16 bytes, and room for their results."""

    def __init__(self, simulator, several=TWO, shift=0, **bus):
        self.board = SimulatedBoard(simulator, memory_bytes=1 << 18, **bus)
        self.frames = several.frames(FRAMES, 1)[0]
        self.results = several.results([self.frames])[0]
        self.source = self.board.allocate(self.frames.nbytes + 4096) + shift
        self.target = self.board.allocate(self.results.nbytes)
        self.board.write_memory(self.source, self.frames.tobytes())

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            assert self.board.violations == (0, "")
        self.board.close()

    def get(self, name, offset):
        return self.board.read(base_of(name) + offset)

    def start(self, name, address, count):
        for offset, value in ((reg.ADDR_LO, address), (reg.COUNT, count), (reg.CTRL, 1)):
            self.board.write(base_of(name) + offset, value)

    def wait(self, name):
        end = self.board.clock + 60_000
        while not self.get(name, reg.CTRL) & reg.CTRL_DONE:
            assert self.board.clock < end, f"{name} does not end"
            self.board.run(50)

    def transfer(self, count):
        self.board.write_memory(self.target, bytes(self.results.nbytes))
        self.start("odma0", self.target, count)
        self.start("idma0", self.source, count)
        self.wait("odma0")
        self.wait("idma0")
        assert (self.get("idma0", reg.ERROR), self.get("odma0", reg.ERROR)) == (0, 0)
        size = self.results[0].nbytes
        whole = self.board.read_memory(self.target, self.results.nbytes)
        assert whole[: count * size] == self.results[:count].tobytes()
        assert whole[count * size :] == bytes(self.results.nbytes - count * size)

    def reset(self):
        self.board.write(base_of("idma0") + reg.RESET, 1)
        end = self.board.clock + 20_000
        while self.get("idma0", reg.RESET):
            assert self.board.clock < end, "the reset does not end"
            self.board.run(20)


@pytest.mark.parametrize("shift", [0, 16, 4080, 4096 - 128])
def test_frames_arrive_in_order_on_any_bus(simulator, shift):
    for stall, latency, seed in ((0.0, (8, 8), 1), (0.4, (1, 90), 2), (0.1, (1, 1), 3)):
        with Host(simulator, shift=shift, stall=stall, latency=latency, seed=seed) as host:
            host.transfer(1)
            host.transfer(9)


def test_a_beat_a_clock_where_one_port_gives_two_thirds(simulator):
    with Host(simulator, latency=(20, 40)) as host:
        host.transfer(FRAMES)
        beats, clocks = host.get("idma0", reg.BEATS), host.get("idma0", reg.CLOCKS)
        assert beats == FRAMES * BEATS
        assert clocks <= 1.02 * beats + 100  # from START to the first words


@pytest.mark.parametrize(
    ("at", "burst"), [(0, 0), (136, 128), (200, 128), (430, 384), (1900, 1792)]
)
def test_bus_errors_of_either_port(simulator, at, burst):
    """Bursts of 128 bytes go to the ports in turn: those at 128 and 384 to the second."""
    with Host(simulator, latency=(3, 30), stall=0.2, seed=at) as host:
        for response, flag in ((SLVERR, reg.ERROR_SLVERR), (DECERR, reg.ERROR_DECERR)):
            host.board.fault(host.source + at, 1, response)
            host.start("odma0", host.target, 6)
            host.start("idma0", host.source, 6)
            host.wait("idma0")
            host.board.run(300)
            assert (host.get("idma0", reg.ERROR), host.get("odma0", reg.ERROR)) == (flag, 0)
            assert host.get("idma0", reg.ERROR_ADDR_LO) == host.source + burst
            assert host.get("idma0", reg.BEATS) <= burst // 12  # nothing of the bad burst or behind
            host.board.fault(0, 0)
            host.reset()
            host.transfer(5)


def test_an_address_is_a_multiple_of_the_words_of_both_ports(simulator):
    with Host(simulator) as host:
        host.start("idma0", host.source + 8, 1)
        host.wait("idma0")
        assert host.get("idma0", reg.ERROR) == reg.ERROR_MISALIGNED
        host.board.write(base_of("idma0") + reg.ERROR, reg.ERROR_MISALIGNED)
        host.transfer(2)


def test_resets_at_any_clock(simulator):
    with Host(simulator, stall=0.2, latency=(3, 40), seed=2) as host:
        for clocks in (*range(30, 130, 7), 400, 901):
            host.start("odma0", host.target, 20)
            host.start("idma0", host.source, 20)
            host.board.run(clocks)
            host.reset()
            host.transfer(3)


@pytest.mark.slow
def test_four_ports(tmp_path):
    simulator = simulated(FOUR, tmp_path)
    for stall, latency in ((0.0, (20, 40)), (0.4, (1, 90))):
        with Host(simulator, FOUR, shift=32, stall=stall, latency=latency) as host:
            host.transfer(3)
            host.transfer(FRAMES)
            if not stall:
                assert host.get("idma0", reg.CLOCKS) <= 1.02 * FRAMES * BEATS + 100


@pytest.mark.parametrize(("several", "ports"), [(TWO, 2), (FOUR, 4)])
def test_verilator_has_no_complaint(tmp_path, several, ports):
    design = designed(several, tmp_path / "rtl")
    assert port_counts(board_engines(design)) == {"idma0": ports}
    board = write(design, tmp_path / "board", build_id=1)
    verilator = find_verilator()
    command = ["--lint-only", "-Wall", "--top-module", board.top, *board.sources]
    done = subprocess.run(
        verilator.command(command), env=verilator.environment(),
        cwd=board.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "%Warning" in done.stderr) == (0, False), done.stderr


@pytest.mark.slow
def test_handshakes_come_from_registers(tmp_path):
    design = designed(TWO, tmp_path / "rtl")
    path = tmp_path / f"{design.top}_shell.sv"
    path.write_text(shell_text(design, build_id=1))
    sources = [*shell_sources(board_engines(design)), path]
    assert input_paths(Variant(path.stem), "o:*valid o:*ready o:irq_o", sources) == []


@pytest.mark.parametrize(
    ("lanes", "frame_clocks", "bus", "ports"),
    [
        (12, 0, Bus(), 1),  # not known how fast
        (12, BEATS, Bus(), 2),
        (12, BEATS * 3 // 2, Bus(), 1),  # exactly a word a clock
        (12, BEATS, Bus(data_bits=128), 1),
        (12, BEATS, Bus(max_burst=1), 1),
        (16, BEATS, Bus(), 2),
        (17, BEATS, Bus(), 4),
        (100, BEATS, Bus(), 4),  # no board has more
    ],
)
def test_ports_follow_from_the_rate(tmp_path, lanes, frame_clocks, bus, ports):
    several = Several((Form(lanes, 8, False),), OUTPUTS[:1])
    reader, writer = board_engines(designed(several, tmp_path / "rtl", frame_clocks), bus)
    assert (reader.ports, writer.ports) == (ports, 1)


def test_inputs_share_the_ports_that_there_are(tmp_path):
    several = Several((Form(40, 8, False), Form(12, 8, False), INPUTS[0]), OUTPUTS[:1])
    counts = [e.ports for e in board_engines(designed(several, tmp_path / "rtl")) if e.reads]
    assert counts == [1, 2, 1]
