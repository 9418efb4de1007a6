"""Random small QONNX networks, made node by node with ``onnx.helper``; nothing of ``model/``.

``random_network(seed)`` draws D (in blocks, interleaved, permuted), F (a Concat of one tensor with
itself, or a sum of convolutions of one tensor), kernels, strides, pads, pools before or behind the
quantizer, normalization with negative gammas, biases, and all kinds of quantizers. In half of the
networks every scale is a power of two, so that sums fall exactly between two levels.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.flows import qonnx_reference

DOMAIN = "qonnx.custom_op.general"


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

    def __post_init__(self) -> None:
        frames = random_frames(self.rng, 2, self.shape)
        self.probe["x"] = [_nchw(frame) * self.input_scale for frame in frames]

    def constant(self, value: Any) -> str:
        name = f"p{len(self.initializers)}"
        self.initializers[name] = np.asarray(value, dtype=np.float32)
        return name

    def add(self, op: str, inputs: list[str], **attrs: Any) -> str:
        count = sum(node.op_type == op for node in self.nodes)
        name, result = f"{op}_{count}", f"t{len(self.nodes)}"
        domain = DOMAIN if op in ("Quant", "BipolarQuant") else ""
        node = helper.make_node(op, inputs, [result], name=name, domain=domain, **attrs)
        self.nodes.append(node)
        if any(i in self.probe for i in inputs):
            samples = []
            for index in range(2):
                values = [
                    self.probe[i][index] if i in self.probe else self._real(i) for i in inputs
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

    def weights(self, integers: Any, kind: str) -> str:
        """Quantizer of float weights that gives these integers, scaled as it likes."""
        rows = integers.shape[0]
        per_channel = self.rng.random() < 0.3
        scale = self.scale(0.25, (rows, 1, 1, 1) if per_channel else ())
        if kind == "binary":
            magnitude = self.rng.uniform(0.1, 1.0, integers.shape)
            return self.bipolar(self.constant(integers * magnitude), scale)
        jitter = self.rng.uniform(-0.3, 0.3, integers.shape)
        bits = {"ternary": 2, "int2": 2, "int3": 3, "int4": 4}[kind]
        return self.quant(
            self.constant((integers + jitter) * scale), bits, True, scale, narrow=kind == "ternary"
        )

    def conv(
        self, tensor: str, integers: Any, kind: str, strides: Any, pads: Any, bias: bool = False
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
            group=1,
            dilations=[1, 1],
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
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, *self.shape])],
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
class Network:
    """A finished random network. input_scale: for the configuration; None: the model says it.

    facts: what was drawn, a line a layer. d, f: the factors drawn for each convolution.
    """

    seed: int
    proto: ModelProto
    shape: tuple[int, int, int]
    step: float
    input_scale: float | None
    facts: tuple[str, ...]
    d: tuple[int, ...]
    f: tuple[int, ...]

    def frames(self, count: int, seed: int = 0) -> Any:
        """(N, H, W, C) uint8."""
        return random_frames(np.random.default_rng([self.seed, seed]), count, self.shape)

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


KINDS = {
    "binary": (-1, 1), "ternary": (-1, 1), "int2": (-2, 1), "int3": (-4, 3), "int4": (-8, 7),
}  # fmt: skip


def random_weights(
    rng: np.random.Generator, kind: str, rows: int, channels: int, kernel: tuple[int, int], d: int
) -> tuple[Any, str]:
    """Integers (O, C, KH, KW) in which each input channel stands d times, and how they lie."""
    low, high = KINDS[kind]
    base = rng.integers(low, high + 1, (rows, channels // d, *kernel))
    if kind == "binary":
        base = np.where(base >= 0, 1, -1)
    layout = str(rng.choice(["blocks", "interleaved", "permuted"]))
    weights = np.repeat(base, d, 1) if layout == "interleaved" else np.tile(base, (1, d, 1, 1))
    if layout == "permuted":
        weights = weights[:, rng.permutation(channels)]
    return weights, layout


class _Draw:
    """Draws one network."""

    def __init__(self, seed: int, layers: int | None) -> None:
        self.rng = np.random.default_rng(seed)
        rng = self.rng
        self.layers = layers or int(rng.integers(1, 4))
        shape = (int(rng.integers(1, 5)), int(rng.integers(5, 12)), int(rng.integers(5, 12)))
        exact = bool(rng.random() < 0.5)
        self.given = None if rng.random() < 0.7 else 2.0**-8
        self.in_bits = int(rng.choice([8, 8, 8, 7, 5, 4, 3]))
        step = 2.0**-8 if exact else float(np.float32(rng.uniform(0.003, 0.02)))
        self.has_quant = bool(rng.random() < 0.85)
        if not self.has_quant:
            step = 1.0 if self.given is None else self.given
            self.given = step  # nothing in the model says it
        elif self.given is not None:
            step = self.given
        self.b = Builder(rng, shape, step, exact)
        self.facts = [f"input {shape}, {self.in_bits} bits, exact {exact}, given {self.given}"]
        self.d: list[int] = []
        self.f: list[int] = []

    def network(self, seed: int) -> Network:
        tensor = self._input()
        for layer in range(self.layers):
            d_next = int(self.rng.choice([1, 2, 3, 4])) if layer + 1 < self.layers else 1
            tensor = self._layer(tensor, layer, d_next)
        b = self.b
        return Network(
            seed,
            b.finish(tensor),
            b.shape,
            b.input_scale,
            self.given,
            tuple(self.facts),
            tuple(self.d),
            tuple(self.f),
        )

    def _input(self) -> str:
        b, rng, tensor = self.b, self.rng, "x"
        if self.has_quant:
            bits = self.in_bits
            scale = b.input_scale * (2.0 ** (8 - bits) if self.given is not None else 1)
            tensor = b.quant(tensor, bits, False, np.float32(scale))
            if rng.random() < 0.25:
                span = b.input_scale * 255
                tensor = b.add("Mul", [tensor, b.constant(2.0 / span)])
                tensor = b.add("Add", [tensor, b.constant(np.full((1, 1, 1), -1.0))])
                tensor = b.quant(tensor, int(rng.integers(2, 6)), True)
                self.facts.append("normalized, then signed")
        if rng.random() < 0.1:
            tensor = b.pool(tensor, (2, 2))
            self.facts.append("pool of the image")
        return tensor

    def _layer(self, tensor: str, layer: int, d_next: int) -> str:
        b, rng = self.b, self.rng
        channels, size = b.channels(tensor), b.size(tensor)
        kernel = [(1, 1), (3, 3), (2, 2), (1, 3), (3, 1), (2, 3)][
            rng.choice(6, p=[0.25, 0.4, 0.1, 0.1, 0.05, 0.1])
        ]
        pads = [int(rng.integers(0, k)) for k in (*kernel, *kernel)]
        if kernel == (1, 1) and rng.random() < 0.2:
            pads = [int(v) for v in rng.integers(0, 2, 4)]
        for axis in (0, 1):
            missing = kernel[axis] - size[axis] - pads[axis] - pads[axis + 2]
            pads[axis] += max(0, missing)
        strides = [int(v) for v in rng.choice([1, 2, 3], 2, p=[0.6, 0.25, 0.15])]
        if rng.random() < 0.7:
            strides[1] = strides[0]
        divisors = [d for d in (1, 2, 3, 4, 8) if channels % d == 0]
        d = int(rng.choice(divisors[1:])) if len(divisors) > 1 and rng.random() < 0.7 else 1
        f = int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))
        rows = d_next * int(rng.integers(1, 4))
        kind = str(rng.choice(list(KINDS), p=[0.5, 0.2, 0.1, 0.1, 0.1]))
        way = str(rng.choice(["concat", "sum"])) if f > 1 else ""
        bias = bool(rng.random() < 0.3)
        args = (strides, pads)
        if way == "sum":
            tensor, layout = self._sum(tensor, kind, rows, kernel, d, f, args)
        else:
            copies = [random_weights(rng, kind, rows, channels, kernel, d) for _ in range(f)]
            layout = copies[0][1]
            if f > 1:
                tensor = b.add("Concat", [tensor] * f, axis=1)
            weights = np.concatenate([w for w, _ in copies], axis=1)
            tensor = b.conv(tensor, weights, kind, *args, bias=bias)
        self.d.append(d)
        self.f.append(f)
        self.facts.append(
            f"conv {channels}->{rows} {kernel} s{strides} p{pads} {kind} D{d} {layout} F{f} {way}"
        )
        return self._behind(tensor, layer + 1 == self.layers)

    def _sum(
        self, tensor: str, kind: str, rows: int, kernel: Any, d: int, f: int, args: Any
    ) -> tuple[str, str]:
        """Sum of f convolutions of one tensor, all of the same scales."""
        b, rng = self.b, self.rng
        state = rng.bit_generator.state
        total, layout = "", ""
        for _ in range(f):
            weights, layout = random_weights(rng, kind, rows, b.channels(tensor), kernel, d)
            after = rng.bit_generator.state
            rng.bit_generator.state = state  # the same scales again
            part = b.conv(tensor, weights, kind, *args)
            rng.bit_generator.state = after
            total = b.add("Add", [total, part]) if total else part
        return total, layout

    def _behind(self, tensor: str, last: bool) -> str:
        """What stands behind a convolution: normalization, pools, quantizer."""
        b, rng = self.b, self.rng
        drawn = []

        def chance(what: str, probability: float) -> bool:
            if rng.random() < probability:
                drawn.append(what)
            return what in drawn[-1:]

        normalized = not b.exact and chance("bn", 0.7)
        if normalized:
            tensor = b.batch_norm(tensor)
        if chance("mul", 0.2):
            tensor = b.add("Mul", [tensor, b.constant(b.scale(1.0))])
        if chance("add", 0.2):
            shift = rng.integers(-4, 5, (1, b.channels(tensor), 1, 1)) * 0.125
            tensor = b.add("Add", [tensor, b.constant(shift)])
        if last and chance("real output", 0.6):
            return self._note(tensor, drawn)
        pool = self._pool_size(tensor) if chance("pool", 0.45) else None
        early = pool is not None and chance("early", 0.5)
        if early:
            tensor = b.pool(tensor, pool)
        relu = chance("relu", 0.3)
        if relu:
            tensor = b.add("Relu", [tensor])
        tensor = self._activation(tensor, relu, normalized, drawn)
        if pool is not None and not early:
            tensor = b.pool(tensor, pool)
        return self._note(tensor, drawn)

    def _activation(self, tensor: str, relu: bool, normalized: bool, drawn: list[str]) -> str:
        b, rng = self.b, self.rng
        bits = int(rng.integers(1, 5))
        signed = bool(not relu and bits > 1 and rng.random() < 0.4)
        # without an offset zero is a tie that float64 decides by chance, unless all is exact
        if bits == 1 and not relu and (b.exact or normalized) and rng.random() < 0.5:
            drawn.append("bipolar")
            return b.bipolar(tensor, b.scale(1.0))
        zero = int(rng.integers(-1, 3)) if rng.random() < 0.15 else 0
        if zero < 0 and not signed:
            zero = 0
        narrow = bool(bits > 1 and rng.random() < 0.2)
        mode = "ROUND"
        if b.exact:
            mode = str(rng.choice(["ROUND", "FLOOR", "CEIL"], p=[0.8, 0.1, 0.1]))
        drawn.append(f"{'' if signed else 'u'}int{bits} zero {zero} narrow {narrow} {mode}")
        return b.quant(tensor, bits, signed, zero=zero, narrow=narrow, mode=mode)

    def _pool_size(self, tensor: str) -> tuple[int, int] | None:
        kernel = [(2, 2), (3, 3), (2, 1), (1, 3)][self.rng.choice(4, p=[0.6, 0.2, 0.1, 0.1])]
        fits = all(k <= s for k, s in zip(kernel, self.b.size(tensor), strict=True))
        return kernel if fits else None

    def _note(self, tensor: str, drawn: list[str]) -> str:
        self.facts.append("  then " + ", ".join(drawn))
        return tensor


def random_network(seed: int, layers: int | None = None) -> Network:
    """The random network of a seed, always the same."""
    return _Draw(seed, layers).network(seed)
