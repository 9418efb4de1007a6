"""Points of the front: a network folded for a rate of pixels, and what that takes.

By the cost model everything is done in memory. Its FIFOs are by rule (a row a layer); a build,
which sizes them, differs a little. Measured points are builds of their own below the folder.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.build.config import BuildConfig, load_config
from flows.build.sequence import STEPS, build, is_current
from flows.build.steps.set_folding import set_folding
from flows.build.steps.size_fifos import set_fifo_depths
from flows.build.steps.specialize import insert_streams, specialize
from flows.build.steps.to_hardware import to_hardware
from flows.build.target import target_clocks
from flows.errors import FlowError
from flows.files import write_text
from flows.report.data import read_json
from flows.report.schemas import FifoSizing
from flows.run.synth import synth
from hw.dataflow.sizing import deep_interval
from hw.synth.cost.model import Cost, load_cost_model

#: Pixels a clock, from the least to what may fit.
_SLOW = tuple(Fraction(1, parts) for parts in (16, 12, 8, 6, 4, 3, 2))
RATES = (*_SLOW, Fraction(2, 3), *(Fraction(pixels) for pixels in (1, 2, 4, 8)))
#: Steps before the network is hardware.
BEFORE = ("import", "streamline", "fuse_duplicated_inputs", "fold_duplicated_weights")


@dataclass(frozen=True)
class Point:
    """A network at a rate. clocks: of a frame, by the timing model. lut, ff, bram36: estimated.

    source: "cost model" or the tool that was run.
    """

    network: str
    pixels_per_clock: str
    clocks: int
    fps: float
    lut: int
    ff: int
    bram36: float
    source: str = "cost model"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Refused:
    """A rate that a network was not folded for, and why."""

    network: str
    pixels_per_clock: str
    why: str


def prepared(config: BuildConfig, folder: Path) -> ModelWrapper:
    """The folded integer graph of a configuration's model; what its steps write goes to folder."""
    scratch = replace(config, output_dir=folder)
    model: Any = None
    for name in BEFORE:
        model = STEPS[name](model, scratch)
    assert isinstance(model, ModelWrapper)
    return model


def estimated(config: BuildConfig, folder: Path) -> Iterator[Point | Refused]:
    """Points by the cost model, up to the first rate that cannot be had."""
    model = prepared(config, folder)
    for rate in RATES:
        at = replace(config, target_fps=0.0, pixels_per_clock=float(rate))
        try:
            yield _estimate(model, at, str(rate))
        except FlowError as error:
            yield Refused(config.top, str(rate), str(error))
            return


def _estimate(model: ModelWrapper, config: BuildConfig, rate: str) -> Point:
    hardware = to_hardware(ModelWrapper(model.model), config.pixels_per_clock)
    clocks = target_clocks(config, hardware)
    key = "pixels_per_clock"
    hardware = set_folding(hardware, clocks, {}, config.clock_ns, key, config.device)
    interval = deep_interval([getCustomOp(node) for node in hardware.graph.node])
    if interval is None:
        raise FlowError("the network stands still whatever the depths of FIFOs")
    set_fifo_depths(hardware, {}, automatic=False)
    part = config.device.part
    hardware = insert_streams(specialize(hardware, part), part)
    cost = sum(load_cost_model().by_node(hardware).values(), Cost())
    if cost.lut > config.device.lut:
        raise FlowError(
            f"the network needs some {round(cost.lut)} LUT (estimate), {part} has "
            f"{config.device.lut}"
        )
    return Point(
        config.top,
        rate,
        interval,
        1e9 / config.clock_ns / interval,
        round(cost.lut),
        round(cost.ff),
        cost.bram36,
    )


def measured(config: BuildConfig, rate: str, folder: Path, jobs: int) -> Point:
    """A point by yosys: a build below folder, kept, of which only what is missing is run."""
    path = folder / f"{config.top}-{rate.replace('/', '_')}.yaml"
    write_text(path, yaml.safe_dump(_settings(config, rate, path)))
    mine = load_config(path)
    if not is_current(mine):
        build(mine)
    found = synth(mine, jobs=jobs)
    clocks = read_json(mine.output_dir, "fifo_sizing", FifoSizing).clocks_per_frame
    return Point(
        config.top,
        rate,
        clocks,
        1e9 / config.clock_ns / clocks,
        found.LUT,
        found.FF,
        found.bram36,
        "yosys",
    )


def _settings(config: BuildConfig, rate: str, path: Path) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "model": str(config.model),
        "output_dir": path.stem,
        "name": config.top,
        "board": config.board,
        "synth_clk_period_ns": config.clock_ns,
        "pixels_per_clock": rate,
    }
    if config.input_scale is not None:
        settings["input_scale"] = config.input_scale
    return settings


def front(points: list[Point]) -> list[Point]:
    """Points that no other of the same network and source is better than, by rising rate."""
    best: list[Point] = []
    for point in sorted(points, key=lambda p: (p.lut, -p.fps)):
        if not best or point.fps > best[-1].fps:
            best.append(point)
    return best
