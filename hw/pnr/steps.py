"""One step of a tool in its work folder: its result appears whole, or not at all.

Every result is written under another name, with this process's number, and renamed when it is
whole: a tool that outlives a flow that was killed writes to nothing of the next one's.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from hw.pnr.timing import TimingReport, read_report
from hw.tools.nextpnr import Tool
from hw.tools.yosys import find_yosys


def unfinished(path: Path) -> Path:
    """Path of a result until it is whole. Deletes the result and parts of earlier runs."""
    for old in (path, *path.parent.glob(f"{path.name}.*part")):
        old.unlink(missing_ok=True)
    return path.with_name(f"{path.name}.{os.getpid()}.part")


def synthesize(
    folder: Path,
    top: str,
    script: Callable[[str], str],
    finish: Callable[[Path], object] = lambda part: None,
) -> Path:
    """``<top>.json`` in folder. script: yosys' commands that write the file of a name.

    finish: what is done to that file before it takes its place. HardwareError where yosys fails.
    """
    netlist = folder / f"{top}.json"
    part = unfinished(netlist)
    find_yosys().run(script(part.name), folder)
    finish(part)
    os.replace(part, netlist)
    return netlist


def route(
    tool: Tool,
    folder: Path,
    top: str,
    arguments: Sequence[str],
    result: tuple[str, str],
    line: Callable[[str], None] | None = None,
) -> TimingReport:
    """Place and route ``<top>.json`` of folder by a nextpnr; writes also ``<top>.report.json``.

    arguments: what says the part and the clock. result: the option that names the routed design,
    and the end of that file's name. line: is given every line that nextpnr says, at once.
    A clock that misses its frequency is no error: ``TimingReport.met`` says so. HardwareError where
    nextpnr fails.
    """
    option, end = result
    results = (folder / f"{top}.report.json", folder / f"{top}{end}")
    report, routed = (unfinished(path) for path in results)
    given = ["--json", f"{top}.json", "--top", top, *arguments, option, routed.name]
    tool.run([*given, "--report", report.name, "--timing-allow-fail"], folder, line)
    timing = read_report(report)
    for part, path in zip((report, routed), results, strict=True):
        os.replace(part, path)
    return timing


def pack(tool: Tool, folder: Path, bitstream: str, arguments: Callable[[str], list[str]]) -> Path:
    """The file bitstream in folder. arguments: the tool's, given the name of what it is to write.

    HardwareError where the tool fails.
    """
    path = folder / bitstream
    part = unfinished(path)
    tool.run(arguments(part.name), folder)
    os.replace(part, path)
    return path
