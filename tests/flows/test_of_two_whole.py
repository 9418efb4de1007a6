"""Products, maxima, minima, and squeeze and excitation: from the file to RTL with stalls and C++.

The build's step verify_import holds the emulator against the file, run by QONNX.
"""

import json

import numpy as np
import pytest

from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.run.rtlsim import rtlsim
from hw.errors import HardwareError
from hw.hls.compiler import FAST
from tests.flows.importing.features import of_two
from tests.flows.importing.features.reference import build_of, by_the_file, frames

GATED = "squeeze_and_excitation"
SLOW = ("falling_behind_each", "sum_over_pixels", "spatial_attention", "gate_channels_last")


def built(folder, name, **keys):
    """(build, frames), the emulator held against the file's own execution."""
    proto = of_two.FEATURES[name]()
    build = build_of(proto, folder, target_fps=200_000, **keys)
    run_steps(build)
    emulator = Emulator(build.model(StepName.STREAMLINE), 1)
    pictures = frames(emulator, 2)
    assert np.array_equal(emulate(build, pictures), by_the_file(proto, emulator, pictures))
    return build, pictures


@pytest.fixture(scope="module")
def gated(tmp_path_factory):
    return built(tmp_path_factory.mktemp("gated"), GATED)


def test_rtl_and_cpp(gated):
    kinds = [node.op_type for node in gated[0].model(StepName.TO_HARDWARE).graph.node]
    assert {"ElementwiseMul", "GlobalAccPool", "UpsampleNearestNeighbour"} <= set(kinds)
    assert np.ptp(rtlsim(*gated, stalls=0.3)) > 0
    assert np.ptp(cppsim(*gated, kinds=[FAST])) > 0


def sizing(build):
    return json.loads((build.folder / "report" / "fifo_sizing.json").read_text())


def test_a_frame_waits_for_its_gate_and_less_is_not_enough(gated, tmp_path):
    """The image's branch holds a frame; a beat less loses the rate, half a frame stands still."""
    build, _ = gated
    (place,) = (name for name in sizing(build)["fifos"] if name.startswith("product"))
    depth = sizing(build)["fifos"][place]["depth"]
    node, _, port = place.partition(".in")
    join = next(n for n in build.model(StepName.SIZE_FIFOS).graph.node if n.name.startswith(node))
    beats = 5 * 4 * 4 // next(a.i for a in join.attribute if a.name == "PE")
    assert depth >= beats, "the whole image, 5 x 4 pixels of 4 channels"
    folding = json.loads(build.paths.folding.read_text())
    for less in (depth - 1, beats // 2):
        folder = tmp_path / str(less)
        folder.mkdir()
        folding[node]["inFIFODepths"][int(port or 0)] = less
        (folder / "folding.json").write_text(json.dumps(folding))
        again = build_of(
            of_two.FEATURES[GATED](), folder, target_fps=200_000,
            folding_config_file="folding.json",
        )  # fmt: skip
        if less == depth - 1:
            run_steps(again, stop="size_fifos")
            assert sizing(again)["clocks_per_frame"] > sizing(build)["clocks_per_frame"]
        else:
            with pytest.raises(HardwareError, match=f"FIFO in front of {place}: .* stands still"):
                run_steps(again, stop="size_fifos")


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_others(name, tmp_path):
    build, pictures = built(tmp_path, name)
    for stalls in (0.0, 0.4):
        rtlsim(build, pictures, stalls=stalls)
    cppsim(build, pictures, kinds=[FAST])
