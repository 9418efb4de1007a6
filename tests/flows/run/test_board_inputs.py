"""Signed and odd widths through the driver and the DMA shell, simulated, to the accelerator."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.board import board_simulator
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from hw.driver import DmaBackend, DupNetAccelerator
from hw.sim.board import SimulatedBoard
from hw.sim.board_bus import SimulatedBus
from tests.flows.input_types import SCALE, Input, network
from tests.hw.bench import CACHE

#: (input, NumPy type of an element in memory)
CASES = [
    (Input(5, True), "int8"),
    (Input(12, False), "uint16"),
    (Input(16, True), "int16"),
    (Input(0, False), "int8"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("given", "dtype"), CASES, ids=str)
def test_frames_through_the_shell(given: Input, dtype: str, tmp_path: Path) -> None:
    onnx.save(network(given, (3, 5, 6), 7, weight_bits=2), str(tmp_path / "net.onnx"))
    config = tmp_path / "c.yaml"
    config.write_text("model: net.onnx\noutput_dir: build\ntarget_fps: 100000\n")
    run_steps(Build.load(config))
    build = Build.load(config)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)
    description = describe(build, emulator, load_design(build))
    assert description.input.dtype == dtype
    simulator = board_simulator(build, CACHE, optimize="-O0")
    real = np.random.default_rng(1).normal(0, 1, (3, 5, 6, 3)) * SCALE * given.levels[1]
    with SimulatedBoard(simulator, stall=0.2) as board:
        bus = SimulatedBus(board, description.clock_mhz, 100, patience_clocks=1_000_000)
        accelerator = DupNetAccelerator(DmaBackend(bus, description, batch=2), description)
        frames = accelerator.quantize(real)
        assert {int(frames.min()), int(frames.max())} == set(given.levels)
        found = accelerator.execute(frames)
        assert board.violations[0] == 0
    assert np.array_equal(found, emulator.run(frames))
