"""The levels behind synthesis: place and route, bitstream, simulated board, the board itself."""

from dataclasses import dataclass
from typing import Any

from flows.config import BuildConfig
from flows.report.level import FAILED, NOT_RUN, PASSED, Level, names, read_result

NOT_VERIFIED = "not verified: nobody has run this build on a board (make deploy HOST=user@address)"


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
    used: dict[str, int]
    available: dict[str, int]


@dataclass(frozen=True)
class Run:
    """report/board_sim.json and report/on_board.json. board: empty for a simulated one."""

    frames: int
    faults: list[str]
    board: str


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _parse_bitstream(data: Any) -> Bitstream:
    return Bitstream(
        way=str(data["way"]),
        tools=names(data["tools"]),
        device=str(data["device"]),
        clock_mhz=float(data["clock_mhz"]),
        fmax_mhz=_number(data["fmax_mhz"]),
        slack_ns=_number(data["slack_ns"]),
        timing_met=bool(data["timing_met"]),
        bitfile=str(data["bitfile"]),
        used={str(name): int(count) for name, count in data["used"].items()},
        available={str(name): int(count) for name, count in data["available"].items()},
    )


def _parse_run(data: Any) -> Run:
    return Run(int(data["frames"]), names(data["faults"]), str(data.get("board", "")))


def board_levels(config: BuildConfig) -> list[Level]:
    """Place and route, bitstream, simulated board, hardware."""
    return [*_bitstream_levels(config), _simulated(config), _hardware(config)]


def _bitstream_levels(config: BuildConfig) -> list[Level]:
    found, reason = read_result(config, "bitstream", "generate_rtl", _parse_bitstream)
    routed = ("Place and route", "timing at the clock")
    made = ("Bitstream", "the file for the board")
    if found is None:
        otherwise = reason or "python -m flows bitstream"
        return [Level(*routed, NOT_RUN, otherwise), Level(*made, NOT_RUN, otherwise)]
    tools = ", ".join(found.tools)
    path = config.output_dir / found.bitfile
    detail = f"{found.device} at {found.clock_mhz:g} MHz: {_timing(found)}; by {tools}"
    status = PASSED if found.timing_met else FAILED
    if not path.is_file():
        file = Level(*made, NOT_RUN, f"{found.bitfile} is missing though a report of it is there")
    else:
        file = Level(*made, PASSED, f"{found.bitfile}, {path.stat().st_size:,} bytes, by {tools}")
    return [Level(*routed, status, detail), file]


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


def _simulated(config: BuildConfig) -> Level:
    name, what = "Simulated board", "driver, shell and accelerator, from frame to boxes"
    found, reason = read_result(config, "board_sim", "generate_rtl", _parse_run)
    if found is None:
        return Level(name, what, NOT_RUN, reason or "python -m flows board-sim")
    if found.faults:
        return Level(name, what, FAILED, found.faults[0])
    if found.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame")
    return Level(name, what, PASSED, f"{found.frames} frame(s), integers and boxes equal")


def _hardware(config: BuildConfig) -> Level:
    name, what = "Hardware", "the board's integers against the emulator's"
    found, reason = read_result(config, "on_board", "generate_rtl", _parse_run)
    if found is None:
        return Level(name, what, NOT_RUN, reason or NOT_VERIFIED)
    if found.faults:
        return Level(name, what, FAILED, f"{found.board}: {found.faults[0]}")
    if found.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame")
    return Level(name, what, PASSED, f"{found.board}: {found.frames} frames, all integers equal")
