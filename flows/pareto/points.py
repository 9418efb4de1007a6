"""Points of the front: a network folded for a rate of pixels, and what that takes.

By the cost model everything is done in memory. Its FIFOs are by rule (a row a layer); a build,
which sizes them, differs a little. Measured points are builds of their own below the folder.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.schemas import FifoSizing
from flows.build.sequence import STEPS, run_steps
from flows.build.steps.insert_streams import insert_streams
from flows.build.steps.set_folding import adds_in_slices, set_folding
from flows.build.steps.size_fifos import set_fifo_depths
from flows.build.steps.specialize import specialize
from flows.build.steps.to_hardware import to_hardware
from flows.build.target import target_clocks, target_key
from flows.errors import FlowError
from flows.files import write_text
from flows.folding.camera import camera_cost
from flows.run.synth import synth
from hw.dataflow.graph import StreamGraph
from hw.dataflow.sizing import deep_interval
from hw.synth.cost.model import Cost, load_cost_model

#: Pixels a clock, from the least to what may fit.
_SLOW = tuple(Fraction(1, parts) for parts in (16, 12, 8, 6, 4, 3, 2))
RATES = (*_SLOW, Fraction(2, 3), *(Fraction(pixels) for pixels in (1, 2, 4, 8)))
#: Steps before the network is hardware.
BEFORE = (
    StepName.IMPORT,
    StepName.STREAMLINE,
    StepName.FUSE_DUPLICATED_INPUTS,
    StepName.FOLD_DUPLICATED_WEIGHTS,
)


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


def prepared(build: Build, folder: Path) -> ModelWrapper:
    """The folded integer graph of a configuration's model; what its steps write goes to folder."""
    scratch = build.of(output_dir=folder)
    model: Any = None
    for name in BEFORE:
        model = STEPS[name].run(model, scratch)
    assert isinstance(model, ModelWrapper)
    return model


def estimated(build: Build, folder: Path) -> Iterator[Point | Refused]:
    """Points by the cost model, up to the first rate that cannot be had."""
    model = prepared(build, folder)
    for rate in RATES:
        at = build.of(target_fps=0.0, pixels_per_clock=float(rate))
        try:
            yield _estimate(model, at, str(rate))
        except FlowError as error:
            yield Refused(build.top, str(rate), str(error))
            return


def folded(model: ModelWrapper, build: Build) -> tuple[ModelWrapper, int, Cost]:
    """The folded hardware graph of a build's target, clocks of a frame, and what it takes.

    model: of ``prepared``; it stays as it is. FIFOs are by rule; clocks by the timing model, what
    it takes by the cost model. FlowError where no folding meets the target or fits the part.
    """
    config = build.config
    hardware = to_hardware(ModelWrapper(model.model), config.pixels_per_clock)
    hardware = set_folding(
        hardware,
        target_clocks(config, hardware),
        {},
        config.clock_ns,
        target_key(config),
        config.device,
        dsp_limit=config.dsp_limit,
        adds_in_slices=adds_in_slices(config),
        taken=camera_cost(build, hardware),
    )
    interval = deep_interval(StreamGraph.of_model(hardware))
    if interval is None:
        raise FlowError("the network stands still whatever the depths of FIFOs")
    set_fifo_depths(hardware, {}, automatic=False)
    part = build.device.part
    hardware = insert_streams(specialize(hardware, part), part)
    cost = sum(load_cost_model().by_node(hardware).values(), Cost())
    if cost.lut > build.device.luts:
        raise FlowError(
            f"the network needs some {round(cost.lut)} LUT (estimate), {part} has "
            f"{build.device.luts}"
        )
    return hardware, interval, cost


def _estimate(model: ModelWrapper, build: Build, rate: str) -> Point:
    _, interval, cost = folded(model, build)
    return Point(
        build.top,
        rate,
        interval,
        1e9 / build.config.clock_ns / interval,
        round(cost.lut),
        round(cost.ff),
        cost.bram36,
    )


def measured(build: Build, rate: str, folder: Path, jobs: int) -> Point:
    """A point by yosys: a build below folder, kept, of which only what is missing is run."""
    path = folder / f"{build.top}-{rate.replace('/', '_')}.yaml"
    write_text(path, yaml.safe_dump(_settings(build, rate, path)))
    mine = Build.load(path)
    if not mine.is_current():
        run_steps(mine)
    found = synth(mine, jobs=jobs, whole=False)
    clocks = mine.results.read(ResultName.FIFO_SIZING, FifoSizing).clocks_per_frame
    return Point(
        build.top,
        rate,
        clocks,
        1e9 / build.config.clock_ns / clocks,
        found.LUT,
        found.FF,
        found.bram36,
        "yosys",
    )


def _settings(build: Build, rate: str, path: Path) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "model": str(build.config.model),
        "output_dir": path.stem,
        "name": build.top,
        "board": build.config.board,
        "synth_clk_period_ns": build.config.clock_ns,
        "pixels_per_clock": rate,
    }
    if build.config.input_scale is not None:
        settings["input_scale"] = build.config.input_scale
    if build.config.input_type is not None:
        settings["input_type"] = build.config.input_type
    return settings


def front(points: list[Point]) -> list[Point]:
    """Points that no other of the same network and source is better than, by rising rate."""
    best: list[Point] = []
    for point in sorted(points, key=lambda p: (p.lut, -p.fps)):
        if not best or point.fps > best[-1].fps:
            best.append(point)
    return best
