"""Constants that differ by place, from the file to RTL and C++, one pixel a clock and several.

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
from tests.flows.importing.features import places
from tests.flows.importing.features.reference import build_of, by_the_file, frames

#: Of two constants, a sum behind a product.
BOTH = "gains_of_reals"
SLOW = [name for name in places.FEATURES if name != BOTH]


def built(folder, name, **keys):
    """(build, frames), the emulator held against the file's own execution."""
    proto = places.FEATURES[name]()
    build = build_of(proto, folder, **(keys or {"target_fps": 200_000}))
    run_steps(build)
    emulator = Emulator(build.model(StepName.STREAMLINE), 1)
    pictures = frames(emulator, 3)
    assert np.array_equal(emulate(build, pictures), by_the_file(proto, emulator, pictures))
    return build, pictures


def constants(build):
    """Nodes of constants in hardware."""
    nodes = build.model(StepName.TO_HARDWARE).graph.node
    return [node for node in nodes if node.op_type == "ElementwiseConstant"]


def test_gains_and_offsets(tmp_path):
    build, pictures = built(tmp_path, BOTH)
    assert len(constants(build)) == 2
    assert np.ptp(rtlsim(build, pictures, stalls=0.3)) > 0
    assert np.ptp(cppsim(build, pictures, kinds=[FAST])) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_others(name, tmp_path):
    build, pictures = built(tmp_path, name)
    assert constants(build)
    for stalls in (0.0, 0.4):
        rtlsim(build, pictures, stalls=stalls)
    cppsim(build, pictures, kinds=[FAST])


@pytest.mark.slow
@pytest.mark.parametrize("pixels", [2, 4])
@pytest.mark.parametrize("name", ["packed", "mean_of_a_row"])
def test_several_pixels_a_clock(name, pixels, tmp_path):
    build, pictures = built(tmp_path, name, pixels_per_clock=pixels)
    (node,) = constants(build)
    (lanes,) = [a.ints[-1] for a in node.attribute if a.name == "inputShape"]
    assert lanes == pixels * 2
    for stalls in (0.0, 0.4):
        rtlsim(build, pictures, stalls=stalls)
    cppsim(build, pictures, kinds=[FAST])
