"""Random small QONNX networks.

``random_network(seed)`` draws D (in blocks, interleaved, permuted), F (a Concat of one tensor with
itself, or a sum of convolutions of one tensor), kernels, strides, pads, pools before or behind the
quantizer, normalization with negative gammas, biases, and all kinds of quantizers. In half of the
networks every scale is a power of two, so that sums fall exactly between two levels.
"""

from typing import Any

import numpy as np

from tests.flows.builder import Builder, Network

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
        self.signed = ""
        self.has_quant = bool(rng.random() < 0.85)
        if not self.has_quant:
            step = 1.0 if self.given is None else self.given
            self.given = step  # nothing in the model says it
        elif self.given is not None:
            step = self.given
        levels = (0, 255, 1)
        if self.has_quant and self.given is None:
            levels = self._other_input(np.random.default_rng([seed, 1]))
        self.b = Builder(rng, shape, step, exact, levels=levels)
        self.facts = [
            f"input {shape}, {self.signed}{self.in_bits} bits, exact {exact}, given {self.given}"
        ]
        self.d: list[int] = []
        self.f: list[int] = []

    def _other_input(self, rng: np.random.Generator) -> tuple[int, int, int]:
        """Signed, bipolar or wide levels of the input's quantizer, in half of the networks."""
        draw = rng.random()
        if draw < 0.5:
            return 0, 255, 1
        if draw < 0.6:
            self.signed, self.in_bits = "bipolar, ", 1
            return -1, 1, 2
        self.signed = "signed, " if draw < 0.9 else ""
        self.in_bits = int(rng.integers(2 if self.signed else 9, 17))
        low = -(2 ** (self.in_bits - 1)) if self.signed else 0
        return low, low + 2**self.in_bits - 1, 1

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
            if self.signed == "bipolar, ":
                tensor = b.bipolar(tensor, np.float32(scale))
            else:
                tensor = b.quant(tensor, bits, bool(self.signed), np.float32(scale))
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
        """Nodes behind a convolution: normalization, pools, quantizer."""
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
