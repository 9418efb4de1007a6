"""``driver``: what goes onto a board beside the bitfile.

``<build>/driver`` holds ``accelerator.json`` (what the driver has to know), the package
``dupnet_driver`` (hw/driver and camera_path as they are) with its notebook, vectors for
``validate``, ``simulation.onnx`` for a PC and the package's requirements. The folder appears whole
or not at all.
"""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.files import READER, fresh_folder, write_model, write_npy, write_text
from flows.graph.decodings import decodings_of
from flows.graph.host_tail import host_nodes
from flows.graph.inputs import file_names, suffix
from flows.graph.integer_graph import IntGraph
from flows.graph.layout_metadata import layouts_of
from flows.metadata import Anchors, read
from flows.run.camera import board_id, board_registers, camera_of, camera_options
from flows.run.detect import network_threshold
from flows.run.emulator import Emulator
from flows.run.frames import make_frames
from flows.run.host_tail import HostTail
from flows.run.inputs import by_input
from flows.run.outputs import by_name
from flows.run.simulation_model import simulation_model
from hw.boards import Board
from hw.driver import Description, Tensor
from hw.driver.accelerator import VECTORS as VECTOR_FOLDER
from hw.driver.accelerator import vector_names
from hw.driver.description import FILE
from hw.driver.host_tail import FILE as HOST_TAIL
from hw.driver.integers import Integers
from hw.driver.simulated import FILE as SIMULATION
from hw.errors import HardwareError
from hw.ops.sizes import DYNAMIC, SIZES
from hw.ops.writable import WRITABLE
from hw.shell.addresses import register_addresses
from hw.shell.engines import engines_of
from hw.shell.streams import container_bytes
from hw.sim.design import INPUT, MEMORY_SUFFIXES, OUTPUT, Design, Stream
from model.detection.decode import STRIDE
from model.detection.draw import save_image

PACKAGE = "dupnet_driver"
NOTEBOOK = "detect.ipynb"
#: What a detector's folder has to try it with: the first of the vectors as a picture.
PICTURE = "picture.png"
_ROOT = Path(__file__).resolve().parents[2]
_SOURCE = _ROOT / "hw" / "driver"
#: What the driver needs besides: it goes into the package.
_CAMERA_PATH = _ROOT / "camera_path"
#: Frames of the vectors: the picture, then variations of it.
VECTORS = 4


class NoShellError(FlowError):
    """An accelerator that its board's shell does not fit, and why."""


def load_design(build: Build) -> Design:
    """The stitched accelerator of a build, for a board.

    FlowError where it is none of this configuration's, NoShellError where it has several inputs or
    outputs and its board is at a serial line, or more of them than a shell takes.
    """
    path = build.paths.design
    if not path.is_file():
        raise FlowError(f"{path}: no such file; expected the RTL of a finished build (make build)")
    build.check_built(StepName.GENERATE_RTL)
    design = Design.load(path)
    if design.tables and camera_options(build) is not None:
        table = design.tables[0]
        key, what = (DYNAMIC, "sizes") if table.kind == SIZES else (WRITABLE, "weights")
        raise FlowError(
            f"node {table.node}: {key} = 1, but the shell with a camera path has no registers by "
            f"which {what} are written; expected 0, or no camera"
        )
    inputs, outputs = ([stream.name for stream in design.of_kind(kind)] for kind in (INPUT, OUTPUT))
    if max(len(inputs), len(outputs)) > 1 and not register_addresses(build.device.family):
        raise NoShellError(
            f"{build.config.model.name}: the accelerator has {len(inputs)} inputs "
            f"({', '.join(inputs)}) and {len(outputs)} outputs ({', '.join(outputs)}), and the "
            f"packets of the {build.config.board}'s serial line say of none which it is; expected "
            "one of each, or a board with a processor, such as Pynq-Z2"
        )
    try:
        engines_of(design)
    except HardwareError as error:
        raise NoShellError(f"{build.config.model.name}: {error}") from error
    return design


def build_id(design: Design) -> int:
    """First 32 bits of a hash over the accelerator's sources and memory contents."""
    digest = hashlib.sha256()
    memories = sorted(p.name for p in design.folder.iterdir() if p.suffix in MEMORY_SUFFIXES)
    for name in (*design.sources, *memories):
        content = READER.data(design.folder / name, "build again")
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return int.from_bytes(digest.digest()[:4], "big")


def container(stream: Stream) -> str:
    """NumPy type of an element in memory: the smallest of 1, 2, 4 bytes that holds a lane."""
    return f"{'' if stream.signed else 'u'}int{8 * container_bytes(stream.bits)}"


def describe(build: Build, emulator: Emulator, design: Design) -> Description:
    """The description of a build for the driver."""
    graph, engines = emulator.graph, engines_of(design)
    metadata = graph.metadata
    sources = [engine.stream for engine in engines if engine.reads]
    results = [engine.stream for engine in engines if not engine.reads]
    inputs = [_input(graph, name, one) for name, one in zip(graph.inputs, sources, strict=True)]
    outputs = [_output(graph, at, one) for at, one in enumerate(results)]
    anchors = None
    if "anchors" in metadata:
        anchors = read(metadata, "anchors", Anchors)
    nodes, names = tuple(host_nodes(metadata)), tuple(HostTail.load(build.paths.host_tail).names)
    if not nodes and len(names) > 1:  # of one stream: more than one scale and bias make them
        nodes = tuple(f"{name}: its scale alone" for name in names)
    layout = layouts_of(metadata).get(names[0])
    return Description(
        name=build.top,
        board=build.config.board,
        build_id=board_id(build, build_id(design)),
        clock_mhz=1e3 / build.config.clock_ns,
        input=inputs[0],
        output=outputs[0],
        registers=board_registers(build, [engine.name for engine in engines]),
        anchors=anchors,
        stride=STRIDE,
        threshold=network_threshold(metadata),
        host_nodes=nodes,
        host_outputs=names,
        host_layout=layout.steps if layout is not None and not nodes else (),
        camera=camera_of(build),
        further_inputs=tuple(inputs[1:]),
        further_outputs=tuple(outputs[1:]),
    )


def _input(graph: IntGraph, tensor: str, stream: Stream) -> Tensor:
    """An input: its integers, and how real numbers become such. tensor: its name in the graph."""
    channels, height, width = graph.inputs[tensor]
    kind, metadata, end = graph.type_of(tensor), graph.metadata, suffix(tensor)
    integers = Integers(
        kind.lo,
        kind.hi,
        kind.step,
        int(metadata.get(f"input_zero_point{end}", 0)),
        metadata.get(f"input_rounding{end}", "ROUND"),
    )
    return Tensor(
        (height, width, channels),
        container(stream),
        (float(metadata.get(f"input_scale{end}", 1)),),
        integers=integers,
        name=file_names(metadata)[tensor] if len(graph.inputs) > 1 else "",
    )


def _output(graph: IntGraph, index: int, stream: Stream) -> Tensor:
    """An output, by its number: what the first of the file's tensors that it stands for says."""
    name = graph.outputs[index]
    channels, height, width = graph.shape(name)
    meant = [each for each in decodings_of(graph.metadata) if each.output == index]
    return Tensor(
        (height, width, channels),
        container(stream),
        one_if_equal(meant[0].scale) if meant else (1.0,),
        one_if_equal(meant[0].bias) if meant else (0.0,),
        name=name if len(graph.outputs) > 1 else "",
    )


def write_driver(
    build: Build, image: Path | None = None, frames: int = VECTORS, seed: int = 1
) -> Path:
    """Write ``<build>/driver`` and return it. image, frames, seed: of the vectors."""
    design = load_design(build)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    description = describe(build, emulator, design)
    vectors = make_frames(build, image, frames, seed)
    expected = emulator.run(vectors)
    folder = build.paths.driver
    with fresh_folder(folder) as work:
        write_text(work / FILE, description.to_json())
        shutil.copyfile(build.paths.host_tail, work / HOST_TAIL)
        write_model(work / SIMULATION, simulation_model(emulator.graph))
        copy_package(work / PACKAGE)
        if description.registers:  # the notebook is for PYNQ
            shutil.copyfile(_SOURCE / NOTEBOOK, work / NOTEBOOK)
        if description.detects:
            save_image(work / PICTURE, vectors[0])
        write_vectors(work / VECTOR_FOLDER, emulator.graph, description, vectors, expected)
        write_text(work / "requirements.txt", _requirements(build.device, description))
    print(
        f"driver: {folder} (build 0x{description.build_id:08x}, {frames} frames to validate with)"
    )
    return folder


def write_vectors(
    folder: Path, graph: IntGraph, description: Description, frames: Any, expected: Any
) -> None:
    """Write the files that the driver's ``validate`` reads: one an input, one an output."""
    given, right = vector_names(description)
    arrays = by_input(graph, frames).values()
    for file, array, tensor in zip(given, arrays, description.inputs, strict=True):
        write_npy(folder / file, array.astype(tensor.dtype))
    found = by_name(expected, graph.outputs).values()
    for file, array, tensor in zip(right, found, description.outputs, strict=True):
        write_npy(folder / file, _narrow(array, tensor.dtype))


def copy_package(folder: Path) -> None:
    """Copy hw/driver and the integers of the camera path; together they import nothing else."""
    ignored = shutil.ignore_patterns("__pycache__", NOTEBOOK)
    shutil.copytree(_SOURCE, folder, ignore=ignored)
    shutil.copytree(_CAMERA_PATH, folder / _CAMERA_PATH.name, ignore=ignored)


def _narrow(integers: Any, dtype: str) -> Any:
    """The integers in the type that they have in the board's memory."""
    narrow = integers.astype(dtype)
    if not np.array_equal(narrow, integers):
        raise FlowError(f"the network's integers do not fit {dtype}, the type of its output stream")
    return narrow


def one_if_equal(values: Sequence[float]) -> tuple[float, ...]:
    """One value where all are the same."""
    return tuple(map(float, values[:1] if len(set(values)) == 1 else values))


def _requirements(board: Board, description: Description) -> str:
    link = "pynq>=2.7" if register_addresses(board.family) else "pyserial"
    tail = "onnxruntime\n" if description.host_nodes else ""
    return f"# Python 3.8 or later\nnumpy\n{link}\n{tail}"
