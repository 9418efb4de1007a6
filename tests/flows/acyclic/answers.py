"""The right output of a network's file: by numpy in float64, and by QONNX in float32.

The first is written from the operators' definitions. Where no number of a network is rounded by
float32 the second has to say the same; QONNX executes the file, onnxruntime its ordinary nodes.
"""

from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from flows.graph.decodings import decodings_of
from flows.graph.integer_graph import IntGraph
from flows.graph.layout_metadata import layouts_of
from tests.flows import qonnx_reference
from tests.flows.builder import Network


def truths(net: Network, frame: dict[str, Any]) -> dict[str, Any]:
    """Real values of every tensor, of a frame (H, W, C) for each input, by name."""
    images = net.images(frame)
    reals, _ = qonnx_reference.run(net.proto, images)
    if all(np.array_equal(value, value.astype(np.float32)) for value in reals.values()):
        for name, found in _by_qonnx(net, images).items():
            assert np.array_equal(found, reals[name]), (net.seed, name, "numpy is not QONNX")
    return reals


def _by_qonnx(net: Network, images: dict[str, Any]) -> dict[str, Any]:
    model = ModelWrapper(net.proto, make_deepcopy=True).transform(InferShapes())
    for tensor in model.get_all_tensor_names():
        model.get_tensor_shape(tensor, fix_missing_init_shape=True)
    feeds = {name: image.astype(np.float32) for name, image in images.items()}
    return {name: v.astype(np.float64) for name, v in execute_onnx(model, feeds).items()}


def right_integers(graph: IntGraph, reals: dict[str, Any]) -> dict[str, Any]:
    """The integers (H, W, C) of an integer graph's outputs, by name, of real values.

    The tensors of the file that stand for them are those that the graph's metadata say.
    """
    found = {}
    for each in decodings_of(graph.metadata):
        name = graph.outputs[each.output]
        shape = graph.shape(name)
        layout = layouts_of(graph.metadata).get(each.tensor)
        real = reals[each.tensor] if layout is None else layout.canonical(reals[each.tensor])
        expected = wanted(real.reshape(shape), np.array(each.scale), np.array(each.bias))
        found[name] = np.moveaxis(expected, 0, -1)
    return found


def wanted(right: Any, scale: Any, bias: Any) -> Any:
    """The integers (C, H, W) of real values (C, H, W), which are exact but for float64's rounding.

    scale, bias: (C,), of real = scale * integer + bias.
    """
    exact = (right - bias[:, None, None]) / scale[:, None, None]
    whole = np.rint(exact)
    assert np.abs(exact - whole).max() < 1e-4, "no multiples of the output's scale"
    return whole.astype(np.int64)
