"""The level of synthesis says what yosys counted, and never that anything passed."""

import pytest

from flows.build.config import BuildConfig
from flows.errors import FlowError
from flows.report.level import ESTIMATED, NOT_RUN, Level
from flows.report.levels import levels
from tests.flows.report.report_case import Page, put, report

FIGURES = {"LUT": 1234, "FF": 56, "SRL": 0, "BRAM_36K": 3, "BRAM_18K": 1, "DSP": 0}


def _level(config: BuildConfig) -> Level:
    return next(level for level in levels(config) if level.name == "Synthesis")


def test_not_run_says_how(config: BuildConfig) -> None:
    assert (_level(config).status, _level(config).detail) == (NOT_RUN, "python -m flows synth")


def test_figures_are_called_estimates(config: BuildConfig) -> None:
    put(config, "post_synth_resources", {"(top)": FIGURES, "conv1": FIGURES})
    level = _level(config)
    assert level.status == ESTIMATED
    assert level.detail.startswith("1 operators: 1,234 LUT, 56 FF, 3.5 BRAM36, 0 DSP")
    assert "estimates" in level.detail
    assert "1,234 LUT" in Page(report(config)).text


def test_a_file_of_another_form_is_refused(config: BuildConfig) -> None:
    put(config, "post_synth_resources", {"conv1": FIGURES})
    with pytest.raises(
        FlowError, match=r"post_synth_resources\.json: .*not as this flow writes it"
    ):
        levels(config)
