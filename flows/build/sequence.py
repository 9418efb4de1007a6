"""The build: one step after another, each one's model kept, resumable.

The build folder is laid out as FINN's users know it: ``intermediate_models/<step>.onnx``,
``report/*.json``, ``rtl/``, ``time_per_step.json``, ``build.log``.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper
from typing_extensions import TypedDict

from flows.build.config import BuildConfig, read_folding
from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.set_folding import set_folding, write_folding
from flows.build.steps.size_fifos import set_fifo_depths
from flows.build.steps.specialize import insert_streams, specialize
from flows.build.steps.streamline import streamline_with_counterparts
from flows.build.steps.to_hardware import to_hardware
from flows.build.steps.verify_import import remove_verdict, verify_import
from flows.build.target import target_clocks, target_key
from flows.errors import FlowError
from flows.files import READER, alone_in, check_space, write_file, write_text
from flows.graph.correspondence import read_counterparts, write_counterparts
from flows.graph.fold_duplicated_weights import FoldDuplicatedWeights
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.importing.read import read_model
from flows.report.data import (
    remove_results,
    sha256,
    write_duplication,
    write_estimates,
    write_json,
    write_memories,
)
from hw.hls.vitis import made_verilog
from hw.stitch import hls_nodes, needs_vitis, stitch
from outside.command import doing
from outside.whole import remove


class _State(TypedDict, total=False):
    """build_state.json: what was built of what, by which sources, in how many seconds a step.

    models: SHA-256 of the model after each step.
    """

    config: dict[str, str]
    sources: str
    steps: list[str]
    time_per_step: dict[str, float]
    models: dict[str, str]


#: From the model before (None before the first step) to the model after.
Step = Callable[[Any, BuildConfig], ModelWrapper]


def _import(_: None, config: BuildConfig) -> ModelWrapper:
    return prepare(load_qonnx(config.model))


def _streamline(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    model, counterparts = streamline_with_counterparts(model, config.input_scale)
    write_counterparts(_counterparts_path(config), counterparts)
    if note := model.get_metadata_prop("input_scale_note"):
        print(f"streamline: {note}")
    return model


def _counterparts_path(config: BuildConfig) -> Path:
    """Which integers stand for which tensor of the model's file; ``_verify_import`` reads it."""
    return config.output_dir / "intermediate_models" / "streamline.json"


def _verify_import(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    if config.verify_import:
        verify_import(model, config, read_counterparts(_counterparts_path(config)))
    else:
        remove_verdict(config)
        print("verify_import: turned off by the configuration")
    return model


def _fuse(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    fuse = FuseDuplicatedInputs()
    model = model.transform(fuse)
    write_duplication(config.output_dir, "fuse_duplicated_inputs", fuse.savings, {})
    return model


def _fold(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    fold = FoldDuplicatedWeights()
    model = model.transform(fold)
    write_duplication(config.output_dir, "fold_duplicated_weights", fold.savings, fold.kept)
    return model


def _to_hardware(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    return to_hardware(model, config.pixels_per_clock)


def _set_folding(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    file = config.folding_config_file
    overrides = read_folding(file) if file else {}
    clocks, key = target_clocks(config, model), target_key(config)
    model = set_folding(model, clocks, overrides, config.clock_ns, key, config.device)
    write_folding(model, config.output_dir / "final_hw_config.json")
    return model


def _size_fifos(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    file = config.folding_config_file
    report = set_fifo_depths(model, read_folding(file) if file else {}, config.auto_fifo_depths)
    write_json(config.output_dir, "fifo_sizing", report)
    clocks, wanted = report.get("clocks_per_frame", 0), target_clocks(config, model)
    if clocks > wanted:
        print(f"size_fifos: the network takes {clocks} clocks a frame, the target is {wanted}")
    write_folding(model, config.output_dir / "final_hw_config.json")
    return model


def _specialize(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    return specialize(model, config.device.part, config.impl_style)


def _insert_streams(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    model = insert_streams(model, config.device.part, config.impl_style)
    write_estimates(config.output_dir, model, config)
    return model


def _generate_rtl(model: ModelWrapper, config: BuildConfig) -> ModelWrapper:
    folder = config.output_dir / "rtl"
    check_space(folder)
    remove(folder)  # nothing of an earlier build may stay
    made = made_verilog(model, vitis_folder(config), config.device.part, config.clock_ns)
    if missing := [name for name in hls_nodes(model) if name not in made]:
        print(f"generate_rtl: no RTL was written: {needs_vitis(missing)}")
    else:
        stitch([model], folder, config.top, hls_verilog=made)
    write_memories(config.output_dir, model)
    return model


#: The steps, in order.
STEPS: dict[str, Step] = {
    "import": _import,
    "streamline": _streamline,
    "verify_import": _verify_import,
    "fuse_duplicated_inputs": _fuse,
    "fold_duplicated_weights": _fold,
    "to_hardware": _to_hardware,
    "set_folding": _set_folding,
    "size_fifos": _size_fifos,
    "specialize": _specialize,
    "insert_streams": _insert_streams,
    "generate_rtl": _generate_rtl,
}


def vitis_folder(config: BuildConfig) -> Path:
    """Where the project for Vitis HLS is, and what it made of it."""
    return config.output_dir / "hls" / "vitis"


def model_path(config: BuildConfig, step: str) -> Path:
    """Where the model after a step is kept."""
    return config.output_dir / "intermediate_models" / f"{step}.onnx"


def load_step(config: BuildConfig, step: str) -> ModelWrapper:
    """The model after a step of a finished build of this very configuration."""
    path = check_built(config, step)
    import hw.ops  # noqa: F401  (registers the operators)

    if not _is_unchanged(config, read_state(config), step):
        raise FlowError(f"{path}: not what step {step} wrote; build again")
    try:
        model = ModelWrapper(read_model(path))
    except FlowError as error:
        raise FlowError(f"{error}; build again") from error
    return model


def check_built(config: BuildConfig, step: str) -> Path:
    """File of the model after a step; FlowError where no build of this configuration made it."""
    state = read_state(config)
    check_same(config, state)
    path = model_path(config, step)
    if step not in state.get("steps", []) or not path.is_file():
        raise FlowError(
            f"{config.output_dir}: step {step} has not been built; run `python -m flows build`"
        )
    return path


def read_state(config: BuildConfig) -> dict[str, Any]:
    """What build_state.json says; {} where nothing was built yet."""
    path = config.output_dir / "build_state.json"
    if not os.path.lexists(path):
        return {}
    return dict(READER.json(path, _State, "delete it and build again"))


def check_same(config: BuildConfig, state: dict[str, Any]) -> None:
    """FlowError if the build folder was built from another configuration."""
    built, wanted = state.get("config", {}), config.fingerprint()
    different = [key for key in wanted if built.get(key, wanted[key]) != wanted[key]]
    if different:
        key = different[0]
        raise FlowError(
            f"{config.output_dir}: built from another configuration ({key} was {built[key]}, is "
            f"{wanted[key]}); build again from the first step, or choose another output_dir"
        )


def source_digest() -> str:
    """Hash of the flow and the packages that it uses: a build is of one state of all."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in ("flows", "hw", "outside"):
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def is_current(config: BuildConfig) -> bool:
    """Whether the folder holds a finished build of this configuration by these very sources."""
    state = read_state(config)
    return (
        state.get("config") == config.fingerprint()
        and state.get("sources") == source_digest()
        and state.get("steps") == list(STEPS)
        and all(_is_unchanged(config, state, name) for name in STEPS)
    )


def _is_unchanged(config: BuildConfig, state: dict[str, Any], step: str) -> bool:
    """Whether the model after a step is there, as the step wrote it."""
    path = model_path(config, step)
    return path.is_file() and state.get("models", {}).get(step) in (None, sha256(path))


def build(
    config: BuildConfig,
    start: str | None = None,
    stop: str | None = None,
    if_changed: bool = False,
) -> None:
    """Run the steps from start to stop (default: all), keeping each one's model.

    What executors wrote of an earlier build is removed. Of two builds into one folder the second
    waits for the first. if_changed: do nothing where the folder holds a finished build of this
    configuration by these sources.
    """
    if if_changed and is_current(config):
        print(f"build: {config.output_dir} is up to date")
        return
    names = list(STEPS)
    for name in (start, stop):
        if name is not None and name not in STEPS:
            raise FlowError(f"unknown step {name}; steps: {', '.join(names)}")
    first = names.index(start) if start else 0
    last = names.index(stop) if stop else len(names) - 1
    if last < first:
        raise FlowError(f"step {stop} comes before step {start}")
    with alone_in(config.output_dir):
        if if_changed and is_current(config):  # by the build that was waited for
            print(f"build: {config.output_dir} is up to date")
            return
        _run_steps(config, names, first, last)


def _run_steps(config: BuildConfig, names: list[str], first: int, last: int) -> None:
    """Run the steps from number first to number last."""
    fingerprint = config.fingerprint()
    model = load_step(config, names[first - 1]) if first else None
    state = read_state(config) if first else {}
    # steps left as they were by other sources: not current, whatever runs now
    sources = source_digest()
    sources = sources if state.get("sources", sources) == sources else ""
    done = state.get("steps", [])[:first]
    times = state.get("time_per_step", {})
    models = {name: digest for name, digest in state.get("models", {}).items() if name in done}
    try:
        (config.output_dir / "report").mkdir(parents=True, exist_ok=True)
        (config.output_dir / "intermediate_models").mkdir(exist_ok=True)
    except OSError as error:
        raise FlowError(f"{config.output_dir}: {error.strerror}") from error

    def remember() -> None:
        state = {
            "config": fingerprint,
            "sources": sources,
            "steps": done,
            "time_per_step": times,
            "models": models,
        }
        write_text(config.output_dir / "build_state.json", json.dumps(state, indent=2))

    remove_results(config.output_dir)  # they are of the earlier build
    if os.path.lexists(config.output_dir / "build_state.json"):  # what now stands no longer
        remember()
    for index in range(first, last + 1):
        name = names[index]
        _say(config, f"Running step: {name} [{index + 1}/{len(names)}]", fresh=index == 0)
        began = time.monotonic()
        try:
            with doing(f"step {name}"):
                model = STEPS[name](model, config)
        except ValueError as error:  # FlowError and HardwareError among them
            _say(config, f"{name} failed: {error}", show=False)
            raise
        save_model(model, model_path(config, name))
        models[name] = sha256(model_path(config, name))
        times[name] = round(time.monotonic() - began, 3)
        _say(config, f"{name}: {times[name]} s, {len(model.graph.node)} nodes", show=False)
        done = [*done, name]
        remember()
    write_text(config.output_dir / "time_per_step.json", json.dumps(times, indent=2))


def _say(config: BuildConfig, text: str, fresh: bool = False, show: bool = True) -> None:
    """Print a line (unless told not to) and put it into build.log."""
    if show:
        print(text, flush=True)
    path = config.output_dir / "build.log"
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
