"""Networks of pools, averages and repeated pixels: from the file to RTL and HLS C++."""

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.rtlsim import rtlsim
from hw.hls.compiler import FAST
from tests.flows import pooled
from tests.flows.foreign_model import by_qonnx, node, proto_of

NETWORKS = {"maxima and means": pooled.maxima_and_means, "truncated": pooled.truncated}


@pytest.fixture(scope="module", params=NETWORKS)
def build(request, tmp_path_factory):
    """Built; its step verify_import asks QONNX and onnxruntime for every boundary."""
    proto = NETWORKS[request.param]()
    made = Build.load(pooled.write(tmp_path_factory.mktemp("pooled"), proto, target_fps=200_000))
    run_steps(made)
    emulate(made, pooled.frames(proto, 2))
    return made, pooled.frames(proto, 2)


def test_operators(build):
    kinds = {node.op_type for node in build[0].model(StepName.TO_HARDWARE).graph.node}
    assert kinds & {"StreamPool", "GlobalAccPool"}
    assert ("PixelScale" in kinds) == ("GlobalAccPool" in kinds)


def test_rtl(build):
    assert np.ptp(rtlsim(*build, stalls=0.3)) > 0


def test_a_maximum_of_a_whole_image_is_no_sum(tmp_path):
    """Windows as large as the image, one pixel apart: there is one, and it is a maximum."""
    largest = node("MaxPool", "a", "y", "pool", kernel_shape=[4, 5], strides=[1, 1])
    proto = proto_of([*pooled.front(), largest], [1, 2, 4, 5], **pooled.constants())
    made = Build.load(pooled.write(tmp_path, proto, target_fps=100_000))
    run_steps(made)
    kinds = [n.op_type for n in made.model(StepName.TO_HARDWARE).graph.node]
    assert kinds[-1] == "StreamMaxPool"
    (frame,) = frames = pooled.frames(proto, 1)
    image = frame.transpose(2, 0, 1)[None].astype(np.float32)
    right = by_qonnx(proto, image)
    assert np.array_equal(emulate(made, frames)[0].reshape(-1), right.reshape(-1) / 64)


@pytest.mark.slow
def test_hls_cpp(build):
    assert np.ptp(cppsim(*build, kinds=[FAST])) > 0
