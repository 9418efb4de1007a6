"""The build: one step after another, each one's model kept, resumable.

Each step is a file of flows/build/steps; where it writes is in flows/build/layout.py.
"""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.finn_config import step_of
from flows.build.names import StepName
from flows.build.state import State
from flows.build.step import Step
from flows.build.steps import (
    fold_duplicated_weights,
    fuse_duplicated_inputs,
    generate_rtl,
    import_model,
    insert_streams,
    set_folding,
    size_fifos,
    specialize,
    streamline,
    to_hardware,
    verify_import,
)
from flows.errors import FlowError
from flows.files import alone_in, sha256, write_file, write_text
from outside.command import doing
from outside.nearest import meant

#: The steps by name, in their order.
STEPS: dict[StepName, Step] = {
    step.name: step
    for step in (
        import_model.STEP,
        streamline.STEP,
        verify_import.STEP,
        fuse_duplicated_inputs.STEP,
        fold_duplicated_weights.STEP,
        to_hardware.STEP,
        set_folding.STEP,
        size_fifos.STEP,
        specialize.STEP,
        insert_streams.STEP,
        generate_rtl.STEP,
    )
}


def run_steps(
    build: Build, start: str | None = None, stop: str | None = None, if_changed: bool = False
) -> None:
    """Run the steps from start to stop (default: all), keeping each one's model.

    What executors wrote of an earlier build is removed. Of two builds into one folder the second
    waits for the first. if_changed: do nothing where the folder holds a finished build of this
    configuration by these sources.
    """
    if if_changed and build.is_current():
        print(f"build: {build.folder} is up to date")
        return
    names = list(STEPS)
    start = step_of(start or build.config.start_step, FlowError) or None
    stop = step_of(stop or build.config.stop_step, FlowError) or None
    for name in (start, stop):
        if name is not None and name not in names:
            raise FlowError(f"unknown step {name}; steps: {', '.join(names)}{meant(name, names)}")
    first = names.index(StepName(start)) if start else 0
    last = names.index(StepName(stop)) if stop else len(names) - 1
    if last < first:
        raise FlowError(f"step {stop} comes before step {start}")
    with alone_in(build.folder):
        if if_changed and build.is_current():  # by the build that was waited for
            print(f"build: {build.folder} is up to date")
            return
        _run_steps(build, names, first, last)


def _run_steps(build: Build, names: list[StepName], first: int, last: int) -> None:
    """Run the steps from number first to number last."""
    fingerprint = build.config.fingerprint()
    model = build.model(names[first - 1]) if first else None
    state = build.state() if first else State()
    sources = build.sources()
    if state.sources not in (None, sources):
        sources = ""  # steps left as they were by other sources: not current, whatever runs now
    steps = state.steps[:first]
    models = {name: digest for name, digest in state.models.items() if name in steps}
    state = State(fingerprint, sources, steps, state.times, models)
    paths = build.paths
    try:
        paths.report.mkdir(parents=True, exist_ok=True)
        paths.models.mkdir(exist_ok=True)
    except OSError as error:
        raise FlowError(f"{build.folder}: {error.strerror}") from error
    build.results.remove_executed()  # they are of the earlier build
    if os.path.lexists(paths.state):  # what now stands no longer
        state.write(paths.state)
    for index in range(first, last + 1):
        name = names[index]
        _say(build, f"Running step: {name} [{index + 1}/{len(names)}]", fresh=index == 0)
        began = time.monotonic()
        try:
            with doing(f"step {name}"):
                model = STEPS[name].run(model, build)
        except ValueError as error:  # FlowError and HardwareError among them
            _say(build, f"{name} failed: {error}", show=False)
            raise
        path = paths.model(name)
        save_model(model, path)
        seconds = round(time.monotonic() - began, 3)
        _say(build, f"{name}: {seconds} s, {len(model.graph.node)} nodes", show=False)
        state = replace(
            state,
            steps=(*state.steps, name),
            times={**state.times, name: seconds},
            models={**state.models, name: sha256(path)},
        )
        state.write(paths.state)
    write_text(paths.times, json.dumps(state.times, indent=2))


def _say(build: Build, text: str, fresh: bool = False, show: bool = True) -> None:
    """Print a line (unless told not to) and put it into build.log."""
    if show:
        print(text, flush=True)
    path = build.paths.log
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe would wait for a reader
        raise FlowError(f"{path}: no plain file; delete it")
    try:
        with path.open("w" if fresh else "a", encoding="utf-8") as log:
            log.write(text + "\n")
    except OSError as error:
        raise FlowError(f"{path}: {error.strerror}") from error


def save_model(model: ModelWrapper, path: Path) -> None:
    """Write an ONNX file whole or not at all."""
    write_file(path, lambda file: file.write(model.model.SerializeToString()))
