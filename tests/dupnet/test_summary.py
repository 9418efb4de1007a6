"""The end of a demonstration: of what ran, and of nothing else."""

import numpy as np
import pytest

from dupnet.summary import summary
from flows.build.build import Build
from flows.build.names import ResultName
from flows.build.sequence import run_steps
from flows.run.emulate import emulate
from flows.run.rtlsim import rtlsim
from tests.flows.flow import small_network, write_config


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    made = Build.load(write_config(tmp_path_factory.mktemp("summary"), small_network()))
    run_steps(made)
    return made


def lines(build, tmp_path):
    said = summary(build, "2 boxes", tmp_path / "report.html", tmp_path / "demo.log")
    return said.splitlines()


def test_of_what_ran(build, tmp_path):
    before = lines(build, tmp_path)
    assert not [line for line in before if "how fast" in line or "frames/s" in line]
    frames = np.random.default_rng(1).integers(0, 256, (2, 6, 6, 2), dtype=np.uint8)
    emulate(build, frames)
    rtlsim(build, frames)
    found = lines(build, tmp_path)
    assert len(found) < 20
    agreed = found[found.index("what agreed, integer by integer") + 1 :]
    assert ["all integers equal" in line for line in agreed[1:3]] == [True, True]
    clocks = build.results.read(ResultName.RTLSIM, dict)["clocks_per_frame"]
    assert f"  {clocks:,} clocks a frame: {1e8 / clocks:.1f} frames/s at 100 MHz" in found
    assert found[-4:] == [
        "  2 boxes",
        "where to look",
        f"  the report    {tmp_path / 'report.html'}",
        f"  all output    {tmp_path / 'demo.log'}",
    ]


def test_of_a_difference(build, tmp_path):
    result = {
        "frames": 1,
        "mismatches": 3,
        "boundaries": ["act1"],
        "against": ["integer graph before folding"],
    }
    build.results.write(ResultName.EMULATION, result)
    assert [
        line for line in lines(build, tmp_path) if "DIFFERS: 1 frame: 3 integers differ" in line
    ]
