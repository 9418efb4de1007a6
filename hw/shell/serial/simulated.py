"""A simulated board on a serial line: the Verilated top level between two UARTs in software.

``SimulatedLine`` has what the driver's serial back-end needs of a port: ``read``, ``write``,
``now``, ``close``. Time is the simulation's: the clock only runs while somebody reads.
"""

import struct
import subprocess
from pathlib import Path
from types import TracebackType

from hw.errors import HardwareError
from hw.shell.serial.top import Line
from hw.sim.design import Design
from hw.sim.verilate import build

_HARNESS = Path(__file__).resolve().parent / "line.cpp"
#: Bits of a byte on the line.
_BYTE_BITS = 10


class SimulatedLine:
    """The host's end of the line to a simulated board.

    design: a serial top level of ``hw.shell.serial.top.write``. mismatch: how much longer the
    host's bits are than the board's (0.02: 2 %). noise: probability that a bit on the line is
    inverted, either way. timeout: seconds of the board's clock that ``read`` waits.
    """

    def __init__(
        self,
        design: Design,
        line: Line,
        *,
        mismatch: float = 0.0,
        noise: float = 0.0,
        seed: int = 1,
        timeout: float = 0.01,
        cache_dir: Path | None = None,
    ) -> None:
        simulator = build(design, cache_dir=cache_dir, optimize="-O1", harness=(_HARNESS,))
        self.timeout = timeout
        self._hz = float(line.clock)
        self._clock = 0
        self._held = b""
        period = line.bit_time / 256 * (1 + mismatch)
        self._process = subprocess.Popen(
            [simulator.exe, str(period), str(noise), str(seed)],
            cwd=design.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        #: Seconds that a byte takes on the line.
        self.byte_seconds = _BYTE_BITS * period / self._hz

    def write(self, data: bytes) -> int:
        """Queue bytes for the board."""
        self._send(b"W" + struct.pack("<I", len(data)) + bytes(data))
        return len(data)

    def read(self, size: int = 1) -> bytes:
        """Up to size bytes from the board; none if nothing comes within the time-out."""
        if not self._held:
            self._send(b"R" + struct.pack("<Q", max(1, int(self.timeout * self._hz))))
            self._held = self._answer()
        found, self._held = self._held[:size], self._held[size:]
        return found

    def reset_board(self) -> None:
        """Pull the board's reset, as its button does."""
        self._send(b"X")
        self._held += self._answer()

    def now(self) -> float:
        """Seconds on the board's clock."""
        return self._clock / self._hz

    @property
    def clocks(self) -> int:
        """Clocks since the start."""
        return self._clock

    def close(self) -> None:
        """End the simulation."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()

    def __enter__(self) -> "SimulatedLine":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, message: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(message)
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise HardwareError("the simulated board has ended") from error

    def _answer(self) -> bytes:
        assert self._process.stdout is not None
        head = self._process.stdout.read(12)
        if len(head) < 12:
            raise HardwareError("the simulated board has ended")
        self._clock, size = struct.unpack("<QI", head)
        return self._process.stdout.read(size)
