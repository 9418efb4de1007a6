"""Small networks with convolutions of every kind, as QONNX files with their configuration."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml

from flows.build.build import Build
from flows.build.sequence import run_steps
from tests.flows.foreign_model import node, proto_of


class Layers:
    """A network as it grows: each layer a convolution of quantized weights and a quantizer."""

    def __init__(self, shape: tuple[int, int, int], seed: int = 0) -> None:
        self.shape, self.rng = (1, *shape), np.random.default_rng(seed)
        self.nodes = [node("Quant", "x one zero b8", "a0", "qin", signed=0)]
        self.values: dict[str, Any] = {}
        self.channels, self.count = shape[0], 0

    def add(
        self,
        rows: int,
        kernel: tuple[int, int],
        op: str = "Conv",
        bits: int = 3,
        act: int = 2,
        scale: Any = 8.0,
        **attrs: Any,
    ) -> "Layers":
        """bits: of weights; act: of the quantizer behind, unsigned (0: none); scale: its own."""
        self.count += 1
        n, group = self.count, attrs.get("group", 1)
        shape = (rows, self.channels // group, *kernel)
        if op == "ConvTranspose":
            shape = (self.channels, rows // group, *kernel)
        self.values |= {
            f"w{n}": self.weights(bits, shape), f"b{n}_w": float(bits), f"s{n}": scale,
            f"b{n}_a": float(act),
        }  # fmt: skip
        quantizer = (
            ("Quant", f"w{n} one zero b{n}_w") if bits > 1 else ("BipolarQuant", f"w{n} one")
        )
        self.nodes.append(node(*quantizer, f"q{n}", f"qw{n}"))
        self.nodes.append(node(op, f"a{n - 1} q{n}", f"c{n}", f"layer{n}", **attrs))
        if act:
            self.nodes.append(node("Quant", f"c{n} s{n} zero b{n}_a", f"a{n}", f"qa{n}", signed=0))
        self.channels = rows
        return self

    def weights(self, bits: int, shape: tuple[int, ...]) -> Any:
        if bits == 1:
            return self.rng.choice([-1.0, 1.0], shape)
        return self.rng.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), shape).astype(float)

    def built(self, folder: Path, **keys: Any) -> Build:
        """Built to the end, the file compared with its integers on the way."""
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(proto_of(self.nodes, self.shape, **self.values), str(folder / "m.onnx"))
        path = folder / "config.yaml"
        path.write_text(yaml.safe_dump({"model": "m.onnx", "output_dir": "build", **keys}))
        build = Build.load(path)
        run_steps(build)
        return build

    def frames(self, count: int) -> Any:
        """(count, H, W, C) uint8."""
        _, channels, height, width = self.shape
        return self.rng.integers(0, 256, (count, height, width, channels)).astype(np.uint8)


def mobile(side: int = 8, blocks: int = 2, channels: int = 4) -> Layers:
    """A first layer, then blocks of a depthwise and a pointwise convolution, as in MobileNet.

    The quantizer in front of each depthwise convolution has a scale for each channel.
    """
    layers = Layers((3, side, side), seed=1)

    def scales(count: int, near: float) -> Any:
        return (near * layers.rng.uniform(0.7, 1.3, count)).reshape(count, 1, 1)

    layers.add(channels, (3, 3), pads=[1] * 4, scale=scales(channels, 400.0))
    for block in range(blocks):
        stride = 1 + block % 2
        wide = 2 * channels
        layers.add(channels, (3, 3), group=channels, pads=[1] * 4, strides=[stride] * 2, bits=4)
        layers.add(wide, (1, 1), scale=scales(wide, 6.0) if block + 1 < blocks else 6.0)
        channels = wide
    return layers.add(5, (1, 1), act=0)


def every_kind(seed: int = 0) -> Layers:
    """Dilated, grouped, depthwise with a multiplier, transposed, in one network."""
    return (
        Layers((2, 7, 6), seed)
        .add(4, (2, 3), dilations=[2, 1], pads=[1, 1, 0, 2], scale=300.0)
        .add(6, (3, 3), group=2, pads=[1] * 4, bits=1)
        .add(12, (2, 2), group=6, strides=[2, 1], bits=2, scale=2.0)
        .add(3, (3, 2), "ConvTranspose", strides=[2, 2], pads=[1, 0, 1, 1], output_padding=[1, 0])
        .add(3, (3, 3), dilations=[1, 2], group=3, bits=8, pads=[0, 2, 0, 2], act=0)
    )
