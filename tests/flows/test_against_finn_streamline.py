"""FINN's own streamlining, on networks without ties, gives the integers and thresholds of ours."""

import numpy as np
import pytest
from finn.transformation.qonnx.convert_qonnx_to_finn import ConvertQONNXtoFINN
from finn.transformation.streamline import Streamline, absorb
from finn.transformation.streamline.reorder import MakeMaxPoolNHWC
from finn.transformation.streamline.round_thresholds import RoundAndClipThresholds
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_data_layouts import InferDataLayouts
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.lower_convs_to_matmul import LowerConvsToMatMul
from qonnx.util.cleanup import cleanup_model

from flows.run.emulator import Emulator
from tests.flows.builder import Builder, Network
from tests.flows.flow import decoded, streamlined


def _network(seed, bits):
    """conv, normalization (gammas above 0, which FINN needs), activation, pool, twice; a head."""
    b = Builder(np.random.default_rng(seed), (3, 12, 10), 2.0**-8)
    tensor = b.quant("x", 8, False, 2.0**-8)
    for rows, kernel in ((4, 3), (6, 1), (5, 3)):
        shape = (rows, b.channels(tensor), kernel, kernel)
        pads = [kernel // 2] * 4
        tensor = b.conv(tensor, b.rng.choice([-1, 1], shape), "binary", (1, 1), pads)
        params = [
            b.rng.uniform(0.5, 1.5, rows), b.rng.normal(size=rows), b.rng.normal(size=rows),
            b.rng.uniform(0.5, 1.5, rows) * b.spread(tensor) ** 2,
        ]  # fmt: skip
        inputs = [tensor, *(b.constant(p) for p in params)]
        tensor = b.add("BatchNormalization", inputs, epsilon=1e-5)
        tensor = b.add("Relu", [tensor])
        tensor = b.quant(tensor, bits, False, b.scale(0.5))
        tensor = b.pool(tensor, (2, 2)) if kernel == 3 else tensor
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (3, 5, 1, 1)), "binary", (1, 1), [0] * 4)
    return Network(seed, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def _finn(proto):
    """FINN's streamlined model of a QONNX model."""
    model = cleanup_model(ModelWrapper(proto, make_deepcopy=True))
    for transformation in (
        ConvertQONNXtoFINN(),
        absorb.AbsorbScalarBiasIntoMultiThreshold(),
        Streamline(),
        LowerConvsToMatMul(),
        MakeMaxPoolNHWC(),
        absorb.AbsorbTransposeIntoMultiThreshold(),
        MakeMaxPoolNHWC(),
        absorb.AbsorbConsecutiveTransposes(),
        Streamline(),
        InferDataLayouts(),
        InferDataTypes(),
        RoundAndClipThresholds(),
    ):
        model = model.transform(transformation)
    return model


def _accumulators(graph, conv):
    """Range of a convolution's integers: what FINN leaves outside of it is never or always met."""
    node = graph.node(conv)
    top = 255 if node.inputs[0] == "input" else graph.node(node.inputs[0]).hi
    rows = node.params["weights"].reshape(node.shape[0], -1)
    return top * rows.clip(max=0).sum(axis=1).min(), top * rows.clip(min=0).sum(axis=1).max()


@pytest.mark.parametrize(("seed", "bits"), [(1, 2), (2, 1), (3, 3)])
def test_same_integers_and_thresholds_as_finn(seed, bits):
    net = _network(seed, bits)
    finn, emulator = _finn(net.proto), Emulator(streamlined(net), 1)
    acts = [node for node in emulator.graph.nodes if node.op == "MultiThreshold"]
    theirs = [node for node in finn.graph.node if node.op_type == "MultiThreshold"][1:]
    assert len(acts) == len(theirs) == 3  # the first of FINN's is the 8-bit image, none of ours
    for frame in net.frames(3):
        real = frame.transpose(2, 0, 1)[None].astype(np.float32) * np.float32(net.step)
        context = execute_onnx(finn, {finn.graph.input[0].name: real}, True)
        boundaries = emulator.boundaries(frame)
        for ours, other in zip(acts, theirs, strict=True):
            result = context[other.output[0]]
            if result.shape != boundaries[ours.name].shape:
                result = result.transpose(0, 2, 3, 1)
            np.testing.assert_array_equal(boundaries[ours.name], result)
        output = context[finn.graph.output[0].name][0]
        np.testing.assert_allclose(
            decoded(emulator, boundaries[emulator.graph.output][0]), output, rtol=1e-5
        )
    for ours, other in zip(acts, theirs, strict=True):
        low, high = _accumulators(emulator.graph, ours.inputs[0])
        table = np.clip(finn.get_initializer(other.input[1]), low, high + 1)
        mine = np.broadcast_to(ours.params["thresholds"], (ours.shape[0], table.shape[1]))
        np.testing.assert_array_equal(mine, table)
