"""Optimizer, schedule and average of the weights.

Binary layers learn latent weights, of which the forward pass takes the sign. What works for them
(Bethge et al., Back to simplicity, 2019; Liu et al., How do Adam and training strategies help BNNs
optimization?, ICML 2021): Adam, whose steps do not depend on the size of the gradient; no weight
decay on latent weights, where it only speeds up flipping; latent weights kept within [-1, 1]
(BinaryConnect), since beyond it no gradient passes.
"""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from model.layers import BinaryConv2d
from model.network import Network


def latent_weights(network: nn.Module) -> list[nn.Parameter]:
    """The latent weights of all binary layers."""
    return [module.weight for module in network.modules() if isinstance(module, BinaryConv2d)]


def make_optimizer(
    network: Network, rate: float, latent_rate: float, decay: float
) -> torch.optim.AdamW:
    """AdamW: one rate for latent weights, one for the rest; decay on full-precision weights."""
    latent = latent_weights(network)
    known = {id(weight) for weight in latent}
    rest = [p for p in network.parameters() if id(p) not in known]
    dense = [p for p in rest if p.ndim > 1]
    plain = [p for p in rest if p.ndim <= 1]
    groups: list[dict[str, Any]] = [
        {"params": latent, "weight_decay": 0.0, "lr": latent_rate, "top": latent_rate},
        {"params": dense, "weight_decay": decay, "lr": rate, "top": rate},
        {"params": plain, "weight_decay": 0.0, "lr": rate, "top": rate},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], fused=True)


def set_rate(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Every group's learning rate becomes factor times its highest."""
    for group in optimizer.param_groups:
        group["lr"] = group["top"] * factor


def rate_factor(
    progress: float, step: int, warmup: int, hold: float = 0.0, floor: float = 0.01
) -> float:
    """1 up to progress `hold`, from there a cosine to floor at progress 1.

    In front a linear warm-up of some steps. hold: 0 to less than 1.
    """
    falling = min(max((progress - hold) / (1 - hold), 0.0), 1.0)
    cosine = floor + (1 - floor) * (1 + math.cos(math.pi * falling)) / 2
    return cosine * min(1.0, (step + 1) / max(1, warmup))


def sharpness_at(progress: float, anneal: float) -> float:
    """Sharpness of binary weights at this progress of a run.

    From 0, soft weights, linearly to 1, their signs, at the share `anneal` of the run; 0: 1 from
    the start.
    """
    return min(1.0, progress / anneal) if anneal else 1.0


def clip_latent(weights: Iterable[Tensor]) -> None:
    """Keep latent weights within [-1, 1]."""
    with torch.no_grad():
        for weight in weights:
            weight.clamp_(-1.0, 1.0)


class Average:
    """Exponential average of a network's parameters; the latent weights' signs are its network.

    The decay grows with the number of steps, min(decay, (1 + n) / (10 + n)), so that the average
    forgets the start soon.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self._live = list(network.parameters())
        self.values = [p.detach().clone() for p in self._live]

    def update(self) -> None:
        """Take in the parameters as they are now."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(self.values, self._live, 1 - decay)

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps, "values": self.values}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.steps = state["steps"]
        for value, stored in zip(self.values, state["values"], strict=True):
            value.copy_(stored)
