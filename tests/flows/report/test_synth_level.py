"""The level of synthesis says what yosys counted, and never that anything passed."""

import pytest

from flows.build.build import Build
from flows.errors import FlowError
from flows.report.level import ESTIMATED, NOT_RUN, Level
from flows.report.levels import levels
from tests.flows.report.report_case import Page, put, report

FIGURES = {"LUT": 1234, "FF": 56, "SRL": 0, "BRAM_36K": 3, "BRAM_18K": 1, "DSP": 0}


def _level(build: Build) -> Level:
    return next(level for level in levels(build) if level.name == "Synthesis")


def test_not_run_says_how(build: Build) -> None:
    assert (_level(build).status, _level(build).detail) == (NOT_RUN, "python -m flows synth")


def test_figures_are_called_estimates(build: Build) -> None:
    put(build, "post_synth_resources", {"(top)": FIGURES, "conv1": FIGURES})
    level = _level(build)
    assert level.status == ESTIMATED
    assert level.detail.startswith("1 operators: 1,234 LUT, 56 FF, 3.5 BRAM36, 0 DSP")
    assert "estimates" in level.detail
    assert "1,234 LUT" in Page(report(build)).text


def test_the_whole_stands_behind_the_sum(build: Build) -> None:
    whole = FIGURES | {"LUT": 2345, "FF": 78}
    found = {"(top)": whole, "(operators)": FIGURES, "(shell)": FIGURES, "conv1": FIGURES}
    put(build, "post_synth_resources", found)
    assert _level(build).detail == (
        "1 operators: 1,234 LUT, 56 FF, 3.5 BRAM36, 0 DSP; with the board's shell as one design: "
        "2,345 LUT, 78 FF, 3.5 BRAM36, 0 DSP; yosys' estimates, nothing is placed"
    )


def test_a_file_of_another_form_is_refused(build: Build) -> None:
    put(build, "post_synth_resources", {"conv1": FIGURES})
    with pytest.raises(
        FlowError, match=r"post_synth_resources\.json: .*not as this flow writes it"
    ):
        levels(build)
