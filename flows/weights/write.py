"""``weights``: the words that make a running accelerator another network of the same structure.

``<build>/runtime_weights`` (FINN's name) holds ``<table>.dat`` for every table, one hexadecimal
word of 32 bits a line, in the order of their addresses; ``weights.json``, which says where each
goes (hw/driver/weights.py reads it); ``host_tail.onnx`` and vectors of the second network; and
``build``, its own build folder, with ``config.yaml`` for it, so that ``emulate`` and ``cppsim`` run
it as any other. The folder appears whole or not at all.
"""

import json
import os
import re
import shutil
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps, save_model
from flows.errors import FlowError
from flows.files import READER, fresh_folder, sha256, write_npy, write_text
from flows.graph.host_tail import host_nodes
from flows.metadata import Channels, read
from flows.run.driver import build_id, one_if_equal
from flows.run.emulator import Emulator
from flows.run.frames import make_frames
from flows.run.host_tail import HostTail
from flows.weights.same import second_graph, with_parameters
from hw.driver.host_tail import FILE as HOST_TAIL
from hw.driver.weights import FILE, VECTORS
from hw.load import table_words
from hw.ops.sizes import SIZES
from hw.sim.design import Design, LoadTable

#: Frames of the vectors.
FRAMES = 2
_LAST = StepName.FOLD_DUPLICATED_WEIGHTS


def write_weights(build: Build, model: Path, seed: int = 1) -> Path:
    """Write ``<build>/runtime_weights`` for the weights of a second model's file; return it.

    seed: of the vectors. Raises FlowError where model is another network, HardwareError where a
    weight is none that the hardware has room for, naming the node.
    """
    if not build.paths.design.is_file():
        raise FlowError(f"{build.paths.design}: no such file; expected a finished build")
    first, final = build.model(StepName.TO_HARDWARE), build.model(StepName.GENERATE_RTL)
    design = Design.load(build.paths.design)
    folder = build.paths.runtime_weights
    with fresh_folder(folder) as work:
        second = build.of(model=model.resolve(), output_dir=work / "build", start_step="",
                          stop_step="", name=build.top)  # fmt: skip
        run_steps(second, stop=_LAST)
        name, pixels = model.name, build.config.pixels_per_clock
        graph = second_graph(first, second.model(_LAST), pixels, name)
        changed = with_parameters(final, graph)
        _finish(second, {StepName.TO_HARDWARE: graph, StepName.GENERATE_RTL: changed})
        tables = [pair for pair in table_words([changed], design) if pair[0].kind != SIZES]
        for place, words in tables:
            write_text(work / f"{place.name}.dat", "".join(f"{word:08x}\n" for _, word in words))
        emulator = Emulator(second.model(_LAST))
        data = _description(build, second, emulator, [place for place, _ in tables])
        write_text(work / FILE, json.dumps(data, indent=1) + "\n")
        shutil.copyfile(second.paths.host_tail, work / HOST_TAIL)
        write_text(work / "config.yaml", configuration(second, folder))
        frames = make_frames(second, None, FRAMES, seed)
        write_npy(work / VECTORS / "input.npy", frames)
        write_npy(work / VECTORS / "expected.npy", stacked(emulator.run(frames)))
    count = sum(len(words) for _, words in tables)
    print(f"weights: {folder} ({len(tables)} tables, {count} words of {model.name})")
    print(
        f'weights: on the board, with the folder copied there: accelerator.load_weights("'
        f'{folder.name}"); here: python -m flows rtlsim CONFIG --input FRAMES --weights '
        "(docs/design/runtime.md)"
    )
    return folder


def second_build(build: Build) -> Build:
    """The build of the weights that ``write_weights`` wrote last."""
    path = build.paths.runtime_weights / "config.yaml"
    if not path.is_file():
        raise FlowError(f"{path}: no such file; expected what `python -m flows weights` writes")
    found = json.loads(READER.text(build.paths.runtime_weights / FILE))["build_id"]
    expected = f"0x{build_id(Design.load(build.paths.design)):08x}"
    if found != expected:
        raise FlowError(
            f"{path.parent}: words of build {found}, this is {expected}; expected those of this "
            "build: `python -m flows weights` again"
        )
    return Build.load(path)


def _finish(second: Build, models: dict[StepName, Any]) -> None:
    """Note the graphs that stand for the steps of the second build that were not run."""
    state = second.state()
    for step, model in models.items():
        save_model(model, second.paths.model(step))
        digests = {**state.models, step: sha256(second.paths.model(step))}
        state = replace(state, steps=(*state.steps, step), models=digests)
    state.write(second.paths.state)


def _description(
    build: Build, second: Build, emulator: Emulator, tables: list[LoadTable]
) -> dict[str, Any]:
    """The contents of ``weights.json``."""
    metadata = emulator.graph.metadata
    mine = Emulator(build.model(_LAST)).graph.metadata
    for key, said in mine.items():
        if _OF_INPUT.fullmatch(key) and metadata.get(key) != said:
            raise FlowError(
                f"{second.config.model.name}: its {key} is {metadata.get(key)}, the build's "
                f"{said}; expected the same network with other weights and thresholds"
            )
    outputs = HostTail.load(second.paths.host_tail).names
    scales = [one_if_equal(read(metadata, key, Channels)) for key in _SCALES]
    return {
        "model": second.config.model.name,
        "build_id": f"0x{build_id(Design.load(build.paths.design)):08x}",
        "tables": [table_entry(place) for place in tables],
        "output": dict(zip(("scale", "bias"), map(list, scales), strict=True)),
        "host_tail": {"nodes": list(host_nodes(metadata)), "outputs": list(outputs)},
    }


def table_entry(place: LoadTable) -> dict[str, Any]:
    """Entry of a table whose words lie beside it, in a file for the driver."""
    return {
        "node": place.node,
        "kind": place.kind,
        "file": f"{place.name}.dat",
        "address": place.address,
        "rows": place.rows,
        "words": -(-place.width // 32),
        "row_words": place.row_words,
    }


#: What real numbers the integers of an input, or of one of several, stand for.
_OF_INPUT = re.compile(r"input_(scale|zero_point|rounding)(_\d+)?")
_SCALES = ("output_scale", "output_bias")


def configuration(second: Build, folder: Path) -> str:
    """Text of the second build's configuration, its paths seen from folder."""
    keys: dict[str, Any] = {}
    for field in fields(second.config):
        value = getattr(second.config, field.name)
        if value in (None, "", field.default):
            continue
        keys[field.name] = os.path.relpath(value, folder) if isinstance(value, Path) else value
    keys["output_dir"] = "build"
    text: str = yaml.safe_dump(keys, sort_keys=False)
    return text


def stacked(integers: Any) -> Any:
    """Integers of one output as they are; of several, one after another."""
    if isinstance(integers, dict):
        return np.concatenate([array.reshape(len(array), -1) for array in integers.values()], 1)
    return integers
