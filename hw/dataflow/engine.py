"""Running the model: machines and links to clocks, by a small compiled program (``engine.cpp``)."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from hw.dataflow.machines import Link, Machine
from hw.errors import HardwareError
from hw.tools.cache import ToolCache, content_key
from hw.tools.compiler import find_compiler
from hw.tools.process import call

_SOURCES = tuple(Path(__file__).with_name(name) for name in ("engine.cpp", "steps.hpp"))
#: C++ standard and level of optimization.
_FLAGS = ("-std=c++17", "-O2")
_PROGRAM = "timing"


@dataclass(frozen=True)
class Times:
    """Clocks of a run. first, last: of each machine, its first and last step in each frame.

    fills: the most beats that each link held (0 where it was not watched). stuck: machines that
    stood still before the last frame was done. frames: how many were run.
    """

    first: list[list[int]]
    last: list[list[int]]
    fills: list[int]
    stuck: list[int]
    frames: int


@dataclass(frozen=True)
class Until:
    """When a run has settled: every machine's last two frames took as long as each other, and a
    frame of each of the outputs (sinks: machines) as long as the slowest machine's.

    frames: after how many it is looked first, then after twice as many, and so on. most: no
    further number is tried from that on. strict: all machines' frames have to take as long.
    skips: frames that are all alike are not run one by one; the result is the same. limit: it ends
    sooner where the interval at the outputs will never come down to so many clocks; 0: none.
    """

    frames: int
    most: int
    sinks: tuple[int, ...] = ()
    strict: bool = True
    skips: bool = True
    limit: int = 0


def run(
    machines: Sequence[Machine],
    links: Sequence[Link],
    frames: int | Until,
    ends: Sequence[tuple[int, int]] | None = None,
) -> Times:
    """Clocks of frames through machines and the links between them.

    frames: so many, or until they have settled. ends: of each link the machine that gives to it and
    the one that takes from it; default: a chain, links[i] between machines[i] and machines[i + 1].
    """
    if ends is None:
        ends = list(pairwise(range(len(machines))))
    if isinstance(frames, int):
        frames = Until(frames, most=frames, skips=False)
    words = [frames.frames, frames.most, int(frames.strict), int(frames.skips)]
    words += [frames.limit, len(machines), len(links), len(frames.sinks), *frames.sinks]
    for machine in machines:
        words += [int(machine.always), len(machine.program)]
        for repeat, segments in machine.program:
            words += [repeat, len(segments)]
            for s in segments:
                words += [s.count, s.need, s.frees, s.gives, s.gap, s.port, len(s.also)]
                words += [word for take in s.also for word in take]
    for link, pair in zip(links, ends, strict=True):
        words += [link.capacity, link.forth, link.back, int(link.watched), *pair]
    done = subprocess.run(
        [str(_engine())],
        input=" ".join(map(str, words)),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise HardwareError(f"the timing model ended with status {done.returncode}")
    (count,), *rows = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    clocks = rows[: len(machines)]
    return Times(
        first=[row[1::2] for row in clocks],
        last=[row[2::2] for row in clocks],
        fills=[row[0] for row in rows[len(machines) :]],
        stuck=[index for index, row in enumerate(clocks) if row[0] < count],
        frames=count,
    )


@cache
def _engine() -> Path:
    """The compiled program: beside the environment, or where temporary files go."""
    compiler = find_compiler()
    sources = [source.read_text(encoding="utf-8") for source in _SOURCES]
    text = (compiler.command, compiler.version, *_FLAGS, *sources)
    name = f"timing-{content_key(*text)}"

    def make(work: Path) -> None:
        command = [compiler.command, *_FLAGS, str(_SOURCES[0]), "-o", str(work / _PROGRAM)]
        done = call(command)
        if done.returncode:
            raise HardwareError(f"the timing model does not compile: {done.stdout.strip()}")

    for place in (Path(sys.prefix) / "timing-cache", None):
        try:
            cache = ToolCache(place or Path(tempfile.mkdtemp(prefix="timing-")))
            return cache.made(name, _PROGRAM, make)[0] / _PROGRAM
        except OSError:
            continue
    raise HardwareError("the timing model has no folder to be compiled in")
