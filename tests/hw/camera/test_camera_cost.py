"""Fitted costs of the camera path: the kept coefficients are of the kept runs, and near them."""

import json
from pathlib import Path

import pytest

from hw.camera.cost.__main__ import main
from hw.camera.cost.fit import KINDS, samples_of, shell_errors
from hw.camera.cost.model import COEFFICIENTS, load_camera_model, part_cost, shell_cost
from hw.camera.cost.runs import drawn, read_runs
from hw.camera.cost.sizes import PARTS, SHELL
from hw.errors import HardwareError
from hw.synth.cost.fit import errors

#: Most that LUT and FF may be wrong by, of the shell and of each part; RAMB18 and DSP are counted.
SHELL_WORST, PART_WORST, COUNTED_WORST = 0.1, 0.15, 4


def test_the_kept_coefficients_are_of_the_kept_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "coefficients.json"
    monkeypatch.setattr("hw.camera.cost.__main__.COEFFICIENTS", path)
    assert main(["fit"]) == 0
    made, kept = (json.loads(file.read_text()) for file in (path, COEFFICIENTS))
    assert made["runs"] == kept["runs"] and set(kept["coefficients"]) == set(KINDS)
    for kind in KINDS:
        for figure, weights in kept["coefficients"][kind].items():
            assert made["coefficients"][kind][figure] == pytest.approx(weights, abs=1e-3)
    assert f"| {SHELL} | LUT |" in capsys.readouterr().out


def test_costs_are_near_what_yosys_makes() -> None:
    runs, model = read_runs(), load_camera_model()
    assert len({(run.number, run.module) for run in runs}) == len(runs)
    found = [*errors(model, samples_of(runs), PARTS), *shell_errors(model, runs)]
    for error in found:
        if error.figure not in ("LUT", "FF"):
            assert error.median == 0 and error.worst <= COUNTED_WORST, error
        else:
            assert error.worst <= (SHELL_WORST if error.kind == SHELL else PART_WORST), error


def test_the_shell_is_all_of_its_parts_and_the_rest() -> None:
    two, four, video, *_ = drawn(3)
    for part in PARTS:
        assert shell_cost(two).lut > part_cost(part, two).lut > 50
    assert shell_cost(four).lut > shell_cost(two).lut > shell_cost(video).lut
    assert (shell_cost(two).dsp, shell_cost(two).bram36) == (60, 12)
    assert (shell_cost(four).dsp, shell_cost(four).bram36) == (60, 14)


def test_the_table_has_the_shipped_networks_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table"]) == 0
    assert f"| 2 | memory | `{SHELL}` | " in capsys.readouterr().out


def test_missing_coefficients_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(HardwareError, match=r"python -m hw\.camera\.cost fit"):
        load_camera_model(tmp_path / "none.json")
