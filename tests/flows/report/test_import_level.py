"""The level of the imported file: passed, FAILED, turned off, or not run, by its result alone."""

import os
from typing import Any

import pytest

from flows.build.build import Build
from flows.report.import_level import import_level
from flows.report.level import FAILED, NOT_RUN, PASSED
from tests.flows.report.report_case import Page, put, report


def _result(**changes: Any) -> dict[str, Any]:
    return {
        "frames": 12,
        "frame_shape": [163, 197, 3],
        "full_size": False,
        "input_scale": 0.25,
        "input_scale_source": "quantizer Quant_0",
        "mismatches": 0,
        "difference": "",
        "boundaries": ["x", "y"],
        "levels": {
            "q": {"reached": 5, "possible": 8, "thresholds": 7},
            "r": {"reached": 1, "possible": 2, "thresholds": 1},
        },
    } | changes


def test_passed(build: Build) -> None:
    put(build, "verify_import", _result())
    level = import_level(build)
    assert level.status == PASSED
    assert level.detail == (
        "12 frames of 163 x 197 (a small picture of the same network), 2 boundaries, all equal; "
        "6 of 10 levels of the quantizers' channels reached; 8 thresholds compared on both sides "
        "of their steps; input_scale 0.25 (quantizer Quant_0)"
    )
    text = Page(report(build)).text
    assert "Integers = imported file" in text
    assert "1 of 7 passed" in text


def test_failed(build: Build) -> None:
    put(build, "verify_import", _result(mismatches=3, difference="node conv1 (Conv): tensor t"))
    level = import_level(build)
    assert (level.status, level.detail) == (FAILED, "node conv1 (Conv): tensor t")


@pytest.mark.parametrize("changes", [{"frames": 0}, {"boundaries": []}])
def test_nothing_compared_is_not_passed(build: Build, changes: dict[str, Any]) -> None:
    put(build, "verify_import", _result(**changes))
    assert import_level(build).status == NOT_RUN


def test_turned_off(build: Build) -> None:
    put(build, "verify_import", _result())
    level = import_level(build.of(verify_import=False))
    assert level.status == NOT_RUN
    assert level.detail == "turned off (verify_import: false in the configuration)"


def test_of_an_older_build(build: Build) -> None:
    os.utime(put(build, "verify_import", _result()), (1, 1))
    level = import_level(build)
    assert level.status == NOT_RUN
    assert "older than this build" in level.detail
