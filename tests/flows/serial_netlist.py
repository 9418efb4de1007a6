"""The netlist that was routed for a board at a serial line, simulated, against the emulator."""

import json

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
from tests.hw.pnr import gowin_alus, gowin_fs


def check_gowin_cells(build: Build) -> None:
    """The bitstream has the contents of every block RAM; carry chains compute what they did.

    nextpnr turns carry cells with a constant input into others (RAW_ALU_LUT).
    """
    folder = build.folder / "bitstream"
    top = f"{build.top}_{build.device.serial.loader}"
    made = json.loads((folder / f"{top}.json").read_text())["modules"][top]["cells"]
    path = folder / f"{top}.routed.json"
    routed = json.loads(path.read_text())["modules"]["top"]["cells"]
    memories = {name for name, cell in made.items() if "INIT_RAM_00" in cell["parameters"]}
    assert gowin_fs.contents(build.paths.bitfile, path) == {
        name: gowin_fs.expected(made[name]["parameters"]) for name in memories
    }
    assert gowin_alus.check(made, routed) > 0


#: Cells that every netlist has, by family.
CELLS = {
    "ecp5": ("DP16KD", "TRELLIS_FF", "LUT4", "CCU2C", "EHXPLLL"),
    "gw2a": ("SDPX9B", "DFF", "LUT4", "ALU", "rPLL"),
}


def check_netlist(build: Build, count: int) -> None:
    """So many random frames through the driver, two UARTs and the netlist: every integer equal."""
    design = load_design(build)
    folder = build.folder / "bitstream"
    board = Design(f"{design.top}_{build.device.serial.loader}", folder, (), ())
    bench = write_netlist_bench(board, build.device)
    netlist = (folder / f"{board.top}_netlist.v").read_text()
    assert all(f" {cell} " in netlist for cell in CELLS[build.device.family])
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
