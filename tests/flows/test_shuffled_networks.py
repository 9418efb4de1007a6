"""Networks that move numbers between layers, from the file to RTL and C++: exact, with stalls."""

import numpy as np
import onnx
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.rtlsim import rtlsim
from hw.hls.compiler import FAST
from hw.ops.registry import operator_of
from tests.flows.importing.features.files import File


def dense(f, source, inputs, outputs):
    """A layer along the last axis, as torch.nn.Linear on three axes is exported."""
    made = f.op("MatMul", source, f.weights(inputs, outputs))
    made = f.op("Add", made, f.const(f.rng.uniform(-1, 1, outputs)))
    return f.quant(made, 4.0)


def mixer(blocks=1, side=8, channels=4):
    """MLP-Mixer: patches of 2 x 2; layers along the tokens and along the channels, each with what
    went in added to it; the mean of the tokens, and a last layer."""
    f, tokens = File((1, 2, side, side)), side * side // 4
    t = f.conv(f.image(), 2, channels, (2, 2), strides=[2, 2])
    t = f.op("Reshape", f.quant(t, 4.0), f.const([1, channels, tokens], np.int64))
    t = f.op("Transpose", t, perm=[0, 2, 1])
    for _ in range(blocks):
        turned = f.op("Transpose", t, perm=[0, 2, 1])
        made = dense(f, dense(f, turned, tokens, 6), 6, tokens)
        t = f.quant(f.op("Add", t, f.op("Transpose", made, perm=[0, 2, 1])), 4.0)
        t = f.quant(f.op("Add", t, dense(f, dense(f, t, channels, 8), 8, channels)), 4.0)
    t = f.quant(f.op("ReduceMean", t, axes=[1], keepdims=0), 2.0)
    return f.finish(f.op("MatMul", t, f.weights(channels, 3)))


def built(folder, model, **keys):
    onnx.save(model, folder / "net.onnx")
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    (folder / "c.yaml").write_text("model: net.onnx\noutput_dir: b\n" + lines)
    build = Build.load(folder / "c.yaml")
    run_steps(build)
    return build


def frames(count, side=8):
    return np.random.default_rng(3).integers(0, 256, (count, side, side, 2)).astype(np.uint8)


def shuffles(build):
    model = build.model(StepName.SET_FOLDING)
    return [operator_of(node) for node in model.graph.node if "Shuffle" in node.op_type]


def parted():
    """Some channels of blocks of pixels, as no weights can take them; and columns as channels,
    in an image of one column: the same stream in another shape."""
    f = File((1, 2, 8, 8))
    t = f.quant(f.conv(f.image(), 2, 3, (1, 1)), 0.125, signed=1)
    t = f.op("SpaceToDepth", t, blocksize=2)
    t = f.op("Slice", t, *(f.const([v], np.int64) for v in (2, 11, 1, 3)))
    t = f.quant(f.conv(t, 3, 2, (1, 4)), 0.5, signed=1)
    t = f.op("Transpose", t, perm=[0, 3, 2, 1])
    return f.finish(f.quant(f.op("Add", f.conv(t, 1, 1, (1, 1)), t), 0.5, signed=1))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return built(tmp_path_factory.mktemp("mixer"), mixer(), target_fps=100_000)


def test_rtl(small):
    assert len(shuffles(small)) == 2  # there and back; what is added waits in a FIFO
    emulate(small, frames(3))
    assert np.ptp(rtlsim(small, frames(3), stalls=0.3)) > 0


def test_hls_cpp(small):
    assert np.ptp(cppsim(small, frames(2), kinds=[FAST])) > 0


def test_parts_of_blocks_and_the_same_stream_in_another_shape(tmp_path):
    build = built(tmp_path, parted(), target_fps=100_000)  # verify_import runs the file itself
    emulate(build, frames(2))
    assert np.ptp(rtlsim(build, frames(2), stalls=0.2)) > 0


@pytest.mark.slow
@pytest.mark.parametrize("fps", [5_000, 300_000])
def test_rates(fps, tmp_path):
    """Two blocks, folded for a slow and a quick rate; the C++ in both of its builds."""
    build = built(tmp_path, mixer(2, 12, 8), target_fps=fps)
    emulate(build, frames(2, 12))
    for stalls in (0.0, 0.4):
        rtlsim(build, frames(3, 12), stalls=stalls)
    cppsim(build, frames(2, 12))
