"""The head of the decode bench: sides from tiny to beyond the limits, scales of each channel."""

import numpy as np

from camera_path.head import HeadIntegers


def head() -> HeadIntegers:
    scale = np.resize([0.01, 0.02, 0.012, 0.008, 0.01, 0.02], 12)
    bias = np.random.default_rng(7).normal(size=12)
    return HeadIntegers.make(((0.4, 0.5), (3.0, 2.5)), scale.tolist(), bias.tolist())
