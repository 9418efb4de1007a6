"""The right output of a network's file: by numpy in float64, and by QONNX in float32.

The first is written from the operators' definitions. Where no number of a network is rounded by
float32 the second has to say the same; QONNX executes the file, onnxruntime its ordinary nodes.
"""

import json
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from flows.run.emulator import Emulator
from tests.flows import qonnx_reference
from tests.flows.builder import Network


def answer(net: Network, frame: Any) -> Any:
    """(C, H, W) of the network's output in real values, of a frame (H, W, C)."""
    image = np.asarray(frame, np.float64).transpose(2, 0, 1)[None] * net.step
    reals, _ = qonnx_reference.run(net.proto, image)
    right = reals[net.proto.graph.output[0].name]
    if all(np.array_equal(value, value.astype(np.float32)) for value in reals.values()):
        found = _by_qonnx(net, image)
        assert np.array_equal(found, right), (net.seed, "numpy and QONNX differ", net.facts)
    return right.reshape(right.shape[1], *(right.shape[2:] or (1, 1)))


def _by_qonnx(net: Network, image: Any) -> Any:
    model = ModelWrapper(net.proto, make_deepcopy=True).transform(InferShapes())
    feeds = {model.graph.input[0].name: image.astype(np.float32)}
    (result,) = execute_onnx(model, feeds).values()
    return result.astype(np.float64)


def output_map(emulator: Emulator) -> tuple[Any, Any]:
    """(scale, bias) of an integer graph's output, (C,) float64: real = scale * integer + bias."""
    scale, bias = (
        np.array(json.loads(emulator.graph.metadata[key]))
        for key in ("output_scale", "output_bias")
    )
    return scale, bias


def wanted(right: Any, scale: Any, bias: Any) -> Any:
    """The integers (C, H, W) of real values (C, H, W), which are exact but for float64's rounding.

    scale, bias: (C,), of real = scale * integer + bias.
    """
    exact = (right - bias[:, None, None]) / scale[:, None, None]
    whole = np.rint(exact)
    assert np.abs(exact - whole).max() < 1e-4, "no multiples of the output's scale"
    return whole.astype(np.int64)
