"""Shells of several inputs and outputs, by their registers alone, on the simulated board."""

import subprocess
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hw.driver import registers as reg
from hw.errors import HardwareError
from hw.shell.board_top import board_engines, shell_sources, shell_text, write
from hw.shell.engines import base_of, number_of
from hw.sim.board import DECERR, SLVERR, SimulatedBoard, build_board
from hw.sim.design import INPUT, OUTPUT, Design, Stream
from hw.tools.verilator import find_verilator
from tests.hw.bench import CACHE
from tests.hw.shell.several_streams import INPUTS, OUTPUTS, Several

SEVERAL = Several(INPUTS[:2], OUTPUTS)
READERS, WRITERS = ("idma0", "idma1"), ("odma0", "odma1", "odma2")
ENGINES = ("idma0", "odma0", "idma1", "odma1", "odma2")
GUARD = b"\x5a" * 64
MEMORY = 1 << 17


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("several")
    board = write(SEVERAL.design(folder / "rtl"), folder / "board", build_id=0xB0A2D)
    return build_board(board, cache_dir=CACHE, optimize="-O0")


class Host:
    """Registers and buffers of every engine; frames and their results."""

    def __init__(self, simulator, **bus):
        self.board = SimulatedBoard(simulator, memory_bytes=MEMORY, **bus)
        self.frames = SEVERAL.frames(8, 1)
        self.results = SEVERAL.results(self.frames)
        self.place = {}
        for name, data in zip((*READERS, *WRITERS), (*self.frames, *self.results), strict=True):
            self.place[name] = self.board.allocate(data.nbytes + 2 * len(GUARD)) + len(GUARD)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            assert self.board.violations == (0, "")
        self.board.close()

    def get(self, name, offset):
        return self.board.read(base_of(name) + offset)

    def put(self, name, offset, value):
        self.board.write(base_of(name) + offset, value)

    def start(self, name, first, count):
        data = (*self.frames, *self.results)[(*READERS, *WRITERS).index(name)]
        size = data[0].nbytes
        address = self.place[name]
        if name in READERS:
            self.board.write_memory(address, data[first : first + count].tobytes())
        else:
            self.board.write_memory(address - len(GUARD), GUARD + b"\0" * count * size + GUARD)
        self.put(name, reg.ADDR_LO, address)
        self.put(name, reg.COUNT, count)
        self.put(name, reg.CTRL, reg.CTRL_START)

    def wait(self, names: Sequence[str]):
        for name in names:
            end = self.board.clock + 60_000
            while not self.get(name, reg.CTRL) & reg.CTRL_DONE:
                assert self.board.clock < end, f"{name} does not end"
                self.board.run(50)

    def check(self, name, first, count):
        data = self.results[WRITERS.index(name)][first : first + count].tobytes()
        whole = self.board.read_memory(self.place[name] - len(GUARD), len(data) + 2 * len(GUARD))
        assert whole == GUARD + data + GUARD, name
        assert self.get(name, reg.ERROR) == 0

    def transfer(self, first, count, order=ENGINES):
        for name in order:
            self.start(name, first, count)
        self.wait(ENGINES)
        for name in WRITERS:
            self.check(name, first, count)

    def reset(self):
        for name in READERS:
            self.put(name, reg.RESET, 1)
        end = self.board.clock + 20_000
        while any(self.get(name, reg.RESET) for name in ENGINES):
            assert self.board.clock < end, "the reset does not end"
            self.board.run(20)


def test_blocks_are_where_the_page_says(simulator):
    assert [number_of(name) for name in ENGINES] == [0, 1, 2, 3, 5]
    with Host(simulator) as host:
        data = (*SEVERAL.frames(1, 0), *SEVERAL.results(SEVERAL.frames(1, 0)))
        for name, one in zip((*READERS, *WRITERS), data, strict=True):
            assert host.get(name, reg.VERSION) == reg.VERSION_MAGIC << 16 | reg.VERSION_NUMBER
            assert host.get(name, reg.BUILD_ID) == 0xB0A2D
            assert host.get(name, reg.FRAME_BYTES) == one.nbytes
        for absent in ("idma2", "idma3", "odma3"):  # no engine: reads 0, writes nothing
            for offset in (reg.CTRL, reg.VERSION, reg.FRAME_BYTES):
                host.put(absent, offset, 0xFFFF_FFFF)
                assert host.get(absent, offset) == 0
        host.transfer(0, 2)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.permutations(ENGINES),
    stall=st.sampled_from([0.0, 0.3, 0.7]),
    latency=st.sampled_from([(1, 1), (3, 90)]),
    seed=st.integers(0, 1 << 30),
)
def test_any_order_of_starts_on_any_bus(simulator, order, stall, latency, seed):
    with Host(simulator, stall=stall, latency=latency, seed=seed) as host:
        host.transfer(0, 1, order)
        host.transfer(1, 7, order)
        assert [host.get(name, reg.FRAMES) for name in ENGINES] == [8] * 5


def test_engines_count_for_themselves(simulator):
    """The outputs may be fetched in pieces of their own; a late one holds the others up."""
    with Host(simulator, stall=0.2, latency=(2, 20)) as host:
        host.start("idma0", 0, 8)
        host.start("idma1", 0, 8)
        host.start("odma0", 0, 3)
        host.start("odma2", 0, 8)
        host.board.run(6000)
        beats = [host.get(name, reg.BEATS) for name in ("idma0", "odma0", "odma2")]
        host.board.run(3000)  # odma1 has no buffer yet: all stand still, the registers do not
        assert beats == [host.get(name, reg.BEATS) for name in ("idma0", "odma0", "odma2")]
        assert 0 < beats[1] < 3 * OUTPUTS[0].beats
        host.start("odma1", 0, 5)
        host.wait(["odma0"])
        host.check("odma0", 0, 3)
        host.start("odma0", 3, 5)
        host.wait(["odma1"])
        host.check("odma1", 0, 5)
        host.start("odma1", 5, 3)
        host.wait(ENGINES)
        host.check("odma0", 3, 5)
        host.check("odma1", 5, 3)
        host.check("odma2", 0, 8)
        assert [host.get(name, reg.FRAMES) for name in ENGINES] == [8] * 5


@pytest.mark.parametrize("name", ENGINES)
def test_a_bus_error_stays_with_its_engine(simulator, name):
    with Host(simulator, stall=0.2, latency=(3, 30)) as host:
        for at, response, flag in ((0, SLVERR, reg.ERROR_SLVERR), (40, DECERR, reg.ERROR_DECERR)):
            host.board.fault(host.place[name] + at, 1, response)
            host.put(name, reg.GIE, 1)
            host.put(name, reg.IER, reg.IER_ERROR)
            for engine in ENGINES:
                host.start(engine, 0, 4)
            host.wait([name])
            assert host.board.interrupts == 1 << number_of(name)
            assert {n: host.get(n, reg.ERROR) for n in ENGINES} == {
                n: flag if n == name else 0 for n in ENGINES
            }
            assert host.get(name, reg.CTRL) == reg.CTRL_IDLE
            host.board.fault(0, 0)
            host.reset()
            assert not any(host.get(n, reg.ERROR) for n in ENGINES)
            host.transfer(2, 3)


def test_reset_at_any_clock(simulator):
    with Host(simulator, stall=0.2, latency=(3, 40), seed=2) as host:
        for clocks in [*range(0, 160, 13), *range(200, 1800, 211)]:
            for name in ENGINES:
                host.start(name, 0, 4)
            host.board.run(clocks)
            host.reset()
            host.transfer(clocks % 5, 3)
            assert [host.get(name, reg.FRAMES) for name in ENGINES] == [3] * 5


def test_a_reset_waits_for_every_idma(simulator):
    """Until each is asked, none ends; the writers are at rest meanwhile."""
    for first, second in (READERS, READERS[::-1]):
        with Host(simulator, latency=(3, 40)) as host:
            for name in ENGINES:
                host.start(name, 0, 8)
            host.board.run(150)
            host.put(first, reg.RESET, 1)
            host.board.run(3000)
            asked = {name: host.get(name, reg.RESET) for name in ENGINES}
            assert asked == {name: int(name != second) for name in ENGINES}
            host.put(second, reg.RESET, 1)
            host.board.run(200)
            assert not any(host.get(name, reg.RESET) for name in ENGINES)
            host.transfer(1, 4)


def test_a_hard_reset_in_the_middle(simulator):
    with Host(simulator, stall=0.1, latency=(3, 20)) as host:
        for clocks in (0, 60, 333, 901):
            for name in ENGINES:
                host.start(name, 0, 8)
            host.board.run(clocks)
            host.board.hard_reset()
            host.transfer(clocks % 5, 2)


def test_interrupts_one_a_line(simulator):
    """A frame is done when the lines of all writers are up, in whatever order they come."""
    with Host(simulator, latency=(3, 40)) as host:
        lines = {name: 1 << number_of(name) for name in ENGINES}
        for name in WRITERS:
            host.put(name, reg.GIE, 1)
            host.put(name, reg.IER, reg.IER_DONE)
        for name in ENGINES:
            host.start(name, 0, 2)
        wanted = sum(lines[name] for name in WRITERS)
        host.board.run(60_000, lines=wanted)
        assert host.board.interrupts == wanted
        for name in WRITERS:
            host.check(name, 0, 2)
            host.put(name, reg.ISR, reg.ISR_DONE)
            host.board.run(3)
            wanted -= lines[name]
            assert host.board.interrupts == wanted


SHAPES = {
    "one to two": Several(INPUTS[:1], OUTPUTS[:2]),
    "two to one": Several(INPUTS[:2], OUTPUTS[:1]),
    "three to three": Several(INPUTS, OUTPUTS),
}


@pytest.mark.parametrize("separate_clock", [False, True])
@pytest.mark.parametrize("several", SHAPES.values(), ids=list(SHAPES))
def test_verilator_has_no_complaint(tmp_path, several, separate_clock):
    design = several.design(tmp_path / "rtl")
    board = write(design, tmp_path / "board", build_id=1, separate_clock=separate_clock)
    _lint(board.folder, board.top, board.sources)
    if not separate_clock:
        name = f"{design.top}_shell"
        (board.folder / f"{name}.sv").write_text(shell_text(design, build_id=1))
        sources = [path.name for path in shell_sources(board_engines(design))]
        _lint(board.folder, name, [*sources, f"{name}.sv"])


def _lint(folder, top, sources):
    verilator = find_verilator()
    done = subprocess.run(
        verilator.command(["--lint-only", "-Wall", "--top-module", top, *sources]),
        env=verilator.environment(), cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "%Warning" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("several", SHAPES.values(), ids=list(SHAPES))
def test_other_shapes(tmp_path, several):
    board = write(several.design(tmp_path / "rtl"), tmp_path / "board", build_id=3)
    simulator = build_board(board, cache_dir=CACHE, optimize="-O1")
    frames = several.frames(6, 2)
    names = [f"idma{i}" for i in range(len(frames))]
    names += [f"odma{j}" for j in range(len(several.outputs))]
    data = [*frames, *several.results(frames)]
    with SimulatedBoard(simulator, stall=0.3, latency=(2, 60), memory_bytes=MEMORY) as host:
        places = {}
        for name, array in zip(names, data, strict=True):
            places[name] = host.allocate(array.nbytes)
            if name.startswith("idma"):
                host.write_memory(places[name], array.tobytes())
            values = ((reg.ADDR_LO, places[name]), (reg.COUNT, 6), (reg.CTRL, reg.CTRL_START))
            for offset, value in values:
                host.write(base_of(name) + offset, value)
        host.run(40_000)
        for name, array in zip(names, data, strict=True):
            assert host.read(base_of(name) + reg.CTRL) & reg.CTRL_DONE
            if name.startswith("odma"):
                assert host.read_memory(places[name], array.nbytes) == array.tobytes()
        assert host.violations == (0, "")


def test_engines_go_by_the_ports_of_their_streams(tmp_path):
    """A design lists its streams in topological order, which is another."""
    design = SEVERAL.design(tmp_path / "rtl")
    turned = Design(design.top, design.folder, design.sources, design.streams[::-1])
    assert board_engines(turned) == board_engines(design)
    assert [(engine.name, engine.stream.name) for engine in board_engines(turned)] == [
        ("idma0", "x0"), ("odma0", "y0"), ("idma1", "x1"), ("odma1", "y1"), ("odma2", "y2"),
    ]  # fmt: skip


def test_what_cannot_be_built_is_refused(tmp_path):
    def streams(kind, count):
        return [Stream(f"{kind}{i}", f"w{i}", kind, 1, 8, False, 4) for i in range(count)]

    for inputs, outputs, said in (
        (9, 1, r"1 to 8 input streams, not 9 \(input0, .*input8\)"),
        (1, 0, r"1 to 8 output streams, not 0 \(none\)"),
    ):
        given = (*streams(INPUT, inputs), *streams(OUTPUT, outputs))
        with pytest.raises(HardwareError, match=said):
            write(Design("net", tmp_path, (), given), tmp_path / "board", build_id=1)
    wide = Stream("y", "w", OUTPUT, 1, 33, False, 4)
    given = (*streams(INPUT, 1), *streams(OUTPUT, 1), wide)
    with pytest.raises(HardwareError, match="stream y: an element of 33 bits"):
        write(Design("net", tmp_path, (), given), tmp_path / "board", build_id=1)
    assert not np.any([path.name == "board" for path in tmp_path.iterdir()])
