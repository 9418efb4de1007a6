"""One network of the gallery."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True)
class Entry:
    """A network.

    make: the module, untrained. shape: of its input, (1, C, H, W), (1, C, L) or (1, F). source: who
    defined it, and where. scale: value of a step of its integer input; low, high: the least and
    the greatest integer; step: between two. dynamo: whether torch's newer exporter takes it.
    """

    name: str
    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    source: str
    scale: float | None = None
    low: int = 0
    high: int = 255
    step: int = 1
    dynamo: bool = True

    def module(self, seed: int = 1) -> nn.Module:
        """The network in evaluation mode: weights of the seed, ranges learnt from its inputs."""
        torch.manual_seed(seed)
        made = self.make()
        made.train()
        with torch.no_grad():
            for step in range(4):
                made(self.inputs(4, seed + step))
        return made.eval()

    def inputs(self, number: int, seed: int) -> Any:
        """Inputs (number, ...), float32: integers from low to high, in steps, times scale."""
        generator = torch.Generator().manual_seed(seed)
        shape = (number, *self.shape[1:])
        count = (self.high - self.low) // self.step + 1
        integers = self.low + self.step * torch.randint(0, count, shape, generator=generator)
        return integers.float() * (self.scale or 1.0)
