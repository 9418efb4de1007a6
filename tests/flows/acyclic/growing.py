"""A network as it grows, operator by operator.

Each operator takes tensors that are there (any may be taken again, which is a fork) and adds one.
An operator of the flow that is new gets a function under ``@operator``: it draws its inputs from
``Growing`` and returns the new tensor, or None where nothing that is there fits.

In an *exact* network all scales are powers of two, so that float32 computes every tensor exactly
and ties are frequent. In any other they are arbitrary float32 numbers, and normalizations and
functions such as the sigmoid stand in front of quantizers.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tests.flows.builder import Builder, Given

#: Integers of weights, by kind: least and greatest.
WEIGHTS = {
    "binary": (-1, 1),
    "ternary": (-1, 1),
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in range(2, 9)},
}
#: A tensor of more bits is quantized before anything else.
MOST_BITS = 9
#: Scales that are to be brought to one unit differ by no more.
MOST_RATIO = 256
#: Functions in front of quantizers that float32 computes exactly, and those that it does not.
EXACT = ("Relu", "Relu", "LeakyRelu", "PRelu", "Clip", "HardSigmoid", "Neg")
OTHERS = ("Sigmoid", "Tanh", "Softsign", "Erf", "Elu")
#: Functions that fall and rise: behind a layer alone.
BOTH_WAYS = {True: ("Abs",), False: ("Abs", "HardSwish")}
#: Networks of the seeds from here on have two or three inputs, and one to four outputs.
SEVERAL_ENDS = 100_000
#: The first seed of products, maxima, gates, masks and parts; of moves and wide tensors; and of
#: constants that differ by place.
OF_TWO_FROM, MOVES_FROM, PLACES_FROM = 10_000, 20_000, 30_000
LAYERS = ("Conv", "ConvTranspose", "Gemm")


class Growing:
    """The network so far, and of each tensor that an operator may take:

    bits: of its integers; units: the least and the greatest scale of a channel.
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        rng = self.rng
        self.exact = bool(rng.random() < 0.7)
        shape = (int(rng.integers(1, 4)), int(rng.integers(5, 10)), int(rng.integers(5, 10)))
        bits = 8 if rng.random() < 0.7 else int(rng.integers(1, 8))
        signed = bool(bits < 8 and rng.random() < 0.5)
        low = -(2 ** (bits - 1)) if signed else 0
        levels = (-1, 1, 2) if bits == 1 and signed else (low, low + 2**bits - 1, 1)
        scale = 2.0**-bits if self.exact else float(np.float32(rng.uniform(0.5, 1) * 2.0**-bits))
        self.b = Builder(rng, shape, scale, exact=self.exact, levels=levels)
        self.images: list[str] = []  # levels of each input
        self.bits: dict[str, int] = {}
        self.units: dict[str, tuple[float, float]] = {}
        self._quantize("x", bits, signed, scale)
        self.used: set[str] = set()
        self.facts: list[str] = []
        if seed >= SEVERAL_ENDS:
            for index in range(int(rng.integers(1, 3))):
                self._another(f"x{index}", shape)

    def _quantize(self, name: str, bits: int, signed: bool, scale: float) -> None:
        """The quantizer of an input."""
        if bits == 1 and signed:
            image = self.b.bipolar(name, np.float32(scale))
        else:
            image = self.b.quant(name, bits, signed, np.float32(scale))
        self.images.append(self.known(image, bits, (scale, scale)))

    def _another(self, name: str, shape: tuple[int, int, int]) -> None:
        """A further input: of the first one's size, of half of it, or of one pixel; any type."""
        size = self.one([shape[1:], shape[1:], [each // 2 for each in shape[1:]], (1, 1)])
        bits = int(self.one([8, 8, 4, 2, 12]))
        signed = self.chance(0.4)
        low = -(2 ** (bits - 1)) if signed else 0
        # often the first one's scale, so that the two may be added
        scale = self.b.input_scale
        if self.chance(0.5):
            scale = float(self.b.scale(2.0**-bits))
        levels = (low, low + 2**bits - 1, 1)
        self.b.enter(Given(name, (int(self.rng.integers(1, 4)), *map(int, size)), scale, levels))
        self._quantize(name, bits, signed, scale)
        self.facts.append(f"input {name} {self.b.more[-1].shape} of {bits} bits")

    def one(self, values: Any) -> Any:
        """One of values."""
        values = list(values)
        return values[int(self.rng.integers(len(values)))]

    def chance(self, of: float) -> bool:
        """True in so many cases."""
        return bool(self.rng.random() < of)

    # --- tensors ------------------------------------------------------------------------------

    def tensor(self, fits: Callable[[str], bool] = lambda _: True) -> str | None:
        """One of the tensors; those that nothing has taken yet more often."""
        found = [name for name in self.bits if fits(name)]
        fresh = [name for name in found if name not in self.used]
        taken = self.one([*found, *fresh * 4]) if found else None
        if taken is not None:
            self.used.add(taken)
        return taken

    def pair(self, fits: Callable[[str, str], bool]) -> tuple[str, str] | None:
        """Two of the tensors that fit each other; new ones more often."""
        found = [(a, b) for a in self.bits for b in self.bits if fits(a, b)]
        fresh = [pair for pair in found if not set(pair) <= self.used and pair[0] != pair[1]]
        taken: tuple[str, str] | None = self.one([*found, *fresh * 4]) if found else None
        if taken is not None:
            self.used |= set(taken)
        return taken

    def size(self, tensor: str) -> tuple[int, int]:
        """(H, W)."""
        height, width = self.b.size(tensor)
        return int(height), int(width)

    def shape(self, tensor: str) -> tuple[int, int, int]:
        """(C, H, W)."""
        return (self.b.channels(tensor), *self.size(tensor))

    def span(self, *tensors: str) -> tuple[float, float]:
        """The least and the greatest scale of some tensors' channels."""
        lows, highs = zip(*(self.units[name] for name in tensors), strict=True)
        return min(lows), max(highs)

    def near(self, *tensors: str, ratio: float = MOST_RATIO) -> bool:
        """Whether all their scales are small multiples of one number."""
        low, high = self.span(*tensors)
        return high <= (ratio if self.exact else 1) * low

    def plain(self, tensor: str) -> bool:
        """Whether it has one scale."""
        return self.units[tensor][0] == self.units[tensor][1]

    def known(self, tensor: str, bits: int, units: tuple[float, float]) -> str:
        """The tensor, which operators may take from now on."""
        self.bits[tensor], self.units[tensor] = bits, units
        return tensor

    # --- quantizers ---------------------------------------------------------------------------

    def quantized(self, tensor: str, signed: bool | None = None, scale: Any = None) -> str:
        """The tensor behind a function, perhaps, and a quantizer of 1 to 8 bits."""
        b = self.b
        if signed is None:
            tensor = self._function(tensor)
        bits = int(self.one([1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8]))
        if bits == 1 and scale is None and self.chance(0.3):
            return self.of_quantizer(b.bipolar(tensor, b.scale(1.0)), 2)
        if signed is None:
            signed = bool(bits > 1 and self.chance(0.5))
        bits = max(bits, 1 + signed)
        narrow = bool(bits > 1 and self.chance(0.2))
        mode = "ROUND" if self.chance(0.9) else str(self.one(["FLOOR", "CEIL"]))
        if scale is None and self.chance(0.1):
            near = 2.0 * b.spread(tensor) / (2 ** (bits - signed) - 0.5)
            scale = b.scale(near, (b.channels(tensor), 1, 1))
        return self.of_quantizer(b.quant(tensor, bits, signed, scale, 0, narrow, mode), bits)

    def of_quantizer(self, tensor: str, bits: int) -> str:
        """The output of a quantizer, which is the last node."""
        scale = self.b.initializers[self.b.nodes[-1].input[1]]
        return self.known(tensor, bits, (float(np.min(scale)), float(np.max(scale))))

    def _function(self, tensor: str) -> str:
        """The tensor behind a function of one number, or as it is."""
        b, spread = self.b, self.b.spread(tensor)
        behind_layer = b.nodes[-1].op_type in LAYERS and b.nodes[-1].output[0] == tensor
        if behind_layer and not self.exact and self.chance(0.4):
            tensor = b.batch_norm(tensor)
        if self.chance(0.5):
            return tensor
        kinds = [*EXACT, *(() if self.exact else OTHERS)]
        if behind_layer:
            kinds += BOTH_WAYS[self.exact]
        else:
            kinds.remove("Neg")  # no weights that could take the sign
        kind = str(self.one(kinds))
        if kind == "LeakyRelu":
            return b.add(kind, [tensor], alpha=0.125)
        if kind == "PRelu":
            slopes = b.scale(0.25, (b.channels(tensor), 1, 1))
            return b.add(kind, [tensor, b.constant(slopes)])
        if kind == "Clip":
            low, high = -float(self.one([0, 1])) * b.scale(spread), 1.5 * b.scale(spread)
            return b.add(kind, [tensor, b.constant(low), b.constant(high)])
        if kind == "HardSigmoid":
            return b.add(kind, [tensor], alpha=float(b.scale(0.5 / spread)), beta=0.5)
        if kind in (*OTHERS, "HardSwish"):  # into the range where they bend
            tensor = b.add("Mul", [tensor, b.constant(b.scale(2.0 / spread))])
        return b.add(kind, [tensor], **({"alpha": 1.0} if kind == "Elu" else {}))

    def maybe_quantized(
        self, tensor: str, bits: int, units: tuple[float, float], chance: float = 0.7
    ) -> str:
        """The tensor behind a quantizer, or as it is where it has few bits and scales that fit."""
        low, high = units
        far = high > MOST_RATIO * low if self.exact else high != low
        if bits > MOST_BITS or far or self.chance(chance):
            return self.quantized(tensor)
        return self.known(tensor, bits, units)

    # --- weights ------------------------------------------------------------------------------

    def weights(self, *shape: int) -> tuple[Any, str]:
        """(integers, kind) of random weights of 1 to 8 bits."""
        kind = str(self.one(WEIGHTS))
        low, high = WEIGHTS[kind]
        integers = self.rng.integers(low, high + 1, shape)
        if kind == "binary":
            integers = np.where(integers >= 0, 1, -1)
        return integers, kind


Operator = Callable[[Growing], str | None]


class Known(NamedTuple):
    """An operator: how often it is tried, and the first seed whose networks grow by it.

    Networks of the seeds below it stay what they were. Seeds count from SEVERAL_ENDS anew.
    """

    grow: Operator
    weight: int
    since: int


OPERATORS: dict[str, Known] = {}


def operator(weight: int, since: int = 0) -> Callable[[Operator], Operator]:
    """Add a function to those that networks grow by; see ``Known``."""

    def add(function: Operator) -> Operator:
        assert function.__name__ not in OPERATORS
        OPERATORS[function.__name__] = Known(function, weight, since)
        return function

    return add


def operators_of(seed: int) -> dict[str, Known]:
    """The operators by which the network of a seed grows, by name."""
    found = sorted(OPERATORS.items(), key=lambda item: item[1].since)  # stable: in their order
    return {name: known for name, known in found if known.since <= seed % SEVERAL_ENDS}
