"""A tiny detector: 16 x 16 pictures, one anchor, 8 x 8 cells; its build takes seconds."""

import json
from pathlib import Path

import numpy as np

from flows.build.build import Build
from flows.build.sequence import run_steps
from tests.flows.builder import Builder, Network
from tests.flows.flow import write_config

ANCHORS = [[0.5, 0.75]]


def tiny_detector() -> Network:
    """Two convolutions of binary weights with a pool between them; anchors in the metadata."""
    b = Builder(np.random.default_rng(2), (3, 16, 16), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (4, 3, 3, 3)), "binary", (1, 1), [1] * 4)
    tensor = b.pool(b.quant(tensor, 2, False), (2, 2))
    weights = b.bipolar(b.constant(b.rng.choice([-1.0, 1.0], (6, 4, 1, 1))), 0.25)
    bias = b.constant(b.rng.normal(size=6).round(1))
    tensor = b.add(
        "Conv", [tensor, weights, bias], kernel_shape=[1, 1], strides=[1, 1], pads=[0] * 4,
        group=1, dilations=[1, 1],
    )  # fmt: skip
    proto = b.finish(tensor)
    entry = proto.metadata_props.add()
    entry.key, entry.value = "anchors", json.dumps(ANCHORS)
    return Network(0, proto, b.shape, b.input_scale, None, (), (), ())


def built_detector(folder: Path) -> tuple[Path, Build]:
    """Build it in folder; returns the configuration's path and the configuration."""
    path = write_config(folder, tiny_detector(), target_fps=40_000, name="tiny")
    build = Build.load(path)
    run_steps(build)
    return path, build
