"""Parts of tensors, and tensors joined of their own parts, from the file to RTL and C++.

The build's step verify_import holds the emulator against the file, run by QONNX.
"""

import numpy as np
import pytest

from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.run.rtlsim import rtlsim
from hw.hls.compiler import FAST
from tests.flows.importing.features import parts
from tests.flows.importing.features.reference import build_of, by_the_file, frames

SPLIT = "split_in_equal_parts"
SLOW = (
    *("slice_by_inputs", "slice_of_all_axes", "focus", "split_by_sizes", "split_of_rows"),
    *("shuffle_net", "gather_of_channels", "crop_by_pad", "channels_last"),
)


def built(folder, name):
    """(build, frames), the emulator held against the file's own execution."""
    proto = parts.FEATURES[name]()
    build = build_of(proto, folder, target_fps=200_000)
    run_steps(build)
    emulator = Emulator(build.model(StepName.STREAMLINE), 1)
    pictures = frames(emulator, 2)
    assert np.array_equal(emulate(build, pictures), by_the_file(proto, emulator, pictures))
    return build, pictures


def kinds(build):
    return [node.op_type for node in build.model(StepName.TO_HARDWARE).graph.node]


def test_split_and_joined_again(tmp_path):
    build, pictures = built(tmp_path, SPLIT)
    assert [kinds(build).count(kind) for kind in ("Crop", "StreamingConcat")] == [2, 1]
    assert np.ptp(rtlsim(build, pictures, stalls=0.3)) > 0
    assert np.ptp(cppsim(build, pictures, kinds=[FAST])) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_others(name, tmp_path):
    build, pictures = built(tmp_path, name)
    assert "Crop" in kinds(build)
    for stalls in (0.0, 0.4):
        rtlsim(build, pictures, stalls=stalls)
    cppsim(build, pictures, kinds=[FAST])
