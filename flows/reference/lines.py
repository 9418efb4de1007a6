"""Constants that differ by place, as lines of the integers in front of thresholds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.graph.channel_map import IntArray
from flows.graph.integer_graph import IntGraph


@dataclass(frozen=True)
class Lines:
    """gains * integer + summands, each (C, H, W)."""

    gains: IntArray
    summands: IntArray

    def __call__(self, integers: Any) -> Any:
        """Of integers (n, C, H, W)."""
        return self.gains * integers.astype(np.int64) + self.summands

    def integers(self, sums: Any) -> Any:
        """The integers at which sums (n, C, H or 1, W or 1) are reached; 0 where none matters.

        They are the least ones, or where a gain is below zero the greatest.
        """
        gains = np.where(self.gains == 0, 1, self.gains)
        rest = (sums - self.summands).astype(np.int64)
        found = np.where(gains > 0, -(-rest // gains), rest // gains)
        return np.where(self.gains == 0, 0, found)


def lines_of_places(graph: IntGraph, name: str) -> tuple[str, Lines | None]:
    """(the tensor in front of such constants, what they do); None where there are none."""
    shape = graph.shape(name)
    gains, summands, has_places = np.ones(shape, np.int64), np.zeros(shape, np.int64), False
    while (node := graph.maker(name)) is not None:
        match node.op:
            case "PlaceSum":
                summands = summands + gains * node.params["summands"][0]
            case "PlaceProduct":
                gains = gains * node.params["gains"][0]
            case "Mul" if has_places:
                gains = gains * node.params["factors"].item()
            case _:
                break
        has_places, (name,) = True, node.inputs
    return name, Lines(gains, summands) if has_places else None
