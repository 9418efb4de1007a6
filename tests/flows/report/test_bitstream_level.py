"""The report's levels behind synthesis; hardware is not verified until a board has said so."""

import hashlib
from typing import Any

import pytest

from flows.build.build import Build
from flows.errors import FlowError
from flows.report.bitstream_level import board_levels
from flows.report.level import FAILED, NOT_RUN, PASSED, Level
from flows.report.levels import levels
from tests.flows.report.report_case import Page, put, report

MADE: dict[str, Any] = {
    "way": "ecp5",
    "tools": ["Yosys 0.70", "nextpnr-ecp5 0.11.1"],
    "top": "net",
    "device": "LFE5U-85F-6BG381C",
    "clock_mhz": 50.0,
    "fmax_mhz": 61.25,
    "slack_ns": None,
    "timing_met": True,
    "bitfile": "bitfile/net.bit",
    "sha256": hashlib.sha256(b"bits").hexdigest(),
    "build_id": 1,
    "used": {"TRELLIS_COMB": 30000, "MULT18X18D": 0},
    "available": {"TRELLIS_COMB": 83640, "MULT18X18D": 156},
    "seconds": {},
    "memory_mb": {},
}


def _level(build: Build, name: str) -> Level:
    return next(level for level in levels(build) if level.name == name)


def put_bitfile(build: Build, content: bytes) -> str:
    """A bitfile of that content; returns its SHA-256."""
    assert build.top == "net"
    path = build.folder / "bitfile" / "net.bit"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def test_without_results(build: Build) -> None:
    for name, command in (
        ("Place and route", "python -m flows bitstream"),
        ("Bitstream", "python -m flows bitstream"),
        ("Simulated board", "python -m flows board-sim"),
    ):
        assert (_level(build, name).status, _level(build, name).detail) == (NOT_RUN, command)
    hardware = _level(build, "Hardware")
    assert hardware.status == NOT_RUN
    assert hardware.detail.startswith("not verified: nobody has run this build on a board")
    assert "not verified" in Page(report(build)).text


def test_routed_with_bitstream(build: Build) -> None:
    put(build, "bitstream", MADE)
    routed, file = _level(build, "Place and route"), _level(build, "Bitstream")
    assert routed.status == PASSED
    assert routed.detail == (
        "LFE5U-85F-6BG381C at 50 MHz: timing met, 61.2 MHz reached, 30,000 of 83,640 "
        "TRELLIS_COMB; by Yosys 0.70, nextpnr-ecp5 0.11.1"
    )
    assert (file.status, "missing" in file.detail) == (NOT_RUN, True)
    put_bitfile(build, b"bits")
    file = _level(build, "Bitstream")
    assert file.status == PASSED
    assert file.detail.startswith("bitfile/net.bit, 4 bytes")
    put_bitfile(build, b"bats")
    file = _level(build, "Bitstream")
    assert file.status == FAILED
    assert file.detail == "bitfile/net.bit is not the file that bitstream.json is about"


def test_timing_not_met_is_a_failure(build: Build) -> None:
    put(build, "bitstream", MADE | {"timing_met": False, "slack_ns": -0.25})
    level = _level(build, "Place and route")
    assert level.status == FAILED
    assert "timing NOT met" in level.detail
    assert "worst slack -0.250 ns" in level.detail


@pytest.mark.parametrize("file,name", [("board_sim", "Simulated board"), ("on_board", "Hardware")])
def test_runs(build: Build, file: str, name: str) -> None:
    good = {"frames": 2, "faults": [], "board": "Pynq-Z2", "sha256": put_bitfile(build, b"bits")}
    put(build, file, good)
    assert _level(build, name).status == PASSED
    put(build, file, good | {"faults": ["frame 1: 3 integers differ"]})
    level = _level(build, name)
    assert level.status == FAILED
    assert "frame 1: 3 integers differ" in level.detail
    put(build, file, good | {"frames": 0})
    assert _level(build, name).status == NOT_RUN


def test_what_ran_on_the_board_is_a_level_of_that_bitfile_alone(build: Build) -> None:
    sha = put_bitfile(build, b"bits")
    put(build, "on_board", {"frames": 4, "faults": [], "board": "Pynq-Z2", "sha256": sha})
    assert _level(build, "Hardware").status == PASSED
    put_bitfile(build, b"others")
    level = _level(build, "Hardware")
    assert (level.status, level.detail) == (
        NOT_RUN, "on_board.json is of another bitfile than the one here",
    )  # fmt: skip
    put_bitfile(build, b"bits")
    assert _level(build, "Hardware").status == PASSED
    (build.folder / "bitfile" / "net.bit").unlink()
    assert _level(build, "Hardware").status == NOT_RUN


def test_a_board_on_a_serial_line_has_texts_of_its_own(build: Build) -> None:
    build = build.of(board="ULX3S-85F")
    put(build, "board_sim", {"frames": 1, "faults": []})
    simulated, hardware = board_levels(build)[-2:]
    assert simulated.status == NOT_RUN
    assert "tests/hw/shell/serial" in simulated.detail
    assert hardware.status == NOT_RUN
    assert hardware.detail.startswith("not verified: nobody has run this build on a board")
    assert "validate --serial PORT" in hardware.detail
    assert "HOST=" not in hardware.detail


@pytest.mark.parametrize("name", ["bitstream", "board_sim", "on_board"])
def test_a_file_of_another_form_is_refused(build: Build, name: str) -> None:
    put(build, name, {"frames": "many"})
    with pytest.raises(FlowError, match=rf"{name}\.json: .*not as this flow writes it"):
        levels(build)
