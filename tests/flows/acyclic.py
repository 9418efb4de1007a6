"""Random QONNX networks without a circle: forks, sums, concatenations, layers, pools.

A network grows operator by operator. Each takes tensors that are there (any may be taken again,
which is a fork) and adds one. An operator of the flow that is new gets a function here, under
``@operator``: it draws its inputs from ``Growing`` and returns the new tensor, or None where
nothing that is there fits. All scales are powers of two, so that float32 computes every tensor
exactly.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from tests.flows.builder import Builder, Network

#: Integers of weights, by kind: least and greatest.
WEIGHTS = {"binary": (-1, 1), "ternary": (-1, 1), "int2": (-2, 1), "int3": (-4, 3), "int4": (-8, 7)}
#: A tensor of more bits is quantized before anything else.
MOST_BITS = 9
#: Scales that are to be brought to one unit differ by no more.
MOST_RATIO = 1024


class Growing:
    """The network so far, and of each tensor that an operator may take:

    bits: of its integers; units: the least and the greatest scale of a channel.
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        rng = self.rng
        shape = (int(rng.integers(1, 4)), int(rng.integers(6, 11)), int(rng.integers(6, 11)))
        self.b = Builder(rng, shape, 2.0**-8, exact=True)
        image = self.b.quant("x", 8, False, np.float32(self.b.input_scale))
        self.bits = {image: 8}
        self.units = {image: (self.b.input_scale, self.b.input_scale)}
        self.used: set[str] = set()
        self.facts: list[str] = []

    def one(self, values: Any) -> Any:
        """One of values."""
        values = list(values)
        return values[int(self.rng.integers(len(values)))]

    def tensor(self, fits: Callable[[str], bool] = lambda _: True) -> str | None:
        """One of the tensors; those that nothing has taken yet three times as often."""
        found = [name for name in self.bits if fits(name)]
        fresh = [name for name in found if name not in self.used]
        taken = self.one([*found, *fresh, *fresh]) if found else None
        if taken is not None:
            self.used.add(taken)
        return taken

    def size(self, tensor: str) -> tuple[int, int]:
        """(H, W)."""
        height, width = self.b.size(tensor)
        return int(height), int(width)

    def quantized(self, tensor: str) -> str:
        """The tensor behind a quantizer of 1 to 8 bits."""
        rng, b = self.rng, self.b
        bits = int(self.one([1, 1, 2, 2, 3, 4, 5, 8]))
        if bits == 1 and rng.random() < 0.3:
            return self._noted(b.bipolar(tensor, b.scale(1.0)), 2)
        signed = bool(bits > 1 and rng.random() < 0.4)
        if not signed and rng.random() < 0.5:
            tensor = b.add("Relu", [tensor])
        made = b.quant(tensor, bits, signed, narrow=bool(bits > 1 and rng.random() < 0.2))
        return self._noted(made, bits)

    def _noted(self, tensor: str, bits: int) -> str:
        """The output of a quantizer, which is the last node."""
        scale = float(self.b.initializers[self.b.nodes[-1].input[1]])
        self.bits[tensor], self.units[tensor] = bits, (scale, scale)
        return tensor

    def maybe_quantized(
        self, tensor: str, bits: int, units: tuple[float, float], chance: float = 0.7
    ) -> str:
        """The tensor behind a quantizer, or as it is where it has few bits and scales that fit."""
        if bits > MOST_BITS or units[1] > MOST_RATIO * units[0] or self.rng.random() < chance:
            return self.quantized(tensor)
        self.bits[tensor], self.units[tensor] = bits, units
        return tensor

    def span(self, *tensors: str) -> tuple[float, float]:
        """The least and the greatest scale of some tensors' channels."""
        lows, highs = zip(*(self.units[name] for name in tensors), strict=True)
        return min(lows), max(highs)

    def convolution(
        self, tensor: str, rows: int, size: tuple[int, int] | None = None
    ) -> str | None:
        """A convolution without a quantizer; size: (H, W) that comes out, None: any."""
        rng, b = self.rng, self.b
        height, width = self.size(tensor)
        side = int(self.one([1, 1, 3, 3, 2]))
        stride = int(self.one([1, 1, 1, 2])) if min(height, width) > 3 else 1
        pad = side // 2 if side != 2 else int(rng.integers(0, 2))
        if size is not None:
            side, pad, stride = (side, side // 2, 1) if side != 2 else (1, 0, 1)
            stride = 1 if size == (height, width) else 2
            if size != tuple(-(-each // stride) for each in (height, width)):
                return None
        if min(height, width) + 2 * pad < side:
            return None
        kind = str(self.one(WEIGHTS))
        low, high = WEIGHTS[kind]
        weights = rng.integers(low, high + 1, (rows, b.channels(tensor), side, side))
        if kind == "binary":
            weights = np.where(weights >= 0, 1, -1)
        return b.conv(tensor, weights, kind, (stride, stride), [pad] * 4)


Operator = Callable[[Growing], str | None]
OPERATORS: dict[str, tuple[Operator, int]] = {}


def operator(weight: int) -> Callable[[Operator], Operator]:
    """Add a function to those that networks grow by; weight: how often it is tried."""

    def add(function: Operator) -> Operator:
        OPERATORS[function.__name__] = (function, weight)
        return function

    return add


@operator(4)
def layer(net: Growing) -> str | None:
    """A convolution and a quantizer."""
    source = net.tensor()
    assert source is not None
    made = net.convolution(source, int(net.one([1, 2, 3, 4, 6])))
    return None if made is None else net.quantized(made)


@operator(2)
def two_convolutions(net: Growing) -> str | None:
    """The sum of two convolutions, of one tensor or of two, quantized."""
    first, rows = net.tensor(), int(net.one([1, 2, 4]))
    assert first is not None
    left = net.convolution(first, rows)
    if left is None:
        return None

    def near(name: str) -> bool:
        """Weights' scales differ too: those of the sums then are in reach of each other."""
        low, high = net.span(first, name)
        return high <= MOST_RATIO / 64 * low

    second = net.tensor(near)
    if second is None:
        return None
    right = net.convolution(second, rows, net.size(left))
    return None if right is None else net.quantized(net.b.add("Add", [left, right]))


def _pair(net: Growing) -> tuple[str, str] | None:
    """Two tensors of one shape, of one scale each, near enough to be added."""

    def fits(name: str) -> bool:
        return net.units[name][0] == net.units[name][1]

    first = net.tensor(fits)
    assert first is not None
    shape = (net.b.channels(first), net.size(first))

    def matches(name: str) -> bool:
        low, high = net.span(first, name)
        same = (net.b.channels(name), net.size(name)) == shape
        return fits(name) and same and high <= MOST_RATIO * low

    second = net.tensor(matches)
    return None if second is None else (first, second)


def _summed(net: Growing, op: str, pair: tuple[str, str]) -> str:
    """A sum or difference; its integers count the smaller one's scale."""
    low, high = net.span(*pair)
    bits = max(net.bits[name] for name in pair) + round(np.log2(high / low)) + 2
    return net.maybe_quantized(net.b.add(op, list(pair)), bits, (low, low))


@operator(4)
def add(net: Growing) -> str | None:
    """The sum of two tensors of one shape, mostly quantized."""
    pair = _pair(net)
    return None if pair is None else _summed(net, "Add", pair)


@operator(1)
def subtract(net: Growing) -> str | None:
    """Their difference."""
    pair = _pair(net)
    return None if pair is None or pair[0] == pair[1] else _summed(net, "Sub", pair)


@operator(3)
def concat(net: Growing) -> str | None:
    """Two or three tensors of one size side by side, quantized or not."""
    first = net.tensor()
    assert first is not None
    size = net.size(first)
    parts = [first]
    for _ in range(int(net.one([1, 1, 2]))):
        more = net.tensor(lambda name: net.size(name) == size)
        assert more is not None
        parts.append(more)
    if sum(map(net.b.channels, parts)) > 16:
        return None
    made = net.b.add("Concat", parts, axis=1)
    bits = max(net.bits[name] for name in parts) + 1
    return net.maybe_quantized(made, bits, net.span(*parts), 0.4)


@operator(2)
def max_pool(net: Growing) -> str | None:
    """A pool of 2 x 2 or 3 x 1, of windows side by side."""
    rows, columns = net.one([(2, 2), (2, 2), (3, 1)])
    source = net.tensor(lambda n: net.size(n)[0] >= rows + 2 and net.size(n)[1] >= columns + 2)
    if source is None:
        return None
    made = net.b.pool(source, (rows, columns))
    net.bits[made], net.units[made] = net.bits[source], net.units[source]
    return made


@operator(1)
def quantizer(net: Growing) -> str | None:
    """Another quantizer of a tensor."""
    source = net.tensor()
    assert source is not None
    return net.quantized(source)


def acyclic_network(seed: int, operators: int = 0) -> Network:
    """The random network of a seed, always the same; operators: how many are tried (0: 5 to 10)."""
    net = Growing(seed)
    names = [name for name, (_, weight) in OPERATORS.items() for _ in range(weight)]
    last = ""
    for _ in range(operators or int(net.rng.integers(5, 11))):
        name = net.one(names)
        made = OPERATORS[name][0](net)
        if made is not None:
            net.facts.append(f"{name} {net.b.probe[made][0].shape[1:]}")
            last = made
    net.used.discard(last)
    return _finished(net, seed, last or _one_layer(net))


def _one_layer(net: Growing) -> str:
    made = net.convolution(next(iter(net.bits)), 2)
    assert made is not None
    return made


def _finished(net: Growing, seed: int, last: str) -> Network:
    """All of the last tensor's size that nothing has taken is laid beside it; a layer ends all."""
    b = net.b
    size = net.size(last)
    loose = [n for n in net.bits if n not in net.used and n != last and net.size(n) == size]
    low, high = net.span(last, *loose) if last in net.units else (1.0, 2.0 * MOST_RATIO)
    if loose and sum(map(b.channels, loose)) < 12 and high <= MOST_RATIO * low:
        last = b.add("Concat", [last, *loose], axis=1)
    weights = net.rng.integers(-1, 2, (2, b.channels(last), 1, 1))
    last = b.conv(last, weights, "ternary", (1, 1), [0] * 4)
    if net.rng.random() < 0.5:
        last = net.quantized(last)
    _prune(b, last)
    return Network(seed, b.finish(last), b.shape, b.input_scale, None, tuple(net.facts), (), ())


def _prune(b: Builder, last: str) -> None:
    """Leave out nodes that the output does not need."""
    needed = {last}
    for node in reversed(b.nodes):
        if node.output[0] in needed:
            needed |= set(node.input)
    b.nodes = [node for node in b.nodes if node.output[0] in needed]
    b.initializers = {k: v for k, v in b.initializers.items() if k in needed}


def by_qonnx(net: Network, frame: Any) -> Any:
    """(H, W, C) of the network's output in real values: QONNX executes the file in float32."""
    model = ModelWrapper(net.proto, make_deepcopy=True).transform(InferShapes())
    image = np.asarray(frame.transpose(2, 0, 1)[None] * net.step, np.float32)
    (result,) = execute_onnx(model, {model.graph.input[0].name: image}).values()
    return result[0].transpose(1, 2, 0).astype(np.float64)
