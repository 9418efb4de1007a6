"""Levels of verification: passed, FAILED or not run, by the result files alone."""

import os
import shutil
from typing import Any

import pytest

from flows.build.build import Build
from flows.build.sequence import save_model
from flows.report.levels import FAILED, NOT_RUN, PASSED, levels
from tests.flows.report.report_case import Page, emulation, onnx_with, put, report, simulation

FOLDED, BREVITAS = "Folded = before folding", "Emulator = Brevitas"
RTL = "RTL simulation = emulator"


def _status(build: Build) -> dict[str, str]:
    return {level.name: level.status for level in levels(build)}


def test_nothing_is_claimed_without_results(build: Build) -> None:
    assert set(_status(build).values()) == {NOT_RUN}
    text = Page(report(build)).text
    assert "0 of 7 passed" in text
    assert "✓ passed" not in text
    assert "estimate of the slowest node" in text
    assert "No fill is known: the RTL simulation was not run." in " ".join(text.split())


def test_levels_pass_by_their_files(build: Build) -> None:
    put(build, "emulation", emulation())
    put(build, "rtlsim_performance", simulation(build, stalls=0.3, seed=9))
    status = _status(build)
    passed = {name for name, value in status.items() if value == PASSED}
    assert passed == {FOLDED, BREVITAS, RTL}
    assert set(status.values()) == {PASSED, NOT_RUN}
    text = Page(report(build)).text
    assert "3 of 7 levels that need no vendor tool passed" in text
    assert "2 frames, 1 boundaries, all integers equal" in text  # Brevitas
    assert "2 boundaries, all integers equal; random stalls of 30 % at both ends (seed 9)" in text


def test_brevitas_level_needs_brevitas(build: Build) -> None:
    put(build, "emulation", emulation(against=["integer graph before folding"]))
    assert (_status(build)[FOLDED], _status(build)[BREVITAS]) == (PASSED, NOT_RUN)


@pytest.mark.parametrize("changes", [{"frames": 0}, {"boundaries": []}])
def test_nothing_compared_is_not_passed(build: Build, changes: dict[str, Any]) -> None:
    put(build, "emulation", emulation(**changes))
    put(build, "rtlsim_performance", simulation(build, **changes))
    assert PASSED not in _status(build).values()


@pytest.mark.parametrize(
    "changes",
    [
        {"mismatches": 3, "differences": ["frame 0 conv2"]},
        {"handshake_violations": ["pool1: valid fell"]},
        {"faults": ["conv1_mvau_weights.mem: row 0 is not the model's"]},
        {"differences": ["frame 0 conv2"]},
    ],
)
def test_simulation_fails(build: Build, changes: dict[str, Any]) -> None:
    put(build, "rtlsim_performance", simulation(build, **changes))
    assert _status(build)[RTL] == FAILED
    text = Page(report(build)).text
    assert "1 failed" in text
    assert "✗ FAILED" in text
    assert "first: " in text


def test_emulation_fails(build: Build) -> None:
    put(build, "emulation", emulation(mismatches=1))
    assert (_status(build)[FOLDED], _status(build)[BREVITAS]) == (FAILED, FAILED)


def test_result_of_an_older_build_does_not_count(build: Build) -> None:
    for name, data in (
        ("emulation", emulation()),
        ("rtlsim_performance", simulation(build)),
    ):
        os.utime(put(build, name, data), (1, 1))
    assert set(_status(build).values()) == {NOT_RUN}
    text = Page(report(build)).text
    assert "the result at hand (rtlsim_performance.json) is older than this build" in text
    assert "3,210" not in text


def test_rtl_that_is_made_of_hls_needs_its_tool(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a graph of HLS nodes leaves it: without the folder of RTL."""
    monkeypatch.setattr("flows.report.bitstream_level.hls_nodes", lambda model: ["conv1_mvau"])
    assert {level.needs for level in levels(build) if level.name == RTL} == {""}
    shutil.rmtree(build.paths.rtl)
    needs = {level.name: level.needs for level in levels(build)}
    assert needs[RTL] == needs["Simulated board"] == "Vitis HLS"


def test_a_file_that_names_no_network_has_no_brevitas_model_to_compare(build: Build) -> None:
    assert {level.needs for level in levels(build) if level.name == BREVITAS} == {""}
    path = build.folder / "intermediate_models" / "import.onnx"
    save_model(onnx_with({}), path)
    (level,) = (level for level in levels(build) if level.name == BREVITAS)
    assert level.needs == "a network of the zoo"
    assert "does not say of which Brevitas network" in level.detail
