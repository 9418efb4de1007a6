"""Levels of the HLS C++: which builds of the simulation ran, whether Vitis HLS did, and why not."""

import os
from typing import Any

import pytest

from flows.build.build import Build
from flows.errors import FlowError
from flows.report import hls_levels as module
from flows.report.level import FAILED, NOT_RUN, PASSED, Level
from flows.report.levels import levels
from hw.errors import HardwareError
from tests.flows.report.report_case import Page, put, report

FAST, EXACT = "C++ simulation (fast) = emulator", "C++ simulation (exact) = emulator"
SYNTHESIS = "HLS synthesis"


def _entry(**changes: Any) -> dict[str, Any]:
    entry = {
        "mismatches": 0,
        "differences": [],
        "boundaries": ["act1", "conv2"],
        "faults": [],
        "frames_run": 2,
        "cpu_seconds_per_frame": 0.25,
    }
    return {**entry, **changes}


def _synthesis(**changes: Any) -> dict[str, Any]:
    data = {
        "tool": "Vitis HLS 2024.2",
        "complete": True,
        "faults": [],
        "not_run": [],
        "operators": {"conv1_mvau": {"status": "passed"}},
        "region": {"top": {"status": "passed"}},
    }
    return {**data, **changes}


def _level(build: Build, name: str) -> Level:
    return next(level for level in levels(build) if level.name == name)


def test_not_run_says_how_to_run(build: Build, monkeypatch: Any) -> None:
    assert _level(build, FAST).status == NOT_RUN
    assert _level(build, FAST).detail == "python -m flows cppsim --build fast"
    assert _level(build, EXACT).detail == "python -m flows cppsim --build exact"
    monkeypatch.setattr(module, "find_tool", lambda: ["vitis_hls", "-f"])
    assert _level(build, SYNTHESIS).detail == "python -m flows hls"


def test_not_run_says_what_is_missing(build: Build, monkeypatch: Any) -> None:
    def missing() -> None:
        raise HardwareError("no headers here")

    monkeypatch.setattr(module, "find_ap_headers", missing)
    monkeypatch.setattr(module, "find_tool", lambda: None)
    said = _level(build, SYNTHESIS).detail
    assert said.startswith("python -m flows hls (Vitis HLS is missing: ")
    assert _level(build, EXACT).detail == "no headers here"
    assert _level(build, FAST).detail == "python -m flows cppsim --build fast"


def test_builds_pass_by_themselves(build: Build) -> None:
    put(build, "cppsim", {"builds": {"fast": _entry()}})
    assert _level(build, FAST).status == PASSED
    assert _level(build, EXACT).status == NOT_RUN
    text = Page(report(build)).text
    assert (
        "2 frames, 2 boundaries, all integers and loop trips equal; 0.25 s of one core a frame"
        in text
    )
    put(
        build,
        "cppsim",
        {"builds": {"fast": _entry(), "exact": _entry(cpu_seconds_per_frame=30.0)}},
    )
    assert _level(build, EXACT).status == PASSED


@pytest.mark.parametrize(
    "changes",
    [
        {"mismatches": 3, "differences": ["act1: frame 0"]},
        {"faults": ["node conv1_mvau took 3 loop trips"], "cpu_seconds_per_frame": None},
    ],
)
def test_builds_fail(build: Build, changes: dict[str, Any]) -> None:
    put(build, "cppsim", {"builds": {"exact": _entry(**changes)}})
    assert _level(build, EXACT).status == FAILED
    assert "first: " in _level(build, EXACT).detail
    assert "✗ FAILED" in Page(report(build)).text


@pytest.mark.parametrize("changes", [{"boundaries": []}, {"frames_run": 0}])
def test_nothing_compared_is_not_passed(build: Build, changes: dict[str, Any]) -> None:
    put(build, "cppsim", {"builds": {"fast": _entry(**changes)}})
    assert _level(build, FAST).status == NOT_RUN


def test_older_results_do_not_count(build: Build) -> None:
    os.utime(put(build, "cppsim", {"builds": {"fast": _entry()}}), (1, 1))
    os.utime(put(build, "hls_synth", _synthesis()), (1, 1))
    for name in (FAST, SYNTHESIS):
        assert _level(build, name).status == NOT_RUN
        assert "is older than this build" in _level(build, name).detail


@pytest.mark.parametrize(
    ("changes", "status", "detail"),
    [
        ({}, PASSED, "2 tops, Vitis HLS 2024.2"),
        ({"region": {"top": {"status": "failed"}}, "faults": ["top: cosim failed"]}, FAILED,
         "1 failed, 1 passed: top: cosim failed"),
        ({"tool": None, "complete": False, "operators": {}, "region": {}, "not_run": ["top"]},
         NOT_RUN, "Vitis HLS was not found; the project is written"),
        ({"complete": False, "region": {}, "not_run": ["top"]}, NOT_RUN, "1 tops were not run"),
    ],
)  # fmt: skip
def test_synthesis(build: Build, changes: Any, status: str, detail: str) -> None:
    put(build, "hls_synth", _synthesis(**changes))
    level = _level(build, SYNTHESIS)
    assert (level.status, level.detail) == (status, detail)


@pytest.mark.parametrize("data", [[], {}, {"builds": {"fast": {}}}, {"builds": [1]}])
def test_files_of_another_form(build: Build, data: Any) -> None:
    put(build, "cppsim", data)
    with pytest.raises(FlowError, match=r"cppsim\.json: .*not as this flow writes it"):
        levels(build)
