"""Folders may be named as their owner likes: the simulator is built and runs there."""

from pathlib import Path

import numpy as np
import pytest

from hw.errors import HardwareError
from hw.sim.run import simulate
from hw.sim.verilate import build
from hw.tools.verilator import _check_root
from tests.hw.sim.chain import chain, take_runtime
from tests.hw.sim.test_sim_run import _inputs

NAME = "q\"x $HOME ${HOME} `a` a'b #%\\ü;[x]*"


@pytest.mark.parametrize("name", [NAME, "-lead"])
def test_a_simulator_in_a_folder_of_any_name(tmp_path, name):
    folder = tmp_path / name
    design = chain(folder / "rtl", ["stage", "stage"], lanes=2, bits=5)
    cache = folder / ".verilator-cache"
    take_runtime(cache, tmp_path)
    simulator = build(design, optimize="-O0")
    assert simulator.exe.is_relative_to(cache.resolve())
    inputs = _inputs(10, lanes=2, bits=5)
    result = simulate(simulator, inputs, 1, out_dir=folder / "out")
    for stream in design.streams:
        assert np.array_equal(result.beats(stream.name), inputs["x"])
    assert [path.name for path in simulator.exe.parent.iterdir()] == ["simulate"]


@pytest.mark.parametrize("name", ['a"b', "a$b", "a\\b", "a`b"])
def test_an_environment_that_verilator_cannot_be_in(name):
    with pytest.raises(HardwareError, match=r"Verilator cannot be in a folder whose path has"):
        _check_root(Path("/x") / name / "verilator")
