"""Convolutions of every kind: what qonnx and onnxruntime give for the file, or refused."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import numpy_helper

from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.integer_graph import from_onnx
from tests.flows.foreign_model import compare, node, proto_of

RNG = np.random.default_rng(5)
FRONT = [
    node("Quant", "x one zero b8", "xq", "qin", signed=0),
    node("Quant", "wf ws zero b4", "wfq", "qf"),
    node("Conv", "xq wfq", "f", "front"),
    node("Quant", "f sf zero b4", "a", "qa"),
]


def network(op, weights, shape=(1, 3, 5, 6), channels=4, values=None, behind=(), **attrs):
    """A 1 x 1 convolution, a quantizer of 4 bits, then op with these integer weights."""
    constants = {
        "wf": RNG.integers(-3, 4, (channels, shape[1], 1, 1)) * 2.0**-6, "ws": 2.0**-6, "sf": 2.0,
        "w": weights * 0.25, "sw": 0.25, "so": 3.0, **(values or {}),
    }  # fmt: skip
    layer = [node("Quant", "w sw zero b8", "wq", "qw"), node(op, "a wq", "y", "layer", **attrs)]
    return proto_of([*FRONT, *layer, *behind], shape, **constants)


def weights(*shape):
    return RNG.integers(-4, 4, shape)


def scales(count, axis=0):
    shape = [1, 1, 1, 1]
    shape[axis] = count
    return RNG.choice([0.25, 0.5, 1.0], count).reshape(shape)


PER_CHANNEL = np.array([0.7, 2.0, 1.3, 0.9]).reshape(4, 1, 1)
RIGHT = {
    "depthwise": network("Conv", weights(4, 1, 3, 3), group=4, pads=[1] * 4),
    "depthwise, multiplier 3": network("Conv", weights(12, 1, 2, 3), group=4, strides=[2, 1]),
    "depthwise, scales of channels": network(
        "Conv", weights(4, 1, 3, 3), group=4, values={"sf": PER_CHANNEL}
    ),
    "depthwise, scales of weights, and a quantizer": network(
        "Conv", weights(4, 1, 3, 3), group=4, behind=[node("Quant", "y so zero b4", "z", "qz")],
        values={"sw": scales(4), "sf": PER_CHANNEL},
    ),
    "depthwise, one pixel": network("Conv", weights(8, 1, 1, 1), group=4),
    "groups": network("Conv", weights(6, 2, 3, 3), group=2, pads=[0, 1, 2, 1]),
    "groups, scales of each": network(
        "Conv", weights(6, 2, 2, 2), group=2,
        values={"sf": np.array([0.5, 1.0, 0.3, 0.6]).reshape(4, 1, 1)},
    ),
    "dilated": network("Conv", weights(3, 4, 3, 2), dilations=[2, 3], pads=[2, 1, 2, 2]),
    "dilated depthwise": network("Conv", weights(4, 1, 2, 2), dilations=[2, 2], group=4),
    "dilated in one dimension": network(
        "Conv", weights(3, 4, 1, 3), (1, 3, 1, 9), dilations=[1, 3], strides=[1, 2]
    ),
    "kernel larger than the image": network(
        "Conv", weights(2, 4, 7, 9), pads=[2, 3, 1, 2], strides=[1, 3]
    ),
    "stride greater than the kernel": network("Conv", weights(2, 4, 1, 2), strides=[3, 4]),
    "transposed": network("ConvTranspose", weights(4, 3, 3, 3), strides=[2, 2], pads=[1] * 4,
                          output_padding=[1, 1]),
    "transposed, no stride": network("ConvTranspose", weights(4, 2, 2, 3), pads=[0, 1, 1, 2]),
    "transposed, uneven": network("ConvTranspose", weights(4, 3, 2, 4), strides=[3, 2],
                                  pads=[1, 0, 0, 3], output_padding=[2, 0]),
    "transposed and dilated": network("ConvTranspose", weights(4, 3, 2, 2), strides=[2, 1],
                                      dilations=[1, 3], pads=[0, 2, 1, 1]),
    "transposed in groups": network("ConvTranspose", weights(4, 3, 2, 2), strides=[2, 2], group=2),
    "transposed depthwise": network("ConvTranspose", weights(4, 1, 4, 4), strides=[2, 2], group=4,
                                    pads=[1] * 4),
    "transposed, scales of weights": network(
        "ConvTranspose", weights(4, 3, 2, 2), strides=[2, 2], values={"sw": scales(3, 1)},
        behind=[node("Quant", "y so zero b4", "z", "qz")],
    ),
    "transposed, one tap": network("ConvTranspose", weights(4, 2, 1, 1), strides=[2, 2]),
}  # fmt: skip


def shifted(op, weights, first=1.0, **attrs):
    """The same behind an addition to every channel, as bipolar inputs are brought to 0 and 1."""
    proto = network(op, weights,
                    behind=[node("Quant", "y so zero b4", "z", "qz")], **attrs)  # fmt: skip
    layer = next(n for n in proto.graph.node if n.name == "layer")
    layer.input[0] = "shifted"
    place = list(proto.graph.node).index(layer)
    proto.graph.node.insert(place, node("Add", "a c", "shifted", "shift"))
    constant = numpy_helper.from_array(
        np.array([first, -2.5, 0.0, 3.0], np.float32).reshape(4, 1, 1), "c"
    )
    proto.graph.initializer.append(constant)
    return proto


RIGHT |= {
    "behind an offset": shifted("Conv", weights(3, 4, 2, 3)),
    "behind an offset, in groups": shifted("Conv", weights(6, 2, 1, 2), group=2),
    "an offset of steps and a border": shifted("Conv", weights(3, 4, 3, 3), pads=[0, 1, 0, 0]),
    "an offset of steps, spread": shifted("ConvTranspose", weights(4, 3, 2, 2), strides=[2, 2]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_as_qonnx_executes_it(name, tmp_path):
    compare(RIGHT[name], tmp_path)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_convolution(tmp_path_factory, data):
    def pair(low, high):
        return data.draw(st.lists(st.integers(low, high), min_size=2, max_size=2))

    is_transposed = data.draw(st.booleans())
    group, width, rows = data.draw(st.sampled_from([(1, 4, 3), (2, 2, 2), (4, 1, 1), (4, 1, 2)]))
    kernel, strides, gaps = pair(1, 3), pair(1, 3), pair(1, 2)
    reach = [(k - 1) * gap for k, gap in zip(kernel, gaps, strict=True)]
    pads = [data.draw(st.integers(0, reach[i % 2])) for i in range(4)]
    attrs = {"strides": strides, "dilations": gaps, "pads": pads, "group": group}
    if is_transposed:
        attrs["output_padding"] = [data.draw(st.integers(0, step - 1)) for step in strides]
        proto = network("ConvTranspose", weights(4, rows, *kernel) | 1, **attrs)
    else:
        proto = network("Conv", weights(group * rows, width, *kernel) | 1, (1, 3, 6, 7), **attrs)
    compare(proto, tmp_path_factory.mktemp("conv"))


def integers(proto, folder):
    path = folder / "m.onnx"
    path.write_bytes(proto.SerializeToString())
    return from_onnx(streamline(prepare(load_qonnx(path))))


def test_a_transposed_convolution_is_a_flipped_one(tmp_path):
    given = weights(4, 3, 2, 3)
    proto = network("ConvTranspose", given, strides=[2, 3], pads=[0, 1, 1, 0],
                    output_padding=[1, 2])  # fmt: skip
    graph = integers(proto, tmp_path)
    spread, conv = graph.nodes[-2:]
    assert (spread.op, spread.shape) == ("Spread", (4, 9, 16))
    assert np.array_equal(conv.params["weights"], given[:, :, ::-1, ::-1].swapaxes(0, 1))
    assert (conv.attrs["pads"], conv.attrs["strides"]) == ([1, 1, 1, 4], [1, 1])


def test_scales_of_a_depthwise_convolution_go_through(tmp_path):
    proto = network("Conv", weights(4, 1, 3, 3), group=4, values={"sf": PER_CHANNEL})
    graph = integers(proto, tmp_path)
    scale = np.array(json.loads(graph.metadata["output_scale"]))
    assert np.allclose(scale, PER_CHANNEL.reshape(-1).astype(np.float32) * 0.25, rtol=1e-12)


WRONG = {
    "an offset and a border": (shifted("Conv", weights(3, 4, 3, 3), 0.3217, pads=[0, 1, 0, 0]),
               r"node layer \(Conv\): its input has an offset .* pads are zeros"),
    "an offset, spread": (shifted("ConvTranspose", weights(4, 3, 2, 2), 0.3217, strides=[2, 2]),
               r"node layer \(ConvTranspose\): its input has an offset"),
    "groups": (network("Conv", weights(4, 1, 1, 1), group=3),
               r"node layer \(Conv\): .*3.*groups"),
    "scales of a group": (
        network("Conv", weights(6, 2, 2, 2), group=2, values={"sf": PER_CHANNEL}),
        r"node layer \(Conv\): the scales of its input's channels are no multiples, of at most 1024"
        ", of one number; expected one scale for a group of 2 channels",
    ),
    "output_shape": (
        network("ConvTranspose", weights(4, 2, 2, 2), strides=[2, 2], output_shape=[10, 12]),
        r"node layer \(ConvTranspose\): output_shape is not supported; expected pads",
    ),
    "pads beyond the kernel": (
        network("ConvTranspose", weights(4, 2, 2, 2), strides=[2, 2], pads=[2, 0, 0, 0]),
        r"node layer \(ConvTranspose\): pads \[2, 0, 0, 0\] reach beyond the kernel; expected at "
        "most 1 rows and 1 columns",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_refused(name, tmp_path):
    proto, text = WRONG[name]
    with pytest.raises(FlowError, match=text):
        integers(proto, tmp_path)
