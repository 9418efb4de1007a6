"""Networks of one structure with weights, scales and biases of a seed of their own."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.flows.builder import Builder, Network
from tests.flows.flow import write_config

#: Of a folding file: all weights and thresholds can be written.
ALL = {"Defaults": {"runtime_writeable_weights": [1, ["all"]]}}


def network(seed: int, rows: int = 6, kind: str = "int4") -> Network:
    """Signs on pixels; signs of which two channels each are equal; a sum; integers of 4 bits."""
    rng = np.random.default_rng(seed)
    b = Builder(rng, (3, 6, 6), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.conv(tensor, rng.choice([-1, 1], (rows, 3, 3, 3)), "binary", (1, 1), [1] * 4, True)
    tensor = b.quant(tensor, 2, False)
    twice = np.repeat(rng.choice([-1, 1], (4, rows // 2, 3, 3)), 2, axis=1)
    tensor = b.pool(b.batch_norm(b.conv(tensor, twice, "binary", (1, 1), [1] * 4)), (2, 2))
    tensor = b.quant(tensor, 3, True, np.float32(1))
    branch = b.conv(tensor, rng.choice([-1, 0, 1], (4, 4, 1, 1)), "ternary", (1, 1), [0] * 4)
    branch = b.quant(branch, 3, True, np.float32(1))
    tensor = b.quant(b.add("Relu", [b.add("Add", [tensor, branch])]), 3, False, np.float32(2))
    low, high = (-8, 8) if kind == "int4" else (-4, 4)
    tensor = b.conv(tensor, rng.integers(low, high, (5, 4, 1, 1)), kind, (1, 1), [0] * 4)
    return Network(seed, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def configuration(folder: Path, folding: dict[str, Any] | None = None, seed: int = 1) -> Path:
    """Configuration of network(seed) with a folding file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "folding.json").write_text(json.dumps(ALL if folding is None else folding))
    return write_config(
        folder, network(seed), folding_config_file="folding.json", target_fps=100_000
    )
