"""Small networks on inputs of every type: QONNX files, and the levels that their inputs have."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import ModelProto

from tests.flows.foreign_model import node, proto_of


@dataclass(frozen=True)
class Input:
    """Attributes of the quantizer at an input; bits 0: BipolarQuant. levels: those it has."""

    bits: int
    signed: bool
    narrow: bool = False
    zero: int = 0
    rounding: str = "ROUND"

    @property
    def levels(self) -> list[int]:
        """Integers less the zero point, as QONNX defines them."""
        if self.bits == 0 or (self.bits == 1 and self.signed):
            return [-1 - self.zero, 1 - self.zero]
        low = -(1 << self.bits - 1) + self.narrow if self.signed else 0
        high = (1 << self.bits - self.signed) - 1 - (self.narrow and not self.signed)
        return [low - self.zero, high - self.zero]

    @property
    def step(self) -> int:
        """2 for two levels that are 2 apart."""
        return 2 if self.bits == 0 or (self.bits == 1 and self.signed) else 1

    def __str__(self) -> str:
        kind = "bipolar" if self.bits == 0 else f"{'' if self.signed else 'u'}int{self.bits}"
        rest = f"{'-narrow' if self.narrow else ''}{f'-z{self.zero}' if self.zero else ''}"
        return kind + rest

    def frames(self, rng: np.random.Generator, count: int, shape: tuple[int, ...]) -> Any:
        """(N, H, W, C): both ends alone, then integers of the whole range, int64."""
        low, high = self.levels
        drawn = rng.integers(0, (high - low) // self.step + 1, (count, *shape)) * self.step + low
        drawn[0], drawn[1 % count, ::2] = low, high
        return drawn


#: Every width, signed and not, and what else a quantizer may say.
INPUTS = [
    *(Input(bits, signed) for bits in range(1, 17) for signed in (False, True)),
    Input(0, False), Input(8, True, narrow=True), Input(4, False, narrow=True),
    Input(8, False, zero=128), Input(8, False, zero=3), Input(8, True, zero=-5),
    Input(12, True, rounding="FLOOR"), Input(1, True, zero=2),
]  # fmt: skip
SCALE = 0.125


def network(
    given: Input, shape: tuple[int, int, int], seed: int, weight_bits: int = 3, front: str = ""
) -> ModelProto:
    """A padded convolution behind the quantizer, thresholds, then a second convolution.

    shape: (C, H, W). front: "pool" for a max pool of the input itself, "act" for a quantizer of 3
    bits behind it. Every scale is a power of two.
    """
    rng = np.random.default_rng(seed)
    channels = shape[0]
    low, high = given.levels
    values: dict[str, Any] = {
        "s": SCALE, "z": float(given.zero), "bits": float(max(given.bits, 1)),
        "wb": float(weight_bits), "one": 1.0, "zero": 0.0, "b4": 4.0, "b3": 3.0,
    }  # fmt: skip
    if given.bits:
        nodes = [
            node(
                "Quant", "x s z bits", "q", "qin",
                signed=int(given.signed), narrow=int(given.narrow), rounding_mode=given.rounding,
            )
        ]  # fmt: skip
    else:
        nodes = [node("BipolarQuant", "x s", "q", "qin")]
    if front == "pool":
        nodes.append(node("MaxPool", "q", "p", "pool", kernel_shape=[2, 2], strides=[2, 2]))
    if front == "act":
        values["qs"] = 2.0 ** np.round(np.log2((high - low) * SCALE / 6))
        nodes.append(node("Quant", "q qs zero b3", "p", "act"))
    last = "p" if front else "q"
    if weight_bits == 1:
        weights = rng.choice([-1.0, 1.0], (4, channels, 3, 3))
        nodes.append(node("BipolarQuant", "w one", "wq", "qw"))
    else:
        edge = 1 << weight_bits - 1
        weights = rng.integers(-edge, edge, (4, channels, 3, 3)).astype(float)
        nodes.append(node("Quant", "w one zero wb", "wq", "qw"))
    nodes.append(node("Conv", f"{last} wq", "c", "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
    spread = float(np.abs(weights).sum((1, 2, 3)).mean()) ** 0.5 * (high - low) * SCALE
    if front == "act":
        spread = float(np.abs(weights).sum((1, 2, 3)).mean()) ** 0.5 * 4 * values["qs"]
    values["os"] = 2.0 ** np.round(np.log2(spread / 8))
    nodes.append(node("Quant", "c os zero b4", "a", "qact"))
    nodes.append(node("Quant", "v one zero b4", "vq", "qv"))
    nodes.append(node("Conv", "a vq", "y", "conv2", kernel_shape=[1, 1]))
    values |= {"w": weights, "v": rng.integers(-8, 8, (2, 4, 1, 1)).astype(float)}
    return proto_of(nodes, (1, *shape), **values)
