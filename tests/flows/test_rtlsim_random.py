"""Random networks through the whole flow into RTL, several in one Verilator build.

Each network gets input and output streams of its own. What leaves the simulated accelerator, and
every activation on the way, must be what the independent reference says, with and without stalls.
"""

from pathlib import Path

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.build import load_step
from flows.config import BuildConfig
from flows.emulate import original_order
from flows.emulator import Emulator
from hw.sim.design import OUTPUT
from hw.sim.result import SimResult
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator
from hw.stitch import stitch
from tests.flows.flow import built, decoded, quantized_tensors, write_config
from tests.flows.networks import Network, random_network
from tests.hw.bench import CACHE, assert_beats

FRAMES = 3
#: Frames per second at 10 ns that the solver's own foldings have to reach.
TARGETS = (20_000, 60_000, 100_000, 200_000)


def _prepare(folder: Path, seed: int) -> tuple[Network, BuildConfig, ModelWrapper]:
    """Build one network: every second one with a random folding, the others from a target."""
    net = random_network(seed)
    config_path = write_config(folder / f"n{seed}", net, target_fps=TARGETS[seed // 2 % 4])
    config, model = built(config_path, seed if seed % 2 else None)
    for node in model.graph.node:
        node.name = f"n{seed}_{node.name}"
    model.rename_tensor(model.graph.input[0].name, f"n{seed}_x")
    return net, config, model


def _check(net: Network, config: BuildConfig, model: ModelWrapper, result: SimResult) -> None:
    emulator = Emulator(load_step(config, "fold_duplicated_weights"))
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


def _run_batch(folder: Path, seeds: list[int]) -> None:
    batch = [_prepare(folder, seed) for seed in seeds]
    design = stitch([model for _, _, model in batch], folder / "rtl", "random_networks")
    simulator = build_simulator(design, cache_dir=CACHE, optimize="-O1")
    inputs = {}
    for net, _, model in batch:
        first = getCustomOp(model.graph.node[0])
        frames = net.frames(FRAMES).astype(np.int64)
        inputs[model.graph.input[0].name] = first.input_beats(frames)
    for stall, idle in ((0.0, 0.0), (0.4, 0.2), (0.1, 0.7)):
        result = simulate(simulator, inputs, FRAMES, stall, seeds[0], idle=idle)
        assert not result.violations
        assert not result.surplus
        for net, config, model in batch:
            _check(net, config, model, result)


def test_random_networks_in_rtl(tmp_path):
    _run_batch(tmp_path, list(range(1000, 1006)))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(2000, 2100, 10))
def test_more_random_networks_in_rtl(tmp_path, first):
    _run_batch(tmp_path, list(range(first, first + 10)))
