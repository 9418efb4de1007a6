"""QONNX networks made node by node with ``onnx.helper``; nothing of ``model/``."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.flows import qonnx_reference

DOMAIN = "qonnx.custom_op.general"
CUSTOM = ("Quant", "BipolarQuant", "Trunc")


@dataclass
class Builder:
    """A QONNX graph as it grows; ``probe`` holds real samples of each tensor, to choose scales."""

    rng: np.random.Generator
    shape: tuple[int, int, int]
    input_scale: float = 1.0
    exact: bool = False
    nodes: list[Any] = field(default_factory=list)
    initializers: dict[str, Any] = field(default_factory=dict)
    probe: dict[str, list[Any]] = field(default_factory=dict)
    levels: tuple[int, int, int] = (0, 255, 1)  # of the input: least, greatest, step
    more: list["Given"] = field(default_factory=list)  # further inputs

    def __post_init__(self) -> None:
        self._sample(Given("x", self.shape, self.input_scale, self.levels))

    def enter(self, given: "Given") -> None:
        """Add an input."""
        self.more.append(given)
        self._sample(given)

    def _sample(self, given: "Given") -> None:
        self.probe[given.name] = [_nchw(f) * given.step for f in given.frames(self.rng, 2)]

    def constant(self, value: Any) -> str:
        name = f"p{len(self.initializers)}"
        self.initializers[name] = np.asarray(value, dtype=np.float32)
        return name

    def integers(self, *values: int) -> str:
        """A constant of integers, as shapes, places and steps are."""
        name = self.constant([0.0])
        self.initializers[name] = np.array(values, np.int64)
        return name

    def add(self, op: str, inputs: list[str], **attrs: Any) -> str:
        count = sum(node.op_type == op for node in self.nodes)
        name, result = f"{op}_{count}", f"t{len(self.nodes)}"
        domain = DOMAIN if op in CUSTOM else ""
        node = helper.make_node(op, inputs, [result], name=name, domain=domain, **attrs)
        self.nodes.append(node)
        if any(i in self.probe for i in inputs):
            samples = []
            for index in range(2):
                values = [
                    self.probe[i][index] if i in self.probe else self._real(i)
                    for i in filter(None, inputs)
                ]
                samples.append(qonnx_reference.evaluate(node, values)[0])
            self.probe[result] = samples
        else:
            self.initializers[f"={result}"] = qonnx_reference.evaluate(
                node, [self._real(i) for i in inputs]
            )[0]
        return result

    def _real(self, name: str) -> Any:
        value = self.initializers.get(name)
        return (self.initializers[f"={name}"] if value is None else value).astype(np.float64)

    def channels(self, tensor: str) -> int:
        return int(self.probe[tensor][0].shape[1])

    def size(self, tensor: str) -> tuple[int, int]:
        return self.probe[tensor][0].shape[2:]

    def spread(self, tensor: str) -> float:
        return max(float(np.std(np.concatenate(self.probe[tensor]))), 1e-3)

    def scale(self, near: float, shape: tuple[int, ...] = ()) -> Any:
        """Scales near a number: powers of two in an exact network, any float32 in another."""
        power = np.round(np.log2(near) + self.rng.uniform(-0.6, 0.6, shape))
        free = 1 if self.exact else self.rng.uniform(0.8, 1.2, shape)
        return np.asarray(2.0**power * free, dtype=np.float32)

    # --- layers -------------------------------------------------------------------------------

    def quant(
        self,
        tensor: str,
        bits: int,
        signed: bool,
        scale: Any = None,
        zero: int = 0,
        narrow: bool = False,
        mode: str = "ROUND",
    ) -> str:
        if scale is None:
            levels = 2 ** (bits - signed) - 0.5
            scale = self.scale(2.0 * self.spread(tensor) / levels)
        inputs = [tensor, *(self.constant(v) for v in (scale, zero, bits))]
        return self.add("Quant", inputs, signed=int(signed), narrow=int(narrow), rounding_mode=mode)

    def bipolar(self, tensor: str, scale: Any = 1.0) -> str:
        return self.add("BipolarQuant", [tensor, self.constant(scale)])

    def weights(self, integers: Any, kind: str, per_row: bool = True) -> str:
        """Quantizer of float weights that gives these integers, scaled as it likes.

        per_row: each of the first axis may have a scale of its own.
        """
        rows, *others = integers.shape
        per_channel = self.rng.random() < 0.3 and per_row
        scale = self.scale(0.25, (rows, *(1 for _ in others)) if per_channel else ())
        if kind == "binary":
            magnitude = self.rng.uniform(0.1, 1.0, integers.shape)
            return self.bipolar(self.constant(integers * magnitude), scale)
        jitter = self.rng.uniform(-0.3, 0.3, integers.shape)
        bits = 2 if kind == "ternary" else int(kind.removeprefix("int"))
        return self.quant(
            self.constant((integers + jitter) * scale), bits, True, scale, narrow=kind == "ternary"
        )

    def conv(
        self,
        tensor: str,
        integers: Any,
        kind: str,
        strides: Any,
        pads: Any,
        bias: bool = False,
        group: int = 1,
        dilations: Any = (1, 1),
    ) -> str:
        inputs = [tensor, self.weights(integers, kind)]
        if bias:
            value = self.rng.normal(size=integers.shape[0])
            inputs.append(self.constant(np.round(value * 4) / 8 if self.exact else value))
        return self.add(
            "Conv",
            inputs,
            kernel_shape=list(integers.shape[2:]),
            strides=list(strides),
            pads=list(pads),
            group=group,
            dilations=list(dilations),
        )

    def batch_norm(self, tensor: str) -> str:
        shape = self.channels(tensor)
        sign = self.rng.choice([-1.0, 1.0], shape)
        params = [
            sign * self.rng.uniform(0.3, 2.0, shape),
            self.rng.normal(size=shape),
            self.rng.normal(scale=self.spread(tensor), size=shape),
            self.rng.uniform(0.2, 2.0, shape) * self.spread(tensor) ** 2,
        ]
        inputs = [tensor, *(self.constant(p) for p in params)]
        return self.add("BatchNormalization", inputs, epsilon=1e-5)

    def pool(self, tensor: str, kernel: tuple[int, int], pads: Any = (0, 0, 0, 0)) -> str:
        return self.add(
            "MaxPool", [tensor], kernel_shape=list(kernel), strides=list(kernel), pads=list(pads)
        )

    def finish(self, output: str) -> ModelProto:
        """The ONNX model whose output is this tensor."""
        shape = list(self.probe[output][0].shape)
        graph = helper.make_graph(
            self.nodes,
            "random",
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *shape])
                for name, shape in [("x", self.shape), *((g.name, g.shape) for g in self.more)]
            ],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
            [
                numpy_helper.from_array(value, name)
                for name, value in self.initializers.items()
                if not name.startswith("=")
            ],
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(DOMAIN, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)


@dataclass(frozen=True)
class Given:
    """An input. step: value of one of its integers; levels: least, greatest, step of these."""

    name: str
    shape: tuple[int, int, int]
    step: float
    levels: tuple[int, int, int]

    def frames(self, rng: np.random.Generator, count: int) -> Any:
        """(N, H, W, C)"""
        if self.levels == (0, 255, 1):
            return random_frames(rng, count, self.shape)
        return random_levels(rng, count, self.shape, self.levels)


@dataclass(frozen=True)
class Network:
    """A finished random network. input_scale: for the configuration; None: the model says it.

    facts: what was drawn, a line a layer. d, f: the factors drawn for each convolution. more:
    further inputs.
    """

    seed: int
    proto: ModelProto
    shape: tuple[int, int, int]
    step: float
    input_scale: float | None
    facts: tuple[str, ...]
    d: tuple[int, ...]
    f: tuple[int, ...]
    more: tuple[Given, ...] = ()

    def all_frames(self, count: int, seed: int = 0) -> dict[str, Any]:
        """(N, H, W, C) of each input that an output depends on, by name."""
        found = {"x": self.frames(count, seed)}
        for index, given in enumerate(self.more):
            found[given.name] = given.frames(np.random.default_rng([self.seed, seed, index]), count)
        needed = {info.name for info in self.proto.graph.output}
        for node in reversed(self.proto.graph.node):
            if needed.intersection(node.output):
                needed.update(node.input)
        return {name: frames for name, frames in found.items() if name in needed}

    def images(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Real values (1, C, H, W) of each input, of integers (H, W, C); zeros where none are."""
        steps = {"x": (self.step, self.shape), **{g.name: (g.step, g.shape) for g in self.more}}
        return {
            name: _nchw(frame[name]) * step if name in frame else np.zeros((1, *shape))
            for name, (step, shape) in steps.items()
        }

    def frames(self, count: int, seed: int = 0) -> Any:
        """(N, H, W, C) of the levels that the quantizer at the input has."""
        rng = np.random.default_rng([self.seed, seed])
        low, high, step = self.levels()
        if low == 0 and high <= 255:
            return (random_frames(rng, count, self.shape).astype(np.int64) % (high + 1)).astype(
                np.uint8
            )
        return random_levels(rng, count, self.shape, (low, high, step))

    def levels(self) -> tuple[int, int, int]:
        """(least, greatest, step) at the input: pixels where the configuration says the scale."""
        if self.input_scale is None:
            values = {c.name: numpy_helper.to_array(c) for c in self.proto.graph.initializer}
            for node in self.proto.graph.node:
                if node.op_type == "BipolarQuant" and node.input[0] == "x":
                    return -1, 1, 2
                if node.op_type == "Quant" and node.input[0] == "x":
                    bits = int(values[node.input[3]])
                    signed = next(a.i for a in node.attribute if a.name == "signed")
                    low = -(2 ** (bits - 1)) if signed else 0
                    return low, low + 2**bits - 1, 1
        return 0, 255, 1

    def reference(self, frame: Any) -> tuple[Any, dict[str, Any]]:
        """(real output (1, C, H, W), integers of the quantizers) of a frame (H, W, C) uint8."""
        reals, integers = qonnx_reference.run(self.proto, _nchw(frame) * self.step)
        return reals[self.proto.graph.output[0].name], integers

    def save(self, folder: Any) -> Any:
        path = folder / f"net{self.seed}.onnx"
        onnx.save(self.proto, str(path))
        return path


def _nchw(frame: Any) -> Any:
    return frame.astype(np.float64).transpose(2, 0, 1)[None]


def random_frames(rng: np.random.Generator, count: int, shape: tuple[int, int, int]) -> Any:
    """Noise, then frames of few levels, extremes and flat areas."""
    channels, height, width = shape
    frames = rng.integers(0, 256, (count, height, width, channels))
    for index in range(1, count, 2):
        frames[index] = rng.choice([0, 1, 64, 128, 255], frames[index].shape)
        frames[index, : height // 2] = rng.choice([0, 255])
    return frames.astype(np.uint8)


def random_levels(
    rng: np.random.Generator, count: int, shape: tuple[int, int, int], levels: tuple[int, int, int]
) -> Any:
    """Noise of the whole range (least, greatest, step), then frames of the ends and zero alone."""
    channels, height, width = shape
    low, high, step = levels
    frames = low + step * rng.integers(
        0, (high - low) // step + 1, (count, height, width, channels)
    )
    for index in range(1, count, 2):
        frames[index] = rng.choice([low, high] if step > 1 else [low, 0, high], frames[index].shape)
    wide = high - low > 255
    return frames.astype(f"{'' if low < 0 else 'u'}int{16 if wide else 8}")
