"""A layer over time through RTL and HLS C++ with stalls, every boundary as the emulator has it."""

import numpy as np
import pytest

from flows.__main__ import main
from tests.flows.importing.features.reference import build_of
from tests.flows.importing.loops.cells import FEATURES, STEPS, scan_file

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("kind", "output"), [("rnn", "all"), ("gru", "last"), ("lstm", "all")])
def test_rtl_and_cpp(kind, output, tmp_path, capsys):
    build = build_of(scan_file(kind, output=output), tmp_path)
    config, frames = str(tmp_path / "config.yaml"), str(tmp_path / "frames.npy")
    assert main(["build", config]) == 0
    assert main(["frames", config, "--out", frames, "--frames", "4", "--seed", "3"]) == 0
    assert np.load(frames).size == 4 * STEPS * FEATURES
    assert main(["emulate", config, "--input", frames]) == 0
    assert main(["rtlsim", config, "--input", frames, "--stalls", "0.3"]) == 0
    assert main(["cppsim", config, "--input", frames]) == 0
    said = capsys.readouterr().out
    for tool in ("rtlsim: 4 frames", "exact build: 4 frames"):
        assert any(tool in line and "all integers equal" in line for line in said.splitlines())
    assert build.folder.is_dir()
