"""The simulated board of a build: the Verilated DMA shell around its accelerator, with memory.

The memory lies behind the shell's AXI ports (hw/sim/board.py), as on a board with a Zynq.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.build.build import Build
from flows.files import check_space
from flows.run.bitstream_ways import ZYNQ_FAMILIES
from flows.run.board_top import write_board
from flows.run.driver import load_design
from hw.driver import Description
from hw.sim.board import SimulatedBoard, build_board
from hw.sim.board_bus import SimulatedBus
from hw.sim.design import Design
from hw.sim.verilate import Simulator

#: What ``Layout.verdict`` calls the board's integers.
INTEGERS = "board_sim_0"
#: Clocks that pass while the driver waits once: a frame's bytes by this.
_WAITS = 1000


@dataclass(frozen=True)
class BusOptions:
    """How the simulated memory answers; see ``SimulatedBoard``."""

    stall: float = 0.0
    latency: tuple[int, int] = (20, 40)
    seed: int = 1


def board_design(build: Build) -> Design:
    """The board top of a build, in ``<build>/board_sim``."""
    design = load_design(build)
    folder = build.paths.board_sim
    check_space(folder)
    return write_board(build, design, folder)


def board_simulator(
    build: Build, cache_dir: Path | None = None, optimize: str = "-O2"
) -> Simulator:
    """Simulator of a build's board, from the cache if it has been built before.

    cache_dir: default that of ``rtlsim``.
    """
    return build_board(
        board_design(build),
        cache_dir=cache_dir or build.paths.verilator_cache,
        optimize=optimize,
        progress=lambda text: print(text, flush=True),
    )


def other_shell(build: Build) -> str:
    """Why a board cannot be simulated: its shell is another; empty where it can."""
    if build.device.family in ZYNQ_FAMILIES:
        return ""
    return (
        "board-sim simulates the DMA shell of boards with a Zynq, not this one's serial shell, "
        "which is simulated by pytest tests/hw/shell/serial tests/flows/run/test_bitstream.py"
    )


def memory_for(description: Description, batch: int = 1) -> int:
    """Bytes for two transfers of so many frames, and as much again."""
    frames = [batch * tensor.frame_bytes for tensor in description.blocks.values()]
    return 4 * sum(frames) + len(frames) * (1 << 15)


def opened(
    simulator: Simulator, description: Description, bus: BusOptions, batch: int = 1
) -> SimulatedBoard:
    """The board with memory for its network, and transfers of batch frames; a context."""
    return SimulatedBoard(
        simulator,
        memory_bytes=memory_for(description, batch),
        stall=bus.stall,
        latency=bus.latency,
        seed=bus.seed,
    )


def simulated_bus(board: SimulatedBoard, description: Description) -> SimulatedBus:
    """The board's bus; clocks that pass while the driver waits go by the size of a frame."""
    pause = max(100, *(source.frame_bytes // _WAITS for source in description.inputs))
    return SimulatedBus(board, description.clock_mhz, pause, patience_clocks=1_000_000)


def facts(
    frames: int,
    compared: Sequence[str],
    faults: Sequence[str],
    counters: dict[str, int],
    clocks: int,
    seconds: float,
    bus: BusOptions,
) -> dict[str, Any]:
    """The content of report/board_sim.json."""
    return {
        "frames": frames,
        "boundaries": list(compared),
        "faults": list(faults),
        "counters": counters,
        "clocks": clocks,
        "simulated_clocks_per_second": clocks / max(seconds, 1e-9),
        "stall": bus.stall,
        "latency_clocks": list(bus.latency),
        "seed": bus.seed,
    }
