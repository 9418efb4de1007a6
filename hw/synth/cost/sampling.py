"""Operators of which runs are made, one line of JSON each, and how an operator says to draw them.

A line holds all that makes the operator again: its weights and thresholds are drawn by its seed.
Each operator has a ``Sampling``; ``hw.synth.cost.operators`` asks them all.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

IntArray = np.ndarray[Any, np.dtype[np.int64]]

#: What a memory can be asked to be.
STYLES = ("auto", "block", "distributed")
#: Initial values of one further input, and its data type.
Initializer = tuple[IntArray, str]


@dataclass(frozen=True)
class Drawn:
    """A sample: the node that a run synthesizes.

    kind: operator type without a variant. shape: of its input. levels: weights are minimum +
    step*k, k = 0..top, each k as likely as it is with fair coins for its bits added up (where there
    are weights). steps: thresholds a channel, 0: none. origin: "random" or "network".
    """

    kind: str
    shape: tuple[int, ...]
    attrs: dict[str, Any]
    levels: tuple[int, int, int] = (0, 0, 0)
    steps: int = 0
    seed: int = 0
    origin: str = "random"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind,
            "shape": list(self.shape),
            "attrs": self.attrs,
            "levels": list(self.levels),
            "steps": self.steps,
            "seed": self.seed,
            "origin": self.origin,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Drawn":
        """Of as_dict's result."""
        return cls(
            data["kind"],
            tuple(data["shape"]),
            data["attrs"],
            tuple(data["levels"]),
            data["steps"],
            data["seed"],
            data["origin"],
        )

    @property
    def ident(self) -> str:
        """Hash of all of it but the origin."""
        data = self.as_dict()
        del data["origin"]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


Draw = Callable[[np.random.Generator, int], Drawn]


def no_initializers(drawn: Drawn, rng: np.random.Generator) -> list[Initializer]:
    """Of an operator without weights or thresholds."""
    return []


@dataclass(frozen=True)
class Sampling:
    """How to draw an operator's samples.

    attributes: those that make one; the rest follows or does not matter to its cost. draws: so many
    of each way to draw one (given a generator and the index among them). initializers: weights and
    thresholds of a drawn one. optional: attributes that are left out at their usual value, so that
    runs from before they were there stay the same.
    """

    attributes: tuple[str, ...]
    draws: tuple[tuple[int, Draw], ...]
    initializers: Callable[[Drawn, np.random.Generator], list[Initializer]] = no_initializers
    optional: tuple[str, ...] = ()


def one(rng: np.random.Generator, values: Sequence[Any]) -> Any:
    """One of values."""
    return values[int(rng.integers(len(values)))]


def divisor(rng: np.random.Generator, number: int, most: int = 1 << 30) -> int:
    """A divisor of number, at most so great."""
    return int(one(rng, [d for d in range(1, number + 1) if number % d == 0 and d <= most]))


def types(rng: np.random.Generator) -> dict[str, str]:
    """Data types of an operator that hands its values on."""
    kind = f"UINT{one(rng, (2, 2, 3, 5, 8))}"
    return {"inputDataType": kind, "outputDataType": kind}


def image(rng: np.random.Generator) -> tuple[int, int, int, int]:
    """(1, H, W, C)."""
    return 1, one(rng, (18, 34, 66, 130)), one(rng, (18, 34, 66, 130, 258)), some_channels(rng)


def some_channels(rng: np.random.Generator) -> int:
    """Channels of an image."""
    return int(one(rng, (3, 8, 16, 32, 64)))
