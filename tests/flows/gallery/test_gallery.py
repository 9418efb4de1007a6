"""Networks of the gallery through the flow: a small one always, the others when there is time."""

from pathlib import Path

import pytest

from flows.gallery.__main__ import main
from flows.gallery.run import job_of
from flows.gallery.stages import STAGES
from flows.gallery.state import source_state
from model.gallery.catalogue import ENTRIES

SMALL = "jets_mlp_6w6a"
FIRST = "export,map,verify,emulate"


def run(folder: Path, name: str, stages: str) -> None:
    assert main(["--only", name, "--stages", stages, "--out", str(folder)]) == 0


def check_equal(folder: Path, name: str) -> None:
    stages = job_of(ENTRIES[name], folder, source_state()).stages
    assert stages["verify"]["ok"]
    assert stages["verify"]["boundaries"] > 1
    assert stages["emulate"]["outputs"] > 0
    assert stages["emulate"]["outputs_that_differ"] == 0


def test_a_small_network_is_equal_to_its_file_and_its_module(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, SMALL, FIRST)
    check_equal(tmp_path, SMALL)
    capsys.readouterr()
    run(tmp_path, SMALL, FIRST)  # goes on where it was ended: nothing is left to do
    assert capsys.readouterr().out.count("kept") == len(FIRST.split(","))


@pytest.mark.slow
def test_a_small_network_runs_whole(tmp_path: Path) -> None:
    run(tmp_path, SMALL, ",".join(STAGES))
    stages = job_of(ENTRIES[SMALL], tmp_path, source_state()).stages
    assert [name for name in STAGES if not stages[name]["ok"]] == []
    assert stages["rtlsim"]["clocks"] == stages["build"]["modelled_clocks"]
    assert stages["synth"]["whole"]["LUT"] > stages["synth"]["like_finn"]["LUT"] > 0
    # by hand: the largest layer, 64 x 32 products, in no more than 100 MHz / 100,000 clocks
    assert stages["finn"]["clocks"] <= 1000


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ENTRIES if name != SMALL])
def test_every_other_network_is_equal_to_its_file_and_its_module(tmp_path: Path, name: str) -> None:
    run(tmp_path, name, FIRST)
    check_equal(tmp_path, name)
