"""The level of the operators' timing: how many reach the clock, which is the slowest."""

import pytest

from flows.build.build import Build
from flows.errors import FlowError
from flows.report.level import ESTIMATED, NOT_RUN, Level
from flows.report.levels import levels
from tests.flows.report.report_case import Page, put, report


def _level(build: Build) -> Level:
    return next(level for level in levels(build) if level.name == "Operators' timing")


def _figures(**mhz: float) -> dict[str, object]:
    operators = {name: {"fmax_mhz": value} for name, value in mhz.items()}
    return {"target": ["--85k", "--speed", "6"], "wanted_mhz": 100.0, "operators": operators}


def test_not_run_says_how(build: Build) -> None:
    assert (_level(build).status, _level(build).detail) == (NOT_RUN, "python -m flows pnr")


def test_slowest_operator_is_named(build: Build) -> None:
    put(build, "post_route_timing", _figures(conv1=120.0, pool1=97.25, sum4=100.0))
    level = _level(build)
    assert level.status == ESTIMATED
    assert level.detail.startswith(
        "2 of 3 operators reach 100 MHz on an ECP5 (85k); slowest: pool1, 97.2 MHz"
    )
    assert "slowest: pool1" in Page(report(build)).text


def test_a_file_of_another_form_is_refused(build: Build) -> None:
    put(build, "post_route_timing", {"operators": {}})
    with pytest.raises(FlowError, match=r"post_route_timing\.json: .*not as this flow writes it"):
        levels(build)
