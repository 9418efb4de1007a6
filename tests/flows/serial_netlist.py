"""The netlist that was routed for an ECP5, on a simulated line, against the emulator."""

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from hw.driver import DupNetAccelerator
from hw.driver.serial_link import SerialBackend
from hw.shell.serial.simulated import SimulatedLine
from hw.shell.serial.top import Line, write_netlist_bench
from hw.sim.design import Design
from tests.flows.builder import random_frames
from tests.hw.bench import CACHE


def check_netlist(build: Build, count: int) -> None:
    """So many random frames through the driver, two UARTs and the netlist: every integer equal."""
    design = load_design(build)
    folder = build.folder / "bitstream"
    board = Design(f"{design.top}_ulx3s", folder, (), ())
    bench = write_netlist_bench(board)
    netlist = (folder / f"{board.top}_netlist.v").read_text()
    assert all(cell in netlist for cell in ("DP16KD", "TRELLIS_FF", "LUT4", "CCU2C", "EHXPLLL"))
    assert "always" not in netlist
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    height, width, channels = emulator.input_shape
    frames = random_frames(np.random.default_rng(4), count, (channels, height, width))
    description = describe(build, emulator, design)
    with SimulatedLine(bench, Line(50_000_000), cache_dir=CACHE, timeout=0.0002) as line:
        backend = SerialBackend(line, description, patience=1.0, answer_seconds=0.0005)
        with DupNetAccelerator(backend, description) as accelerator:
            found = accelerator.execute(frames)
            counters = accelerator.counters()
    assert (found == emulator.run(frames)).all()
    assert (counters["frames_out"], counters["packets_bad"]) == (count, 0)
