"""The end of a demonstration: what agreed, how fast it is, where to look."""

from pathlib import Path

from flows.build.build import Build
from flows.report.levels import FAILED, PASSED, levels, read_simulation


def summary(build: Build, found: str, report: Path, log: Path) -> str:
    """Lines for the terminal.

    found: what detection said. report, log: where the page lies, and all that was printed.
    """
    compared = [level for level in levels(build) if level.status in (PASSED, FAILED)]
    widest = max([len(level.name) for level in compared], default=0)
    lines = ["", "what agreed, integer by integer"]
    for level in compared:
        mark = "" if level.status == PASSED else "DIFFERS: "
        lines.append(f"  {level.name:{widest}}  {mark}{level.detail}")
    lines += [*_speed(build), "what was found", f"  {found}", "where to look"]
    lines += [f"  the report    {report}", f"  all output    {log}"]
    return "\n".join(lines)


def _speed(build: Build) -> list[str]:
    """How fast the simulated accelerator is; nothing where it was not simulated."""
    simulation, _ = read_simulation(build)
    if simulation is None:
        return []
    clock = build.config.clock_ns
    rate = 1e9 / clock / simulation.clocks_per_frame
    latency = simulation.latency_clocks * clock / 1e6
    return [
        "how fast, by the simulated RTL",
        f"  {simulation.clocks_per_frame:,} clocks a frame: {rate:.1f} frames/s at "
        f"{1e3 / clock:g} MHz",
        f"  {simulation.latency_clocks:,} clocks ({latency:.2f} ms) from a frame's first pixel to "
        "its last result",
    ]
