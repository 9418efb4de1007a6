"""A simulated board: the Verilated DMA shell with its accelerator, beside a memory.

What a processor on the board can do, this class can: read and write registers, allocate memory,
let time pass, see the interrupt. ``hw/driver`` runs on it by way of ``board_bus``; a program
written from docs/registers.md alone needs nothing else:

    board = SimulatedBoard(build_board(design))
    source = board.allocate(frame_bytes)
    board.write_memory(source, frame.tobytes())
    board.write(0x0010, source)              # ADDR_LO of idma0; odma0's registers begin at 0x1000
    ...
    while not board.read(0x1000) & 2:        # CTRL of odma0: done
        board.run(1000)

The bus is as unkind as wished: random latencies and pauses on every channel, faulty ranges.
``violations`` counts what the shell does against AXI's rules.
"""

import contextlib
import re
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from hw.errors import HardwareError
from hw.files import READER
from hw.sim.design import Design
from hw.sim.verilate import Progress, Simulator, build

_HERE = Path(__file__).resolve().parent
_HARNESS = tuple(
    _HERE / f"board{part}" for part in (".cpp", "_axi.hpp", "_memory.hpp", "_video.hpp")
)
_PORT = re.compile(r"\binput  logic m_axi_gmem(\d+)([a-z]?)_(ar|aw)ready\b")
_VIDEO = re.compile(r"\binput  logic \[(\d+):0\] s_axis_video_tdata\b")
#: Addresses of the memory; what allocate gives begins at a page.
MEMORY_BASE, MEMORY_BYTES, PAGE = 0x1000_0000, 16 << 20, 4096
OKAY, SLVERR, DECERR, NO_ANSWER = 0, 2, 3, 0xFF
_RESPONSES = {SLVERR: "SLVERR", DECERR: "DECERR", NO_ANSWER: "nothing within 4096 clocks"}


def build_board(
    design: Design,
    *,
    cache_dir: Path | None = None,
    waves: bool = False,
    optimize: str = "-O2",
    progress: Progress = lambda _: None,
) -> Simulator:
    """Simulator of a board top (``hw.shell.board_top``); the arguments are those of ``build``."""
    return build(
        design,
        cache_dir=cache_dir,
        waves=waves,
        optimize=optimize,
        progress=progress,
        harness=_HARNESS,
        made={"board_ports.h": _port_list(design)},
    )


def _port_list(design: Design) -> str:
    """C++ that lists the board's ports to the memory, by what its top level's text has."""
    text = READER.text(design.folder / f"{design.top}.sv", "write the board again")
    found = sorted({(int(number), which, kind) for number, which, kind in _PORT.findall(text)})
    if not found:
        raise HardwareError(f"design {design.top}: has no port to a memory; expected a board's top")
    lists = (
        (name, [f"X({number}{which})" for number, which, kind in found if kind == way])
        for name, way in (("READERS", "ar"), ("WRITERS", "aw"))
    )
    made = "".join(f"#define {name}(X) {' '.join(ports)}\n" for name, ports in lists)
    if video := _VIDEO.search(text):
        made += f"#define VIDEO_BYTES {(int(video[1]) + 1) // 8}\n"
    return made


class SimulatedBoard:
    """A running simulation. A context manager: leaving it ends the simulation.

    Args:
        simulator: of ``build_board``.
        memory_bytes: size of the memory at MEMORY_BASE; its contents begin as noise.
        stall: probability that a channel of the memory bus pauses in a clock.
        latency: clocks (least, most) from a request to its answer.
        burst_beats: longest burst that the bus allows (16: AXI3).
        seed: of everything random.
        waves: FST file to write; the simulator has to be built with waves.
    """

    def __init__(
        self,
        simulator: Simulator,
        *,
        memory_bytes: int = MEMORY_BYTES,
        stall: float = 0.0,
        latency: tuple[int, int] = (8, 8),
        burst_beats: int = 16,
        seed: int = 0,
        waves: Path | None = None,
    ) -> None:
        if not 0 <= stall < 1 or not 0 < latency[0] <= latency[1]:
            raise HardwareError(
                f"stall {stall}, latency {latency}: expected 0 <= stall < 1, 0 < a <= b"
            )
        if waves is not None and not simulator.waves:
            raise HardwareError("this simulator was built without waves: build_board(waves=True)")
        options = {
            "base": MEMORY_BASE,
            "size": memory_bytes,
            "stall": stall,
            "latency": latency[0],
            "jitter": latency[1] - latency[0],
            "burst": burst_beats,
            "seed": seed,
            "waves": waves.resolve() if waves else "",
        }
        self.simulator = simulator
        self._free = [(MEMORY_BASE, memory_bytes)]
        self._taken: dict[int, int] = {}
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._process = subprocess.Popen(
            [str(simulator.exe.resolve()), *(f"{key}={value}" for key, value in options.items())],
            cwd=simulator.design.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    # --- registers ----------------------------------------------------------------------------

    def read(self, address: int) -> int:
        """Value of the 32-bit register at a byte address; HardwareError where the bus refuses."""
        value, response = struct.unpack("<II", self._ask(struct.pack("<cI", b"R", address), 8))
        _check(response, "read", address)
        return int(value)

    def write(self, address: int, value: int) -> None:
        """Write the 32-bit register at a byte address."""
        (response,) = struct.unpack("<I", self._ask(struct.pack("<cII", b"W", address, value), 4))
        _check(response, "write", address)

    # --- memory -------------------------------------------------------------------------------

    def allocate(self, size: int, align: int = PAGE) -> int:
        """Address of so many bytes of memory that nobody else has."""
        for index, (base, room) in enumerate(self._free):
            address = -(-base // align) * align
            if size >= 1 and address + size <= base + room:
                rest = [(base, address - base), (address + size, base + room - address - size)]
                self._free[index : index + 1] = [piece for piece in rest if piece[1]]
                self._taken[address] = size
                return address
        raise HardwareError(f"the simulated board has no {size} bytes of memory left")

    def free(self, address: int) -> None:
        """Give back what ``allocate`` gave."""
        self._free.append((address, self._taken.pop(address)))
        merged: list[tuple[int, int]] = []
        for base, room in sorted(self._free):
            if merged and merged[-1][0] + merged[-1][1] == base:
                merged[-1] = (merged[-1][0], merged[-1][1] + room)
            else:
                merged.append((base, room))
        self._free = merged

    def send_video(self, beats: Sequence[tuple[bytes, bool, bool]], again: int = 0) -> None:
        """Queue beats of the video stream: data, start of frame, end of line.

        again: 0: behind those that are queued; 1: in their place, from now on again and again; 2:
        in their place, once. HardwareError of a board without a video stream, or where a beat is
        not of its width.
        """
        size = len(beats[0][0]) if beats else 0
        packed = b"".join(bytes([user | last << 1]) + data for data, user, last in beats)
        if len(packed) != len(beats) * (size + 1):
            raise HardwareError("beats of a video stream are of several widths; expected one")
        request = struct.pack("<cBII", b"V", again, len(beats), size) + packed
        (taken,) = struct.unpack("<I", self._ask(request, 4))
        if taken != len(beats):
            raise HardwareError(f"the simulated board has no video stream of {size} bytes a beat")

    @property
    def video(self) -> tuple[int, int]:
        """Beats of the video stream that were taken, and that are queued."""
        sent, left = struct.unpack("<QQ", self._ask(b"v", 16))
        return sent, left

    def read_memory(self, address: int, size: int) -> bytes:
        """Bytes of the memory."""
        return self._ask(struct.pack("<cQI", b"m", address, size), size)

    def write_memory(self, address: int, data: bytes) -> None:
        """Put bytes into the memory."""
        self._ask(struct.pack("<cQI", b"M", address, len(data)) + data, 4)

    def fault(self, address: int, size: int, response: int = SLVERR) -> None:
        """Let bursts that touch this range fail; size 0: none any more."""
        self._ask(struct.pack("<cQQI", b"F", address, size, response), 4)

    # --- time ---------------------------------------------------------------------------------

    def run(self, clocks: int, until_interrupt: bool = False, lines: int = 0) -> int:
        """Let clocks pass; returns the clock now.

        At most until an interrupt is raised (until_interrupt), or until all of some are: lines has
        a bit for each, as ``irq_o`` has.
        """
        request = struct.pack("<cQBI", b"T", clocks, until_interrupt, lines)
        (clock,) = struct.unpack("<Q", self._ask(request, 8))
        return int(clock)

    def hard_reset(self) -> None:
        """Pull the reset line for 16 clocks."""
        self._ask(b"Z", 4)

    @property
    def clock(self) -> int:
        """Clocks since the simulation began."""
        return self._status()[0]

    @property
    def interrupt(self) -> bool:
        """Whether an interrupt is raised."""
        return bool(self.interrupts)

    @property
    def interrupts(self) -> int:
        """The interrupts that are raised, a bit for each engine's number."""
        return self._status()[1]

    @property
    def violations(self) -> tuple[int, str]:
        """How often AXI's rules were broken, and the first few cases in words."""
        return self._status()[2:]

    def close(self) -> None:
        """End the simulation."""
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        with contextlib.suppress(BrokenPipeError):
            pipe.close()
        self._process.wait()
        answers.close()
        self._said.close()

    def _status(self) -> tuple[int, int, int, str]:
        clock, interrupt, count, size = struct.unpack("<QIQI", self._ask(b"S", 24))
        return clock, interrupt, count, self._ask(b"", size).decode()

    def _ask(self, request: bytes, size: int) -> bytes:
        """Send a command and return the answer of so many bytes."""
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        if self._said.closed:
            raise HardwareError("the simulated board is closed")
        try:
            if request:
                pipe.write(request)
                pipe.flush()
            answer = answers.read(size)
        except BrokenPipeError:
            answer = b""
        if len(answer) != size:
            status = self._process.wait()
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip()
            said = said or "an access of the host beyond its memory"
            raise HardwareError(f"the simulated board ended with status {status}: {said}")
        return answer


def _check(response: int, what: str, address: int) -> None:
    if response != OKAY:
        text = _RESPONSES.get(response, f"response {response}")
        raise HardwareError(f"{what} of register 0x{address:x}: the bus answered {text}")
