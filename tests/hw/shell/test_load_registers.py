"""The registers by which weights are written, on a simulated board: between frames alone."""

import subprocess
from fractions import Fraction

import numpy as np
import pytest

from hw.driver import registers as reg
from hw.driver.dma import DmaBlock
from hw.driver.errors import AcceleratorError
from hw.driver.load import write_words
from hw.errors import HardwareError
from hw.load import load_words
from hw.ops.registry import operator_of
from hw.shell.board_top import shell_sources, shell_text, write
from hw.shell.serial.top import Line
from hw.shell.serial.top import write as write_serial
from hw.sim.board import SimulatedBoard, build_board
from hw.sim.board_bus import SimulatedBus
from hw.stitch import stitch
from hw.tools.verilator import find_verilator
from tests.hw.bench import CACHE
from tests.hw.rtl.test_writable_tables import UNITS, unit_model

IDMA, ODMA = 0x0000, 0x1000
CASE = UNITS[0]
#: Pixels of a frame, channels in and out, one byte each.
PIXELS, IN, OUT = 6, 8, 4


def design_of(folder, writable=1):
    """Stitched accelerator of one unit, and its model."""
    model = unit_model(CASE, 1, writable)
    return stitch([model], folder, "unit"), model


def two_clocks(board):
    """The board with two clocks that are one, so that what is between them acts."""
    path = board.folder / f"{board.top}.sv"
    text = path.read_text().replace("  input  logic acc_clk_i,\n", "", 1)
    head, rest = text.split(");\n", 1)
    wire = "  logic acc_clk_i;\n  assign acc_clk_i = clk_i;\n"
    path.write_text(f"{head});\n{wire}{rest}")
    return board


@pytest.fixture(scope="module", params=[False, True], ids=["one clock", "two clocks"])
def host(request, tmp_path_factory):
    """Simulator of the board, the accelerator's model, and the words of other weights."""
    folder = tmp_path_factory.mktemp("load")
    design, model = design_of(folder / "rtl")
    other = unit_model(CASE, 50)
    node, mine = other.graph.node[0], model.graph.node[0]
    node.name, node.op_type, node.domain = mine.name, mine.op_type, mine.domain
    board = write(design, folder / "board", build_id=7, separate_clock=request.param)
    board = two_clocks(board) if request.param else board
    simulator = build_board(board, cache_dir=CACHE, optimize="-O0")
    return simulator, model, other, load_words([other], design)


class Board:
    """A simulated board with one frame in memory."""

    def __init__(self, simulator):
        self.board = SimulatedBoard(simulator, memory_bytes=1 << 16, stall=0.3, latency=(2, 40))
        rng = np.random.default_rng(3)
        self.frame = rng.integers(0, 4, (1, 2, 3, IN))
        self.source, self.result = (
            self.board.allocate(PIXELS * IN),
            self.board.allocate(PIXELS * OUT),
        )
        self.board.write_memory(self.source, self.frame.astype(np.uint8).tobytes())
        self.block = DmaBlock(SimulatedBus(self.board, 100.0), "idma0")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            assert self.board.violations == (0, "")
        self.board.close()

    def start(self, base, place):
        for offset, value in ((reg.ADDR_LO, place), (reg.COUNT, 1), (reg.CTRL, reg.CTRL_START)):
            self.board.write(base + offset, value)

    def finish(self):
        while not self.board.read(ODMA + reg.CTRL) & reg.CTRL_IDLE:
            self.board.run(200)
        data = np.frombuffer(self.board.read_memory(self.result, PIXELS * OUT), np.uint8)
        return data.reshape(1, 2, 3, OUT).astype(np.int64)

    def run(self):
        self.start(IDMA, self.source)
        self.start(ODMA, self.result)
        return self.finish()

    def status(self):
        return self.board.read(IDMA + reg.LOAD_STATUS)


def reference(model, frame):
    op = operator_of(model.graph.node[0])
    names = list(model.graph.node[0].input)[1:]
    return op.reference(frame, *(model.get_initializer(n).astype(np.int64) for n in names))


def test_words_are_written_between_frames(host):
    simulator, model, other, words = host
    with Board(simulator) as board:
        assert board.status() == reg.LOAD_STATUS_PRESENT
        assert np.array_equal(board.run(), reference(model, board.frame))
        assert write_words(board.block, words) == len(words)
        assert np.array_equal(board.run(), reference(other, board.frame))


def test_while_a_frame_is_inside_nothing_is_written(host):
    """The frame goes in, and no transfer takes it out: the weights stay what they were."""
    simulator, model, _, words = host
    with Board(simulator) as board:
        board.start(IDMA, board.source)
        board.board.run(2000)
        assert board.status() == reg.LOAD_STATUS_PRESENT | reg.LOAD_STATUS_BLOCKED
        with pytest.raises(AcceleratorError, match="a frame is inside the accelerator"):
            write_words(board.block, words)
        for address, word in words:
            board.board.write(IDMA + reg.LOAD_ADDRESS, address)
            board.board.write(IDMA + reg.LOAD_DATA, word)
        assert board.status() & reg.LOAD_STATUS_REFUSED
        board.start(ODMA, board.result)
        assert np.array_equal(board.finish(), reference(model, board.frame))
        board.board.write(IDMA + reg.LOAD_STATUS, reg.LOAD_STATUS_REFUSED)
        assert board.status() == reg.LOAD_STATUS_PRESENT


def test_a_reset_keeps_the_weights_and_lets_them_be_written(host):
    simulator, _, other, words = host
    with Board(simulator) as board:
        board.start(IDMA, board.source)
        board.board.run(2000)
        board.board.write(IDMA + reg.RESET, 1)
        board.board.run(200)
        assert board.status() == reg.LOAD_STATUS_PRESENT
        write_words(board.block, words)
        board.board.write(IDMA + reg.RESET, 1)
        board.board.run(200)
        assert np.array_equal(board.run(), reference(other, board.frame))


def test_a_word_that_was_not_fetched_is_refused(host):
    simulator, *_ = host
    with Board(simulator) as board:
        board.board.write(IDMA + reg.LOAD_DATA, 1)
        board.board.run(50)
        board.board.read(IDMA + reg.LOAD_DATA)
        assert board.status() & reg.LOAD_STATUS_REFUSED
        assert board.board.read(IDMA + reg.LOAD_ADDRESS) == 1
        with pytest.raises(AcceleratorError, match="word 4096 of the weights reads 0x00000000"):
            write_words(board.block, [(4096, 9)])


@pytest.mark.parametrize("separate_clock", [False, True])
def test_verilator_has_no_complaint(tmp_path, separate_clock):
    """About the shell; test_lint looks at the accelerator's modules."""
    design, _ = design_of(tmp_path / "rtl")
    board = write(design, tmp_path / "board", build_id=1, separate_clock=separate_clock)
    name = f"{design.top}_shell"
    if not separate_clock:
        assert (board.folder / f"{name}.sv").read_text() == shell_text(design, build_id=1)
    sources = [*(path.name for path in shell_sources(load=True)), f"{name}.sv"]
    verilator = find_verilator()
    done = subprocess.run(
        verilator.command(["--lint-only", "-Wall", "--top-module", name, *sources]),
        env=verilator.environment(), cwd=board.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "%Warning" not in done.stderr, done.stderr


def test_constants_say_so(tmp_path):
    design, _ = design_of(tmp_path / "rtl", writable=0)
    board = write(design, tmp_path / "board", build_id=7)
    simulator = build_board(board, cache_dir=CACHE, optimize="-O0")
    with Board(simulator) as host:
        assert host.status() == 0
        with pytest.raises(AcceleratorError, match="are constants of the hardware"):
            write_words(host.block, [(0, 1)])


def test_a_serial_shell_is_refused(tmp_path):
    design, _ = design_of(tmp_path / "rtl")
    with pytest.raises(HardwareError, match=r"node .* the serial shell has no way to the load bus"):
        write_serial(design, tmp_path / "serial", Line(Fraction(25_000_000)), 1)
