"""Random networks through the whole flow into RTL, several in one Verilator build.

Each network gets input and output streams of its own. What leaves the simulated accelerator, and
every activation on the way, must be what the independent reference says, with and without stalls.
"""

from pathlib import Path

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.steps.size_fifos import modelled
from flows.run.emulate import original_order
from flows.run.emulator import Emulator
from hw.sim.design import OUTPUT
from hw.sim.result import SimResult
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator
from hw.stitch import stitch
from tests.flows.builder import Network
from tests.flows.flow import decoded, quantized_tensors, random_build
from tests.hw.bench import CACHE, assert_beats

FRAMES = 3


def _check(net: Network, build: Build, model: ModelWrapper, result: SimResult) -> None:
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    nodes = {node.output[0]: node for node in model.graph.node}
    last = model.graph.output[0].name
    nodes[emulator.graph.output] = nodes[last]
    for index, frame in enumerate(net.frames(FRAMES)):
        real, integers = net.reference(frame)
        boundaries, found = emulator.boundaries(frame), {}
        for tensor in [node.name for node in emulator.graph.nodes if node.name in nodes]:
            what = f"seed {net.seed}, frame {index}, {tensor}"
            op, stream = getCustomOp(nodes[tensor]), result.design.stream(nodes[tensor].name)
            start = index * stream.frame_beats
            beats = result.beats(stream.name)[start : start + stream.frame_beats]
            expected = op.output_beats(boundaries[tensor])
            # pixels that no window of the last frame needs may still be on their way at the end
            if index == FRAMES - 1 and stream.kind != OUTPUT:
                expected = expected[: len(beats)]
            assert_beats(beats, expected, what)
            if len(beats) == stream.frame_beats:
                found[tensor] = beats.reshape(tuple(op.get_normal_output_shape()))
        restored = original_order(emulator, {**boundaries, **found})
        shapes = {name: value.shape for name, value in integers.items()}
        for quantizer, tensor in quantized_tensors(emulator, shapes).items():
            expected = integers[quantizer][0].transpose(1, 2, 0)
            assert np.array_equal(restored[tensor][0], expected), (net.seed, index, tensor)
        np.testing.assert_allclose(
            decoded(emulator, restored[emulator.graph.output][0]),
            real[0],
            rtol=1e-9,
            atol=1e-9 * max(1.0, float(np.abs(real).max())),
        )


def _check_timing(model: ModelWrapper, result: SimResult) -> None:
    """The timing model knows when each frame ends, but for a pipeline's latency here or there."""
    expected = modelled(model, FRAMES)
    source = result.streams[model.graph.input[0].name].first[0]
    found = np.array(result.streams[model.graph.node[-1].name].last) - source
    ends = np.array(expected.times.last[-1]) - expected.times.first[1][0]
    units = sum(node.op_type == "MultiLevelMVAU_rtl" for node in model.graph.node)
    assert np.abs(found - ends).max() <= 4 * units, (model.graph.input[0].name, found, ends)


def _run_batch(folder: Path, seeds: list[int]) -> None:
    batch = [random_build(folder, seed) for seed in seeds]
    design = stitch([model for _, _, model in batch], folder / "rtl", "random_networks")
    simulator = build_simulator(design, cache_dir=CACHE, optimize="-O0")
    inputs = {}
    for net, _, model in batch:
        first = getCustomOp(model.graph.node[0])
        frames = net.frames(FRAMES).astype(np.int64)
        inputs[model.graph.input[0].name] = first.input_beats(frames)
    for stall, idle in ((0.0, 0.0), (0.4, 0.2), (0.1, 0.7)):
        result = simulate(simulator, inputs, FRAMES, stall, seeds[0], idle=idle)
        assert not result.violations
        assert not result.surplus
        for net, build, model in batch:
            _check(net, build, model, result)
            if not stall and not idle:
                _check_timing(model, result)


def test_random_networks_in_rtl(tmp_path):
    _run_batch(tmp_path, list(range(1000, 1006)))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(2000, 2100, 10))
def test_more_random_networks_in_rtl(tmp_path, first):
    _run_batch(tmp_path, list(range(first, first + 10)))
