"""Random networks with more outputs: tensors from anywhere inside, exact or refused by name."""

import numpy as np
import onnx
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.graph.decodings import decodings_of
from flows.graph.integer_graph import from_onnx
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.host_tail import HostTail
from flows.run.outputs import by_name
from flows.run.rtlsim import rtlsim
from hw.hls.compiler import FAST
from tests.flows import qonnx_reference
from tests.flows.acyclic.answers import wanted
from tests.flows.acyclic.network import acyclic_network


def with_outputs(seed):
    """(network, file): one to three tensors of activations leave it too."""
    net = acyclic_network(seed)
    proto = onnx.ModelProto.FromString(net.proto.SerializeToString())
    rng = np.random.default_rng(seed)
    varying = {proto.graph.input[0].name}
    for node in proto.graph.node:
        if varying.intersection(node.input):
            varying.update(node.output)
    own = proto.graph.output[0].name
    inner = [n.output[0] for n in proto.graph.node if n.output[0] in varying - {own}]
    for name in rng.permutation(inner)[: rng.integers(1, 4)]:
        proto.graph.output.add(name=str(name)).type.tensor_type.elem_type = 1
    return net, proto


def built(folder, net, proto, stop=None):
    onnx.save(proto, str(folder / "net.onnx"))
    config = folder / "c.yaml"
    scale = f"input_scale: {net.input_scale!r}\n" if net.input_scale is not None else ""
    config.write_text(f"model: net.onnx\noutput_dir: b\ntarget_fps: 2000\n{scale}")
    run_steps(Build.load(config), stop=stop)
    return Build.load(config)


def check(net, proto, build, integers, frames):
    """Integers and the file's outputs are those of numpy in float64."""
    graph = from_onnx(build.model(StepName.STREAMLINE))
    found = by_name(integers, graph.outputs)
    host = HostTail.load(build.paths.host_tail).run(integers)
    for index, frame in enumerate(frames):
        image = np.asarray(frame, np.float64).transpose(2, 0, 1)[None] * net.step
        reals, _ = qonnx_reference.run(proto, image)
        for each in decodings_of(graph.metadata):
            mine = np.moveaxis(found[graph.outputs[each.output]][index], -1, 0)
            right = reals[each.tensor].reshape(mine.shape)
            expected = wanted(right, np.array(each.scale), np.array(each.bias))
            assert np.array_equal(mine, expected), (each.tensor, net.facts)
        for name, values in host.items():
            right = reals[name].reshape(values[index].shape)
            most = np.abs(right).max() + 1e-9
            np.testing.assert_allclose(values[index], right, rtol=1e-5, atol=1e-5 * most)


@pytest.mark.parametrize("seed", range(3))
def test_integers_and_outputs(seed, tmp_path):
    net, proto = with_outputs(seed)
    build = built(tmp_path, net, proto, StepName.FOLD_DUPLICATED_WEIGHTS)
    frames = net.frames(2)
    check(net, proto, build, emulate(build, frames), frames)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_in_rtl_with_stalls_and_cpp(seed, tmp_path):
    net, proto = with_outputs(seed)
    build = built(tmp_path, net, proto)
    frames = net.frames(3)
    expected = emulate(build, frames)
    check(net, proto, build, expected, frames)
    for found in (rtlsim(build, frames, stalls=0.3), cppsim(build, frames, kinds=[FAST])):
        names = from_onnx(build.model(StepName.STREAMLINE)).outputs
        mine, right = by_name(found, names), by_name(expected, names)
        assert all(np.array_equal(mine[name], right[name]) for name in names)
