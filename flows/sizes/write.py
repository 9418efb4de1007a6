"""``size``: the words that let a running accelerator take images of another size.

``<build>/sizes/<rows>x<columns>`` holds ``<table>.dat`` for the table of every node that counts
rows and columns, as ``weights`` writes them; ``size.json``, which says where each goes and how many
beats and bytes a frame has at each DMA (hw/driver/size.py reads it); ``accelerator.json`` and
``host_tail.onnx`` of this size; vectors; ``model.onnx``, the network's file with its input's shape
changed; and ``build``, its own build folder, with ``config.yaml`` for it, so that ``emulate`` and
``cppsim`` run it as any other. The folder appears whole or not at all.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.steps.to_hardware import to_hardware
from flows.errors import FlowError
from flows.files import fresh_folder, write_model, write_text
from flows.run.driver import build_id, describe, write_vectors
from flows.run.emulator import Emulator
from flows.run.frames import input_frames, make_frames
from flows.sizes.resized import resized
from flows.sizes.same import of_hardware
from flows.weights.write import configuration, table_entry
from hw.driver import AcceleratorError, Description
from hw.driver.accelerator import vector_names
from hw.driver.description import FILE as DESCRIPTION
from hw.driver.description import read_description
from hw.driver.host_tail import FILE as HOST_TAIL
from hw.driver.size import FILE, read_size
from hw.driver.weights import VECTORS
from hw.load import table_words
from hw.ops.registry import operator_of
from hw.ops.sizes import DYNAMIC, SIZES, SizedOp
from hw.shell.engines import engines_of
from hw.shell.streams import frame_bytes
from hw.sim.design import Design, LoadTable

#: Frames of the vectors.
FRAMES = 2
#: Frames a second that every folding reaches: the folding is the build's.
_SLOW = 1e-3
_LAST = StepName.FOLD_DUPLICATED_WEIGHTS


def write_size(build: Build, height: int, width: int, seed: int = 1) -> Path:
    """Write ``<build>/sizes/<height>x<width>``; return it. seed: of the vectors.

    Raises FlowError where the build takes one size alone, or the network at this size is other
    hardware, HardwareError where a node cannot take it; both name the node.
    """
    size = f"{height} x {width}"
    if not build.paths.design.is_file():
        raise FlowError(f"{build.paths.design}: no such file; expected a finished build")
    built, design = build.model(StepName.GENERATE_RTL), Design.load(build.paths.design)
    _check_dynamic(built)
    folder = build.paths.size(height, width)
    with fresh_folder(folder) as work:
        write_model(work / "model.onnx", resized(build, height, width))
        shutil.copyfile(build.paths.folding, work / "folding.json")
        second = build.of(model=work / "model.onnx", folding_config_file=work / "folding.json",
                          output_dir=work / "build", start_step="", stop_step="", target_fps=_SLOW,
                          pixels_per_clock=0.0, name=build.top)  # fmt: skip
        try:
            run_steps(second, stop=_LAST)
            _check_nodes(build, second)
            run_steps(second, start=StepName.TO_HARDWARE)
        except ValueError as error:  # FlowError and HardwareError among them
            raise FlowError(f"{build.config.model.name} at {size}: {error}") from error
        changed = of_hardware(built, second.model(StepName.GENERATE_RTL), size)
        tables = [pair for pair in table_words([changed], design) if pair[0].kind == SIZES]
        for place, words in tables:
            write_text(work / f"{place.name}.dat", "".join(f"{word:08x}\n" for _, word in words))
        emulator = Emulator(second.model(_LAST))
        data = _description(build, second, (height, width), [place for place, _ in tables])
        write_text(work / FILE, json.dumps(data, indent=1) + "\n")
        description = _described(build, second, emulator)
        write_text(work / DESCRIPTION, description.to_json())
        shutil.copyfile(second.paths.host_tail, work / HOST_TAIL)
        write_text(work / "config.yaml", configuration(second, work))
        frames = make_frames(second, None, FRAMES, seed)
        expected = emulator.run(frames)
        write_vectors(work / VECTORS, emulator.graph, description, frames, expected)
    count = sum(len(words) for _, words in tables)
    print(f"size: {folder} ({len(tables)} tables, {count} words)")
    return folder


def sized_build(build: Build, height: int, width: int) -> Build:
    """The build of a size that ``write_size`` wrote."""
    folder = build.paths.size(height, width)
    path = folder / "config.yaml"
    what = f"what `python -m flows size --height {height} --width {width}` writes"
    if not path.is_file():
        raise FlowError(f"{path}: no such file; expected {what}")
    try:
        read_size(folder, build_id(Design.load(build.paths.design)))
    except AcceleratorError as error:
        raise FlowError(str(error)) from None
    return Build.load(path)


def size_vectors(build: Build, height: int, width: int) -> Any:
    """The frames of this size that ``write_size`` wrote."""
    second, folder = sized_build(build, height, width), build.paths.size(height, width)
    names, _ = vector_names(read_description(folder / DESCRIPTION))
    return input_frames(second, [folder / VECTORS / name for name in names])


def hardware_graph(build: Build, sized: Build, height: int, width: int) -> ModelWrapper:
    """The graph of a size as the hardware of a build has it."""
    built, other = (each.model(StepName.GENERATE_RTL) for each in (build, sized))
    return of_hardware(built, other, f"{height} x {width}")


def _check_nodes(build: Build, second: Build) -> None:
    """FlowError where the second network has others than the build's."""
    graphs = build.model(StepName.TO_HARDWARE), to_hardware(second.model(_LAST))
    mine, others = ([node.name for node in graph.graph.node] for graph in graphs)
    if lost := [name for name in mine if name not in others]:
        raise FlowError(
            f"node {lost[0]} of the build is not needed there: a border or a window that is one "
            "fitted to the image, or all of it; expected a size of the same nodes"
        )
    if new := [name for name in others if name not in mine]:
        raise FlowError(f"node {new[0]} is needed there, which the build does not have; expected "
                        "a size of the same nodes")  # fmt: skip


def _check_dynamic(model: ModelWrapper) -> None:
    ops = [operator_of(node) for node in model.graph.node]
    if not any(isinstance(op, SizedOp) and op.is_dynamic() for op in ops):
        raise FlowError(
            f"no node has {DYNAMIC} = 1: the size of the image is a constant of the hardware; "
            f"expected `{DYNAMIC}: true` in the configuration"
        )


def _description(
    build: Build, second: Build, size: tuple[int, int], tables: list[LoadTable]
) -> dict[str, Any]:
    """The contents of ``size.json``."""
    engines = engines_of(Design.load(second.paths.design))
    return {
        "build_id": f"0x{build_id(Design.load(build.paths.design)):08x}",
        "height": size[0],
        "width": size[1],
        "tables": [table_entry(place) for place in tables],
        "frames": {
            engine.name: {
                "beats": engine.stream.frame_beats,
                "bytes": frame_bytes(engine.stream),
            }
            for engine in engines
        },
    }


def _described(build: Build, second: Build, emulator: Emulator) -> Description:
    """Description of the build's hardware with this size's frames, for the driver."""
    description = describe(second, emulator, Design.load(second.paths.design))
    return replace(description, build_id=build_id(Design.load(build.paths.design)))
