"""A second network whose constants of other operators differ is refused, and they are named."""

import json

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.weights.same import second_graph
from tests.flows.importing.features.files import File
from tests.flows.importing.features.reference import build_of
from tests.flows.weights_case import ALL


def many_levels(seed, bias=0.0, factor=0.731):
    """A layer, a quantizer of 10 bits (a multiplication and a shift), a layer."""
    f = File((1, 2, 6, 5))
    image = f.image()
    f.rng = np.random.default_rng(seed)
    t = f.op("Mul", f.conv(image, 2, 3), f.const(factor))
    t = f.quant(f.op("Add", t, f.const(bias)), 0.01, 10)
    return f.finish(f.conv(t, 3, 2, (1, 1)))


def ordered_sum(seed, scale=0.0317):
    """A sum of scales of no ratio: factors of its own."""
    f = File((1, 2, 6, 5))
    image = f.image()
    f.rng = np.random.default_rng(seed)
    a, b = (f.quant(f.conv(image, 2, 3), each, 4, 1) for each in (0.0913, scale))
    return f.finish(f.conv(f.quant(f.op("Add", a, b), 0.1, 4, 1), 3, 2, (1, 1)))


def step(model, folder, stop):
    folder.mkdir()
    (folder / "folding.json").write_text(json.dumps(ALL))
    build: Build = build_of(model, folder, folding_config_file="folding.json", verify_import=False)
    run_steps(build, stop=stop)
    return build.model(stop)


def second(first, other, folder):
    mine = step(first, folder / "first", StepName.TO_HARDWARE)
    folded = step(other, folder / "second", StepName.FOLD_DUPLICATED_WEIGHTS)
    return second_graph(mine, folded, 0.0, "second.onnx")


@pytest.mark.parametrize(
    ("first", "other", "why"),
    [
        (many_levels(1), many_levels(1, bias=0.7), r"node \w+ \(StreamRequant\w*\): "),
        (many_levels(1), many_levels(1, factor=0.9), r"node \w+ \(StreamRequant\w*\): "),
        (ordered_sum(1), ordered_sum(1, 0.0521), r"node \w+ \(AddStreams\w*\): Factors = "),
    ],
)
def test_refused_by_name(first, other, why, tmp_path):
    with pytest.raises(FlowError, match=f"second.onnx: {why}"):
        second(first, other, tmp_path)


def test_other_weights_between_are_taken(tmp_path):
    graph = second(ordered_sum(1), ordered_sum(2), tmp_path)
    assert any(node.op_type.startswith("AddStreams") for node in graph.graph.node)
