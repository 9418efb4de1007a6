"""``rtlsim --weights``: frames, then other weights over the load bus, then the frames again."""

from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.run.boundaries import Comparison
from flows.run.emulator import Emulator
from flows.run.outputs import only
from flows.run.rtlsim import stuck_clocks
from flows.weights.write import second_build
from hw.load import load_words
from hw.ops.registry import operator_of
from hw.sim.design import Design
from hw.sim.run import LoadRun, simulate
from hw.sim.verilate import build as build_simulator


def rtlsim_weights(
    build: Build,
    frames: Any,
    boundaries_dir: Path | None = None,
    stalls: float = 0.0,
    seed: int = 1,
) -> Any:
    """Integers of frames (N, H, W, C) with the weights of ``<build>/runtime_weights``.

    The same simulated accelerator runs the frames with its own weights first; then the words are
    written, each is read back, and it runs them again. Every boundary is compared with the
    emulator's, of the first network and of the second. Raises FlowError at the first that differs.
    """
    second = second_build(build)
    model, changed = (b.model(StepName.GENERATE_RTL) for b in (build, second))
    design = Design.load(build.paths.design)
    words = load_words([changed], design)
    simulator = build_simulator(design, cache_dir=build.paths.verilator_cache, progress=print)
    first = operator_of(model.find_consumer(model.graph.input[0].name))
    beats = first.input_beats(np.concatenate([frames, frames]).astype(np.int64))
    count = len(frames)
    result = simulate(
        simulator,
        {"input": beats},
        2 * count,
        stall=stalls,
        seed=seed,
        load=LoadRun(words, count),
        stuck_clocks=stuck_clocks(model),
    )
    outputs, differences = None, []
    for which, one in enumerate((build, second)):
        comparison = Comparison(
            model, Emulator(one.model(StepName.FOLD_DUPLICATED_WEIGHTS)), boundaries_dir
        )
        for index, frame in enumerate(frames):
            found = {}
            for boundary in comparison.boundaries:
                all_beats = result.beats(boundary.stream).reshape(2 * count, -1)
                found[boundary.stream] = all_beats[which * count + index]
            comparison.add(frame, found)
        differences += [f"with {one.config.model.name} at {d}" for d in comparison.differences]
        outputs = only(comparison.outputs)
    faults = [f"RTL simulation: {violation}" for violation in result.violations]
    faults += [f"RTL simulation differs from the emulator {text}" for text in differences]
    if faults:
        raise FlowError(faults[0])
    print(
        f"rtlsim: {count} frames with the weights of {build.config.model.name}, {len(words)} words "
        f"written and read back, {count} frames with those of {second.config.model.name}; "
        f"{len(comparison.compared)} boundaries, all integers equal"
    )
    return outputs
