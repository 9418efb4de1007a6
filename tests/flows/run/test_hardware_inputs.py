"""First layers on inputs of every type, as RTL and as C++: integers are the emulator's.

The emulator's are QONNX's (tests/flows/test_input_types.py). Layers are padded windows, max pools
and thresholds of the input itself, weights of 1 to 8 bits; foldings are random.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import yaml
from qonnx.custom_op.registry import getCustomOp

from flows.build.names import StepName
from flows.run.boundaries import Comparison
from flows.run.emulator import Emulator
from hw.hls.compiler import BUILDS, EXACT, FAST, build_program
from hw.hls.cppsim import CppSimulation
from hw.hls.project import write_project
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator
from hw.stitch import stitch
from tests.flows.flow import built
from tests.flows.input_types import INPUTS, network
from tests.hw.bench import CACHE
from tests.hw.hls.compiling import CACHE as HLS_CACHE

FRAMES = 3
FLAGS = {FAST: ("-O1", "-w"), EXACT: ("-O0", "-w")}


def made(folder: Path, index: int) -> tuple[Any, Any, Any]:
    """(model, emulator, frames) of a network on one of the inputs."""
    given, shape = INPUTS[index], (1 + index % 4, 5, 6)
    proto = network(given, shape, index, 1 + index % 8, ("", "pool", "act")[index % 3])
    place = folder / f"i{index}"
    place.mkdir()
    onnx.save(proto, str(place / "net.onnx"))
    keys = {"model": "net.onnx", "output_dir": "build", "target_fps": 100_000}
    (place / "config.yaml").write_text(yaml.safe_dump(keys))
    build, model = built(place / "config.yaml", index)
    for node in model.graph.node:
        node.name = f"i{index}_{node.name}"
    model.rename_tensor(model.graph.input[0].name, f"i{index}_x")
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)
    drawn = given.frames(np.random.default_rng(index), FRAMES, (5, 6, shape[0]))
    return model, emulator, drawn.astype(emulator.input_type.dtype)


def beats_of(model: Any, frames: Any) -> tuple[str, Any]:
    first = getCustomOp(model.graph.node[0])
    return model.graph.input[0].name, first.input_beats(frames.astype(np.int64))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(INPUTS), 10))
def test_first_layers(tmp_path: Path, first: int) -> None:
    indices = range(first, min(first + 10, len(INPUTS)))
    batch = [made(tmp_path, index) for index in indices]
    models = [model for model, _, _ in batch]
    design = stitch(models, tmp_path / "rtl", "inputs")
    simulator = build_simulator(design, cache_dir=CACHE, optimize="-O1")
    inputs = dict(beats_of(model, frames) for model, _, frames in batch)
    for stall, idle in ((0.0, 0.0), (0.4, 0.2)):
        result = simulate(simulator, inputs, FRAMES, stall, first, idle=idle)
        assert not result.violations
        assert not result.surplus
        for model, emulator, frames in batch:
            comparison = Comparison(model, emulator, None)
            streams = [boundary.stream for boundary in comparison.boundaries]
            recorded = {name: result.beats(name).reshape(FRAMES, -1) for name in streams}
            for index, frame in enumerate(frames):
                comparison.add(frame, {name: beats[index] for name, beats in recorded.items()})
            assert len(comparison.compared) > 1
            assert not comparison.differences, comparison.differences[0]
    project = write_project(models, tmp_path / "cpp", "inputs")
    for kind in BUILDS:
        program = build_program(project, kind, cache_dir=HLS_CACHE, flags=FLAGS[kind])
        compared = [Comparison(model, emulator, None) for model, emulator, _ in batch]
        nodes = [b.node for comparison in compared for b in comparison.boundaries]
        with CppSimulation(program, nodes) as simulation:
            for index in range(FRAMES):
                ports = dict(beats_of(m, frames[index : index + 1]) for m, _, frames in batch)
                found = simulation.run(ports)
                for comparison, (_, _, frames) in zip(compared, batch, strict=True):
                    comparison.add(frames[index], found.beats)
            simulation.finish()
        for comparison in compared:
            assert not comparison.differences, (kind, comparison.differences[0])
