"""Placing and routing with nextpnr-xilinx: one seed, or the best of several."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.tools.openxc7 import NEXTPNR, OpenTools
from hw.tools.process import call

#: What nextpnr says of a clock, an estimate after placement and the figure after routing.
_FREQUENCY = re.compile(r"Max frequency for clock\s+'([^']+)':\s+([\d.]+) MHz")


@dataclass(frozen=True)
class Routed:
    """A routed design. mhz: its slowest clock, by nextpnr's delays. seed: of the placement."""

    fasm: Path
    mhz: float
    seed: int


def route_best(
    folder: Path,
    top: str,
    tools: OpenTools,
    mhz: float,
    seeds: Sequence[int],
    line: Callable[[str], None] | None = None,
    done: Callable[[int, str], None] | None = None,
) -> Routed:
    """Place and route ``<top>.json`` of folder once for each seed; the fastest is kept.

    It is ``<top>.fasm``. Logs: ``<top>.seed-<n>.log``. line: is given every line that nextpnr
    says. done: is told of each seed what came of it. A seed that does not route is passed over,
    unless all are such. Raises HardwareError with the first seed's reason then.
    """
    fasm = folder / f"{top}.fasm"
    fasm.unlink(missing_ok=True)
    best: Routed | None = None
    first: HardwareError | None = None
    for seed in seeds:
        try:
            found = route(folder, top, tools, mhz, seed, line)
        except HardwareError as error:
            first = first or error
            if done is not None:
                done(seed, str(error))
            continue
        if done is not None:
            done(seed, f"{found.mhz:g} MHz")
        if best is None or found.mhz > best.mhz:
            os.replace(found.fasm, fasm)
            best = Routed(fasm, found.mhz, seed)
        else:
            found.fasm.unlink()
    if best is None:
        raise first or HardwareError("no seed to place with")
    return best


def route(
    folder: Path,
    top: str,
    tools: OpenTools,
    mhz: float,
    seed: int,
    line: Callable[[str], None] | None = None,
) -> Routed:
    """Place and route ``<top>.json`` of folder with one seed, into ``<top>.seed-<n>.fasm``.

    mhz: the clock that nextpnr is asked for. One that is missed is no error here: see
    ``Routed.mhz``. Raises HardwareError where nextpnr fails, or names no clock.
    """
    part, whole = (folder / f"{top}.seed-{seed}.{end}fasm" for end in ("part.", ""))
    whole.unlink(missing_ok=True)
    log = folder / f"{top}.seed-{seed}.log"
    # no pins: everything is the processing system's
    (folder / f"{top}.xdc").write_text("", encoding="utf-8")
    command = [
        *(tools.nextpnr, "--chipdb", str(tools.chipdb), "--xdc", f"{top}.xdc"),
        *("--json", f"{top}.json", "--fasm", part.name),
        *("--freq", f"{mhz:g}", "--seed", str(seed), "--timing-allow-fail"),
    ]
    try:
        said = _logged(command, folder, log, line)
        # the last line of a clock is that after routing
        clocks = {clock: float(value) for clock, value in _FREQUENCY.findall(said)}
        if not clocks or not part.is_file():
            raise HardwareError(f"{log}: no routed design with a frequency")
        os.replace(part, whole)
    finally:
        part.unlink(missing_ok=True)
    return Routed(whole, min(clocks.values()), seed)


def _logged(command: list[str], folder: Path, log: Path, line: Callable[[str], None] | None) -> str:
    """Run nextpnr; all that it says, which the file log is given line by line."""
    with log.open("w", encoding="utf-8") as file:

        def tell(text: str) -> None:
            file.write(text)
            file.flush()
            if line is not None:
                line(text)

        try:
            done = call(command, folder, tell)
        except OSError as error:
            raise HardwareError(f"{command[0]}: cannot be run: {error.strerror}") from error
    if done.returncode:
        lines = done.stdout.strip().splitlines() or ["no message"]
        errors = [text for text in lines if text.startswith("ERROR")]
        raise HardwareError(
            f"{NEXTPNR} ended with status {done.returncode}: {(errors or lines[-1:])[0]} "
            f"(log: {log})"
        )
    return done.stdout
