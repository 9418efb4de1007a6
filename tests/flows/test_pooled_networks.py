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


def test_rtl(build):
    assert np.ptp(rtlsim(*build, stalls=0.3)) > 0


@pytest.mark.slow
def test_hls_cpp(build):
    assert np.ptp(cppsim(*build, kinds=[FAST])) > 0
