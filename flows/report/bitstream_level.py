"""The levels behind synthesis: place and route, bitstream, simulated board, the board itself."""

from dataclasses import dataclass

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.files import sha256
from flows.report.level import FAILED, NOT_RUN, PASSED, VITIS, Level
from flows.run.bitstream_ways import OPEN_FAMILY, ZYNQ_FAMILIES
from flows.run.board import other_shell
from hw.stitch import hls_nodes, needs_vitis

NOT_VERIFIED = "not verified: nobody has run this build on a board"
BY_SSH = "python -m flows deploy --host user@address"
BY_LINE = (
    "python -m flows deploy, then python3 -m dupnet_driver validate --serial PORT in its folder; "
    "no result is kept here"
)


#: What the last level needs.
BOARD = "the board"
#: Family of parts -> the tools for their bitstreams that are no packages of PyPI.
_TOOLS = dict.fromkeys(ZYNQ_FAMILIES, "Vivado") | {OPEN_FAMILY: "Vivado, or openXC7's tools"}
_ROUTED = ("Place and route", "timing at the clock")
_MADE = ("Bitstream", "the file for the board")


@dataclass(frozen=True)
class Bitstream:
    """report/bitstream.json. fmax_mhz, slack_ns: None where the tool does not say."""

    way: str
    tools: list[str]
    device: str
    clock_mhz: float
    fmax_mhz: float | None
    slack_ns: float | None
    timing_met: bool
    bitfile: str
    sha256: str
    used: dict[str, int]
    available: dict[str, int]


@dataclass(frozen=True)
class Run:
    """report/board_sim.json and report/on_board.json. board, sha256: empty for a simulated one."""

    frames: int
    faults: list[str]
    board: str = ""
    sha256: str = ""  # of the bitfile


def board_levels(build: Build) -> list[Level]:
    """Place and route, bitstream, simulated board, hardware."""
    return [*_bitstream_levels(build), _simulated(build), _hardware(build)]


def _bitstream_levels(build: Build) -> list[Level]:
    found, reason = build.results.read_current(
        ResultName.BITSTREAM, StepName.GENERATE_RTL, Bitstream
    )
    needs = _TOOLS.get(build.device.family, "")
    if found is None:
        otherwise = reason or "python -m flows bitstream"
        return [
            Level(name, what, NOT_RUN, otherwise, needs=needs) for name, what in (_ROUTED, _MADE)
        ]
    tools = ", ".join(found.tools)
    path = build.folder / found.bitfile
    detail = f"{found.device} at {found.clock_mhz:g} MHz: {_timing(found)}; by {tools}"
    status = PASSED if found.timing_met else FAILED
    if not path.is_file():
        file = (NOT_RUN, f"{found.bitfile} is missing though a report of it is there")
    elif sha256(path) != found.sha256:
        file = (FAILED, f"{found.bitfile} is not the file that bitstream.json is about")
    else:
        file = (PASSED, f"{found.bitfile}, {path.stat().st_size:,} bytes, by {tools}")
    return [Level(*_ROUTED, status, detail, needs=needs), Level(*_MADE, *file, needs=needs)]


def _timing(found: Bitstream) -> str:
    verdict = "timing met" if found.timing_met else "timing NOT met"
    said = []
    if found.fmax_mhz is not None:
        said.append(f"{found.fmax_mhz:.1f} MHz reached")
    if found.slack_ns is not None:
        said.append(f"worst slack {found.slack_ns:.3f} ns")
    said += [
        f"{count:,} of {found.available[name]:,} {name}"
        for name, count in found.used.items()
        if name in found.available and count
    ]
    return ", ".join([verdict, *said])


def without_rtl(build: Build) -> str:
    """Why there is no RTL to simulate: it has to be made of HLS C++ first; "" where there is."""
    nodes = hls_nodes(build.model(StepName.GENERATE_RTL))
    return needs_vitis(nodes) if nodes and not build.paths.rtl.is_dir() else ""


def _simulated(build: Build) -> Level:
    name, what = "Simulated board", "driver, shell and accelerator, from frame to boxes"
    if other := other_shell(build):
        return Level(name, what, NOT_RUN, other, needs="a board with the DMA shell")
    found, reason = build.results.read_current(ResultName.BOARD_SIM, StepName.GENERATE_RTL, Run)
    if found is None:
        lacking = without_rtl(build)
        otherwise = reason or lacking or "python -m flows board-sim"
        return Level(name, what, NOT_RUN, otherwise, needs=VITIS if lacking else "")
    if found.faults:
        return Level(name, what, FAILED, found.faults[0])
    if found.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame")
    return Level(name, what, PASSED, f"{found.frames} frame(s), integers and boxes equal")


def _hardware(build: Build) -> Level:
    name, what = "Hardware", "the board's integers against the emulator's"
    found, reason = build.results.read_current(ResultName.ON_BOARD, StepName.GENERATE_RTL, Run)
    if found is None:
        way = BY_SSH if build.device.family in ZYNQ_FAMILIES else BY_LINE
        return Level(name, what, NOT_RUN, reason or f"{NOT_VERIFIED} ({way})", needs=BOARD)
    bitfile = build.paths.bitfile
    if not bitfile.is_file() or sha256(bitfile) != found.sha256:
        other = "on_board.json is of another bitfile than the one here"
        return Level(name, what, NOT_RUN, other, needs=BOARD)
    if found.faults:
        return Level(name, what, FAILED, f"{found.board}: {found.faults[0]}", needs=BOARD)
    if found.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame", needs=BOARD)
    detail = f"{found.board}: {found.frames} frames, all integers equal"
    return Level(name, what, PASSED, detail, needs=BOARD)
