"""Matrix units of three thresholds a row, as the benches of mvau's parts take them."""

from dataclasses import dataclass

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from tests.hw.bench import one_node_model


@dataclass(frozen=True)
class Unit:
    """mw and mh: of all groups; levels: the weights' values; window: taps, and channels of a beat.

    Of the rest, attributes of the operator.
    """

    mw: int
    mh: int
    simd: int
    pe: int
    given: str = "UINT2"
    levels: tuple[int, ...] = (-1, 1)
    groups: int = 1
    window: tuple[int, int] = (1, 0)
    parts: int = 0
    in_turn: int = 0
    style: str = "auto"

    def model(self, seed: int) -> ModelWrapper:
        """The unit on six pixels: random weights, and thresholds, of which two of row 0 equal."""
        rng = np.random.default_rng(seed)
        weights = rng.choice(self.levels, size=(self.mw // self.groups, self.mh))
        bits = int(self.given.strip("UINT")) - (self.given[0] == "I")
        reach = len(weights) * max(self.levels) * (2**bits - 1) // 2 + 1
        thresholds = np.sort(rng.integers(-reach, reach + 1, size=(self.mh, 3)), axis=1)
        thresholds[0, 1] = thresholds[0, 2]
        taps, channels = self.window
        attrs = {
            "MW": self.mw, "MH": self.mh, "SIMD": self.simd, "PE": self.pe,
            "inputDataType": self.given, "outputDataType": "UINT2", "weightDataType": "INT3",
            "sum_parts": self.parts, "threshold_in_turn": self.in_turn,
            "ram_style_thresholds": self.style, "Groups": self.groups, "Kernel": [1, taps],
            "window_taps": taps if channels else 0, "window_simd": channels,
        }  # fmt: skip
        initializers = [(weights, "INT3"), (thresholds, "INT24")]
        return one_node_model("MultiLevelMVAU", (1, 2, 3, self.mw), attrs, initializers)
