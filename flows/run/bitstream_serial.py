"""The bitstream of a build for a board at a serial line, with tools of PyPI alone.

Work folder ``<build>/bitstream``: the accelerator, its serial shell and the board's top level;
what yosys, nextpnr and the part's packer make of them, and their logs (hw.pnr.family). A step whose
inputs are those of the last time is kept, so that an interrupted run goes on where it was. What is
published (``bitfile/<top>.bit`` or ``.fs``, then report/bitstream.json) is removed first and
written last.
"""

import json
import re
import resource
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from typing_extensions import TypedDict

from flows.build.build import Build
from flows.build.names import ResultName
from flows.errors import FlowError
from flows.files import READER, check_space, sha256, write_text
from flows.run.driver import build_id, load_design
from hw.boards import pin_constraints
from hw.pnr.families import FAMILIES
from hw.pnr.family import Clock, Family, Target
from hw.pnr.timing import TimingReport, read_report
from hw.shell.serial.top import Line, serial_side, write, write_board
from hw.sim.design import MEMORY_SUFFIXES, Design
from hw.tools.cache import content_key
from hw.tools.yosys import find_yosys
from outside.progress import Progress
from outside.whole import write_whole

#: Part of every step's hash; another number makes what was kept void.
FORMAT = "1"
#: What stands before the number of a version.
_NAME = re.compile(r"^(nextpnr-|Version )")
#: Name of the file of pins in the work folder, before its end.
_PINS = "board"


class _Step(TypedDict):
    """A step that was done. key, output: hashes of its inputs and of what it made."""

    key: str
    output: str
    seconds: float
    memory_mb: int


@dataclass
class _Steps:
    """The inputs and the result of each step, kept in ``steps.json`` of the work folder."""

    folder: Path
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def load(self) -> None:
        """Read what is known of an earlier run; nothing where that is unreadable."""
        try:
            found = READER.json(self.folder / "steps.json", dict[str, _Step])
        except FlowError:
            found = {}
        self.kept = {name: dict(entry) for name, entry in found.items()}

    def run(self, name: str, key: str, output: str, work: Callable[[], object]) -> None:
        """Do a step, unless its output is there and was made with this key."""
        path = self.folder / output
        entry = self.kept.get(name, {})
        if entry.get("key") == key and path.is_file() and entry.get("output") == sha256(path):
            print(f"{name}: kept, as made before in {entry['seconds']} s", flush=True)
            return
        print(f"{name} ...", flush=True)
        began = time.monotonic()
        work()
        seconds = round(time.monotonic() - began, 1)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        self.kept[name] = {
            "key": key,
            "output": sha256(path),
            "seconds": seconds,
            "memory_mb": memory,
        }
        write_text(self.folder / "steps.json", json.dumps(self.kept, indent=1) + "\n")
        print(f"{name}: {seconds} s, at most {memory} MB", flush=True)

    def figures(self, name: str) -> dict[str, float]:
        """A figure of every step."""
        return {step: entry[name] for step, entry in self.kept.items()}


def bitstream(build: Build, seed: int = 1) -> Path:
    """Synthesis, placement, routing and bitstream; see flows.run.bitstream.bitstream."""
    accelerator = load_design(build)
    board = build.device
    family = FAMILIES[board.family]
    tools = (find_yosys(), *family.tools())
    versions = [tools[0].version.partition(" (")[0]]
    versions += [f"{t.name} {re.sub(_NAME, '', t.version)}" for t in tools[1:]]
    bitfile = build.paths.bitfile
    folder = build.paths.pnr_bitstream
    check_space(build.folder)
    for path in (bitfile, bitfile.with_suffix(f"{bitfile.suffix}.part")):
        path.unlink(missing_ok=True)
    build.results.remove(ResultName.BITSTREAM)
    pll, line = _clocks(build, family)
    print(f"{', '.join(versions)}; {board.part} at {float(pll.out_mhz):g} MHz", flush=True)
    number = build_id(accelerator)
    design = write_board(write(accelerator, folder, line, number), board, pll)
    pins = f"{_PINS}{family.pins}"
    target = family.target(board.part, float(pll.out_mhz), pins, seed)
    shutil.copyfile(pin_constraints(build.config.board), folder / pins)
    steps = _Steps(folder)
    steps.load()
    _run(steps, design, family, target, versions)
    timing = read_report(folder / f"{design.top}.report.json")
    print("\n".join(_table(timing, family)), flush=True)
    _check(timing, pll, build)
    published = _publish(folder / f"{design.top}{family.bitstream}", bitfile)
    data = {
        "way": family.name,
        "tools": versions,
        "top": design.top,
        "device": build.device.part,
        "clock_mhz": float(pll.out_mhz),
        "fmax_mhz": round(timing.slowest.fmax_mhz, 2),
        "slack_ns": round(1e3 / timing.slowest.wanted_mhz - 1e3 / timing.slowest.fmax_mhz, 3),
        "timing_met": timing.met,
        "bitfile": str(bitfile.relative_to(build.folder)),
        "sha256": published,
        "build_id": number,
        "seed": seed,
        "baud": line.baud,
        "used": timing.used,
        "available": timing.available,
        "seconds": steps.figures("seconds"),
        "memory_mb": steps.figures("memory_mb"),
        "critical_path": timing.slowest.path.as_dict() if timing.slowest.path else None,
    }
    build.results.write(ResultName.BITSTREAM, data)
    seconds = sum(steps.figures("seconds").values())
    memory = max(steps.figures("memory_mb").values())
    print(
        f"bitstream: {bitfile}, {bitfile.stat().st_size:,} bytes; {seconds:.0f} s and {memory} MB "
        "for its steps; not tried on a board"
    )
    return bitfile


def _clocks(build: Build, family: Family) -> tuple[Clock, Line]:
    """The accelerator's clock, no faster than the configuration's, and the line's."""
    oscillator = Fraction(serial_side(build.device).oscillator_mhz)
    pll = family.pll(oscillator, 1000 / Fraction(str(build.config.clock_ns)))
    return pll, Line(pll.out_mhz * 1_000_000)


def _run(
    steps: _Steps, design: Design, family: Family, target: Target, versions: list[str]
) -> None:
    """The three steps, or what of them is not kept."""
    folder, top = design.folder, design.top
    memories = sorted(p.name for p in folder.iterdir() if p.suffix in MEMORY_SUFFIXES)
    files = [*design.sources, *memories]
    inputs = [text for name in files for text in (name, READER.text(folder / name, "build again"))]
    script = family.script(top, design.sources, "netlist")
    steps.run(
        "synthesis",
        _key(versions[0], script, *inputs),
        f"{top}.json",
        lambda: family.synthesize(folder, top, design.sources),
    )
    steps.run(
        "place_and_route",
        _key(
            versions[1],
            *target.arguments(),
            (folder / f"{_PINS}{family.pins}").read_text(encoding="utf-8"),
            sha256(folder / f"{top}.json"),
        ),
        f"{top}{family.routed}",
        lambda: _route(family, folder, top, target),
    )
    steps.run(
        "bitstream",
        _key(versions[2], sha256(folder / f"{top}{family.routed}")),
        f"{top}{family.bitstream}",
        lambda: family.pack(folder, top),
    )


def _route(family: Family, folder: Path, top: str, target: Target) -> None:
    with Progress("nextpnr") as progress:
        family.route(folder, top, target, progress)


def _check(timing: TimingReport, pll: Clock, build: Build) -> None:
    """FlowError where a clock is missed, or the accelerator's was not looked at."""
    wanted = float(pll.out_mhz)
    if not any(abs(clock.wanted_mhz - wanted) < 0.01 * wanted for clock in timing.clocks.values()):
        raise FlowError(f"nextpnr found no clock of {wanted:g} MHz: nothing is known of its timing")
    if not timing.met:
        slow = timing.slowest
        path = f", from {slow.path.source} to {slow.path.sink}" if slow.path else ""
        raise FlowError(
            f"timing is not met: {slow.fmax_mhz:.1f} MHz of {slow.wanted_mhz:.1f} MHz{path}; no "
            f"bitstream was published. Try another --seed, or a larger synth_clk_period_ns than "
            f"{build.config.clock_ns:g}"
        )


def _table(timing: TimingReport, family: Family) -> list[str]:
    """Lines: cells used of those that the part has, clocks reached of those wanted."""
    lines = [
        f"  {name:<14}{timing.used[name]:>8,} of {timing.available[name]:>8,}  "
        f"{100 * timing.used[name] / timing.available[name]:5.1f} %"
        for name in family.cells
        if timing.available.get(name)
    ]
    for name, clock in timing.clocks.items():
        lines.append(f"  clock {name}: {clock.fmax_mhz:.1f} MHz, {clock.wanted_mhz:.1f} MHz wanted")
    return lines


def _publish(made: Path, bitfile: Path) -> str:
    """Copy what was made to its place, whole or not at all; returns its SHA-256."""
    try:
        with made.open("rb") as content:
            write_whole(bitfile, partial(shutil.copyfileobj, content))
    except OSError as error:
        raise FlowError(f"{bitfile}: cannot be written: {error.strerror}") from error
    return sha256(bitfile)


def _key(*texts: str) -> str:
    return content_key(FORMAT, *texts)
