"""Networks to plant faults in, and the planting: the streamlined graph of a build is changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps, save_model
from flows.errors import FlowError
from flows.graph.integer_graph import IntGraph, from_onnx
from tests.flows.builder import Builder, Network
from tests.flows.flow import vouch_for, write_config


def chain() -> Network:
    """Convolution, normalization (negative gammas too), quantizer, pool; pool before a quantizer;
    a bias; a real output."""
    b = Builder(np.random.default_rng(3), (2, 12, 13), 2.0**-8)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (6, 2, 3, 3)), "binary", (1, 1), [1] * 4)
    tensor = b.pool(b.quant(b.add("Relu", [b.batch_norm(tensor)]), 2, False), (2, 2))
    tensor = b.conv(tensor, b.rng.integers(-4, 4, (5, 6, 3, 3)), "int3", (1, 1), [1] * 4, bias=True)
    tensor = b.quant(b.pool(b.batch_norm(tensor), (2, 2)), 3, True)
    tensor = b.conv(tensor, b.rng.integers(-1, 2, (4, 5, 1, 1)), "ternary", (1, 1), [0] * 4, True)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def branches() -> Network:
    """Two copies of a tensor concatenated, a sum of three convolutions of one tensor, BipolarQuant
    activations, a quantizer at the output."""
    b = Builder(np.random.default_rng(8), (3, 9, 11), 2.0**-8)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.add("Concat", [tensor, tensor], axis=1)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (6, 6, 3, 3)), "binary", (1, 1), [1] * 4)
    tensor = b.bipolar(b.batch_norm(tensor), 0.3)
    state, total = b.rng.bit_generator.state, ""
    for index in range(3):
        weights = np.random.default_rng(index).choice([-1, 1], (4, 6, 3, 3))
        b.rng.bit_generator.state = state  # the same scale for all
        part = b.conv(tensor, weights, "binary", (1, 1), [1] * 4)
        total = b.add("Add", [total, part]) if total else part
    tensor = b.quant(b.batch_norm(total), 3, True)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def streamlined_build(folder: Path, net: Network, **keys: Any) -> Build:
    """A build up to streamline."""
    build = Build.load(write_config(folder, net, **keys))
    run_steps(build, stop="streamline")
    return build


def planted(build: Build, change: Callable[[IntGraph], None]) -> str:
    """The verdict of verify_import on the graph with a change; the graph is put back."""
    path = build.paths.model(StepName.STREAMLINE)
    kept = path.read_bytes()
    graph = from_onnx(build.model(StepName.STREAMLINE))
    change(graph)
    save_model(graph.to_onnx(), path)
    vouch_for(build, StepName.STREAMLINE)
    try:
        with pytest.raises(FlowError) as error:
            run_steps(build, start="verify_import", stop="verify_import")
    finally:
        path.write_bytes(kept)
        vouch_for(build, StepName.STREAMLINE)
    return str(error.value)
