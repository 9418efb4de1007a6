"""How long the end of a run takes, so that a limit of wall clock holds for the whole.

Behind the last step come statistics and biases, the fit of gains and shifts, and the evaluation.
What they take is estimated from a few pictures before the run and from its own steps.
"""

import time
from collections import deque
from statistics import median

import numpy as np
import torch

from model.errors import ModelError
from model.network import Network
from model.training.batches import Data, plain_batches
from model.training.config import TrainConfig
from model.training.fit_biases import fit_biases
from model.zoo import STRIDE

PICTURES = 8
"""So many are measured."""

BESIDE = 1.5
"""Seconds over those of the network alone: statistics, decoding of boxes, suppression."""

GREATEST = 0.5
"""Of the limit; a run that is all end would learn nothing."""

STEPS = 20
"""The last so many steps say how long one takes."""


class End:
    """The estimate of one run. All of it is 0 where there is no limit of minutes."""

    def __init__(self, config: TrainConfig, held_out: int) -> None:
        self.config, self.held_out = config, held_out
        self.picture = 0.0  # seconds of one picture in evaluation
        self.bias_step = 0.0  # seconds of a step that fits the head's biases
        self._steps: deque[float] = deque(maxlen=STEPS)
        self._last: float | None = None

    def measure(self, network: Network, data: Data) -> None:
        """See how long the network takes for a few pictures; it is as before, in training mode."""
        rows = range(min(PICTURES, len(data.train)))
        (pixels,) = plain_batches(data.source, rows, PICTURES)
        network.eval()
        for _ in range(2):  # the first time is longer
            start = time.monotonic()
            with torch.no_grad():
                network(pixels).cpu()
            self.picture = (time.monotonic() - start) / len(rows)
        batch = min(self.config.batch, 32) / len(rows)
        with torch.no_grad():
            inputs = [network.features(pixels)]
        boxes = torch.from_numpy(data.train.boxes[: len(rows)] / STRIDE).to(inputs[0].device)
        kinds = torch.from_numpy(data.train.kinds[: len(rows)].astype(np.int64)).to(boxes.device)
        bias = network.head.bias.detach().clone()
        # the first time is longer here too: on a GPU, or compiled, by seconds
        fit_biases(network, inputs, boxes, kinds, self.config.loss, 1)
        start = time.monotonic()
        fit_biases(network, inputs, boxes, kinds, self.config.loss, 2)
        self.bias_step = (time.monotonic() - start) / 2 * batch
        with torch.no_grad():
            network.head.bias.copy_(bias)
        network.train()

    def note(self, now: float) -> None:
        """A step has ended at this second of the run."""
        if self._last is not None:
            self._steps.append(now - self._last)
        self._last = now

    @property
    def step(self) -> float:
        """Seconds of a step."""
        return median(self._steps) if self._steps else 0.0

    def check(self, steps: int) -> None:
        """ModelError where a limit of minutes left no time for a step."""
        if not steps and self.config.max_minutes:
            raise ModelError(
                f"--max-minutes {self.config.max_minutes:g}: no step was made, for the end "
                "takes as long. Give more minutes, or fewer pictures (--hold-out, --calibration)"
            )

    def _pictures(self) -> float:
        """Seconds of statistics and evaluation."""
        pictures = min(self.config.calibration, 4096)
        biases = self.bias_step * self.config.settle
        return BESIDE * self.picture * (pictures + self.held_out) + biases

    def seconds(self, steps: int, limit: float) -> float:
        """The end of a run of so many steps, in seconds; half of the limit at most."""
        fit = min(self.config.affine, steps // 4) * self.step
        return min(self._pictures() + fit, GREATEST * limit)

    def gain_steps(self, steps: int, now: float) -> int:
        """How many steps the fit of gains and shifts has, statistics being done at this second."""
        wanted = min(self.config.affine, steps // 4)
        if not self.config.max_minutes or not self.step:
            return wanted
        left = 60 * self.config.max_minutes - now - BESIDE * self.picture * self.held_out
        return max(0, min(wanted, int(left / self.step)))
