"""Reports of Vitis HLS on one top level: latency, interval, resources, co-simulation.

Read are ``sol1/syn/report/<top>_csynth.xml`` and ``sol1/sim/report/<top>_cosim.rpt`` (the formats
of 2020.2 to 2025). All figures are the tool's own; resources are its estimates before synthesis.
"""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.tools.tcl import FAILED, FINISHED

PASSED, FAILED_STATUS, NOT_RUN = "passed", "failed", "not run"
#: Tags of csynth.xml; DSP was DSP48E in old versions.
RESOURCES = {
    "LUT": ("LUT",),
    "FF": ("FF",),
    "DSP": ("DSP", "DSP48E"),
    "BRAM_18K": ("BRAM_18K",),
    "URAM": ("URAM",),
}


def read_csynth(path: Path) -> dict[str, Any]:
    """Figures of a csynth.xml; None where the tool could not tell ("undef")."""
    try:
        root = ET.parse(path).getroot()
    except (OSError, ET.ParseError) as error:
        raise HardwareError(f"{path}: not a report of Vitis HLS ({error})") from error

    def text(*tags: str) -> str:
        found = (root.findtext(tag) for tag in tags)
        return next((t.strip() for t in found if t is not None), "")

    overall = "PerformanceEstimates/SummaryOfOverallLatency"
    timing = "PerformanceEstimates/SummaryOfTimingAnalysis/EstimatedClockPeriod"
    if root.find(overall) is None or root.find("AreaEstimates/Resources") is None:
        raise HardwareError(f"{path}: not a report of Vitis HLS (no latency or resources in it)")
    areas = {
        name: _number(text(*(f"AreaEstimates/Resources/{tag}" for tag in tags)))
        for name, tags in RESOURCES.items()
    }
    return {
        "version": text("ReportVersion/Version"),
        "part": text("UserAssignments/Part"),
        "estimated_clock_ns": _real(text(timing)),
        "latency_clocks": _pair(
            text(f"{overall}/Best-caseLatency"), text(f"{overall}/Worst-caseLatency")
        ),
        "interval_clocks": _pair(text(f"{overall}/Interval-min"), text(f"{overall}/Interval-max")),
        "resources": areas,
    }


def read_cosim(path: Path) -> tuple[str, list[int] | None]:
    """("pass" or "fail", [least, greatest latency]) of a <top>_cosim.rpt's line on Verilog."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HardwareError(f"{path}: no report of a co-simulation ({error})") from error
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 5 and cells[0] == "Verilog":
            verdict = "pass" if cells[1].lower() == "pass" else "fail"
            return verdict, _pair(cells[2], cells[4])
    raise HardwareError(f"{path}: no report of a co-simulation (no line on Verilog in it)")


def read_unit(folder: Path, top: str, digest: str, trips: int) -> dict[str, Any]:
    """Entry of report/hls_synth.json for the top level whose script lies in folder.

    digest: of the sources at hand; what ran for other sources was not run for these.
    """
    entry: dict[str, Any] = {
        "status": NOT_RUN,
        "message": "",
        "version": "",
        "latency_clocks": None,
        "interval_clocks": None,
        "estimated_clock_ns": None,
        "resources": None,
        "cosim": NOT_RUN,
        "cosim_latency_clocks": None,
        "expected_trips": trips,
        "ip": "",
    }
    failed = _lines(folder / FAILED)
    if failed[:1] == [digest]:
        said = failed[1] if failed[1:] else "no reason given"
        verdict = "fail" if said.startswith("cosim:") else NOT_RUN
        return entry | {"status": FAILED_STATUS, "message": said, "cosim": verdict}
    if _lines(folder / FINISHED) != [digest]:
        return entry
    solution = folder / f"project_{top}" / "sol1"
    try:
        figures = read_csynth(solution / "syn" / "report" / f"{top}_csynth.xml")
        verdict, latency = read_cosim(solution / "sim" / "report" / f"{top}_cosim.rpt")
    except HardwareError as error:
        return entry | {"status": FAILED_STATUS, "message": str(error)}
    figures.pop("part")
    entry |= figures | {"cosim": verdict, "cosim_latency_clocks": latency}
    ip = solution / "impl" / "ip"
    if verdict != "pass":
        return entry | {"status": FAILED_STATUS, "message": "cosim: the RTL's beats differ"}
    if not (ip / "component.xml").is_file():
        return entry | {"status": FAILED_STATUS, "message": "export: sol1/impl/ip holds no IP"}
    return entry | {"status": PASSED, "ip": str(ip.relative_to(folder))}


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace", encoding="utf-8").splitlines() if path.is_file() else []


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _real(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _pair(low: str, high: str) -> list[int] | None:
    numbers = (_number(low), _number(high))
    return [n for n in numbers if n is not None] if None not in numbers else None
