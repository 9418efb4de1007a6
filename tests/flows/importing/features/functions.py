"""Activation functions between a layer and a quantizer."""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}
Function = Callable[[File, str], str]


def behind_layer(function: Function, signed: int = 1, opset: int = 20, bits: int = 4) -> Make:
    """A frame of 256 pixels takes each channel through all that its sums can be."""

    def make() -> ModelProto:
        f = File((1, 1, 16, 16), opset)
        weights = f.quant(f.const([[[[0.5]]], [[[-0.5]]], [[[1.75]]], [[[-1.0]]]]), 0.25, 4, 1)
        t = f.norm(f.op("Conv", f.quant("x", 2.0**-6, 8), weights, kernel_shape=[1, 1]), 4)
        t = f.quant(function(f, t), 2.0 ** -(bits - 1), bits, signed)
        return f.finish(f.conv(t, 4, 2, (1, 1)))

    return make


def op(kind: str, **attrs: Any) -> Function:
    return lambda f, t: f.op(kind, t, **attrs)


def gelu_by_erf(f: File, t: str) -> str:
    """As exporters of older opsets write it."""
    e = f.op("Erf", f.op("Div", t, f.const(np.sqrt(2.0))))
    return f.op("Mul", f.op("Mul", t, f.op("Add", e, f.const(1.0))), f.const(0.5))


def hard_swish_by_clip(f: File, t: str) -> str:
    c = f.op("Clip", f.op("Add", t, f.const(3.0)), f.const(0.0), f.const(6.0))
    return f.op("Div", f.op("Mul", t, c), f.const(6.0))


RISING: dict[str, Function] = {
    "sigmoid": op("Sigmoid"),
    "tanh": op("Tanh"),
    "hard_sigmoid": op("HardSigmoid", alpha=0.25, beta=0.5),
    "leaky_relu": op("LeakyRelu", alpha=0.125),
    "prelu": lambda f, t: f.op(
        "PRelu", t, f.const(np.array([0.5, 0.25, 0.1, 0.0]).reshape(4, 1, 1))
    ),
    "elu": op("Elu", alpha=0.7),
    "selu": op("Selu"),
    "celu": op("Celu", alpha=0.7),
    "softplus": op("Softplus"),
    "softsign": op("Softsign"),
    "erf": op("Erf"),
    "exp": op("Exp"),
    "relu6": lambda f, t: f.op("Clip", t, f.const(0.0), f.const(6.0)),
    "hard_tanh": lambda f, t: f.op("Clip", t, f.const(-1.0), f.const(1.0)),
    "floor": op("Floor"),
    "sign": op("Sign"),
    "neg": op("Neg"),
    "max": lambda f, t: f.op("Max", t, f.const(-0.25)),
    "min": lambda f, t: f.op("Min", f.const(0.3), t),
    "cube": lambda f, t: f.op("Pow", t, f.const(3.0)),
    "sqrt_of_relu": lambda f, t: f.op("Sqrt", f.op("Relu", t)),
    "thresholded_relu": op("ThresholdedRelu", alpha=0.5),
    "two_functions": lambda f, t: f.op("Tanh", f.op("Softplus", t)),
}
BOTH_WAYS: dict[str, Function] = {
    "hard_swish": op("HardSwish"),
    "hard_swish_by_clip": hard_swish_by_clip,
    "swish": lambda f, t: f.op("Mul", t, f.op("Sigmoid", t)),
    "gelu": op("Gelu"),
    "gelu_by_erf": gelu_by_erf,
    "mish": op("Mish"),
    "mish_by_softplus": lambda f, t: f.op("Mul", t, f.op("Tanh", f.op("Softplus", t))),
    "abs": op("Abs"),
    "square": lambda f, t: f.op("Mul", t, t),
    "falling_slope": op("LeakyRelu", alpha=-0.5),
    "falling_slopes": lambda f, t: f.op(
        "PRelu", t, f.const([[[-0.5]], [[0.25]], [[-0.1]], [[1.0]]])
    ),
}
for name, function in {**RISING, **BOTH_WAYS}.items():
    FEATURES[name] = behind_layer(function)
# of an unsigned quantizer what lies below zero is one level: the whole rises
FEATURES["hard_swish_unsigned"] = behind_layer(op("HardSwish"), 0)
FEATURES["swish_unsigned"] = behind_layer(BOTH_WAYS["swish"], 0)
FEATURES["gelu_two_bits"] = behind_layer(op("Gelu"), 1, bits=2)


def dense_function() -> ModelProto:
    f = File((1, 12))
    t = f.dense(f.image(), 12, 6)
    t = f.quant(f.op("Mul", t, f.op("Sigmoid", t)), 0.125, 4, 1)
    return f.finish(f.dense(t, 6, 3))


FEATURES["swish_dense"] = dense_function


def quantized_again() -> ModelProto:
    """Behind a function that falls and rises, a quantizer of another scale: MobileNet-v3's skip."""
    f = File((1, 2, 6, 5), opset=14)
    t = f.quant(f.op("HardSwish", f.conv(f.image(), 2, 4)), 0.5, 4, 1)
    return f.finish(f.conv(f.quant(t, 0.65, 4, 1), 4, 3, (1, 1)))


FEATURES["quantized_again"] = quantized_again
