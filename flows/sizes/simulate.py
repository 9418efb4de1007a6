"""``rtlsim --size``: frames, then another size over the load bus, then frames of that size."""

from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.run.boundaries import Comparison, input_beats
from flows.run.emulator import Emulator
from flows.run.outputs import only
from flows.run.rtlsim import stuck_clocks
from flows.sizes.write import hardware_graph, sized_build
from hw.load import table_words
from hw.ops.sizes import SIZES
from hw.sim.design import Design
from hw.sim.run import LoadRun, simulate
from hw.sim.verilate import build as build_simulator


def rtlsim_size(
    build: Build,
    frames: Any,
    size: tuple[int, int],
    others: Any,
    boundaries_dir: Path | None = None,
    stalls: float = 0.0,
    seed: int = 1,
) -> Any:
    """Integers of ``others``, frames of another size (rows, columns) that ``write_size`` wrote.

    The same simulated accelerator runs frames of its own size first; then the words are written,
    each is read back, a reset follows, and it runs the others. Every boundary is compared with the
    emulator's, of the build and of the file with its input's shape changed. Raises FlowError at the
    first that differs.
    """
    second = sized_build(build, *size)
    model = build.model(StepName.GENERATE_RTL)
    changed = hardware_graph(build, second, *size)
    design, later = (Design.load(each.paths.design) for each in (build, second))
    words = [
        pair for place, pairs in table_words([changed], design) if place.kind == SIZES
        for pair in pairs
    ]  # fmt: skip
    simulator = build_simulator(design, cache_dir=build.paths.verilator_cache, progress=print)
    emulators = [Emulator(b.model(StepName.FOLD_DUPLICATED_WEIGHTS)) for b in (build, second)]
    counts = [len(frames), len(others)]
    beats = [
        input_beats(graph, emulator.graph, given)
        for graph, emulator, given in zip(
            (model, changed), emulators, (frames, others), strict=True
        )
    ]
    result = simulate(
        simulator,
        {name: np.concatenate([beats[0][name], beats[1][name]]) for name in beats[0]},
        sum(counts),
        stall=stalls,
        seed=seed,
        load=LoadRun(words, counts[0], {s.name: s.frame_beats for s in later.streams}),
        stuck_clocks=stuck_clocks(model),
    )
    faults = [f"RTL simulation: {violation}" for violation in result.violations]
    faults += [f"RTL simulation: {n} beats too many at {s}" for s, n in result.surplus.items()]
    outputs: dict[str, Any] = {}
    for which, graph in enumerate((model, changed)):
        comparison = Comparison(graph, emulators[which], boundaries_dir)
        for index, frame in enumerate((frames, others)[which]):
            found = {}
            for boundary in comparison.boundaries:
                before = counts[0] * design.stream(boundary.stream).frame_beats
                mine = result.beats(boundary.stream)
                mine = mine[before:] if which else mine[:before]
                found[boundary.stream] = mine.reshape(counts[which], -1)[index]
            comparison.add(frame, found)
        where = f"of {size[0]} x {size[1]} " if which else ""
        faults += [
            f"RTL simulation differs {where}from the emulator at {difference}"
            for difference in comparison.differences
        ]
        outputs = comparison.outputs
    if faults:
        raise FlowError(faults[0])
    _, height, width = emulators[0].graph.input_shape
    print(
        f"rtlsim: {counts[0]} frames of {height} x {width}, {len(words)} words written and read "
        f"back, {counts[1]} frames of {size[0]} x {size[1]}; {len(comparison.compared)} "
        "boundaries, all integers equal"
    )
    return only(outputs)
