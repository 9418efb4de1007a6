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
from flows.graph.host_tail import host_nodes
from flows.graph.layout_metadata import layouts_of
from flows.metadata import Anchors, Channels, read
from flows.run.camera import board_id, board_registers, camera_of, camera_options
from flows.run.detect import network_threshold
from flows.run.emulator import Emulator
from flows.run.frames import make_frames
from flows.run.host_tail import HostTail
from flows.run.simulation_model import simulation_model
from hw.boards import Board
from hw.driver import Description, Tensor
from hw.driver.description import FILE
from hw.driver.host_tail import FILE as HOST_TAIL
from hw.driver.integers import Integers
from hw.driver.simulated import FILE as SIMULATION
from hw.ops.writable import WRITABLE
from hw.shell.addresses import register_addresses
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
    """An accelerator that no board's shell fits, and why."""


def load_design(build: Build) -> Design:
    """The stitched accelerator of a build, for a board.

    FlowError where it is none of this configuration's, NoShellError where it has several inputs or
    outputs, which no board's shell takes yet.
    """
    path = build.paths.design
    if not path.is_file():
        raise FlowError(f"{path}: no such file; expected the RTL of a finished build (make build)")
    build.check_built(StepName.GENERATE_RTL)
    design = Design.load(path)
    if design.tables and camera_options(build) is not None:
        raise FlowError(
            f"node {design.tables[0].node}: {WRITABLE} = 1, but the shell with a camera path has "
            "no registers by which weights are written; expected 0, or no camera"
        )
    inputs = [stream.name for stream in design.of_kind(INPUT)]
    if len(inputs) > 1:
        raise NoShellError(
            f"{build.config.model.name}: the accelerator has {len(inputs)} inputs "
            f"({', '.join(inputs)}), and a board's shell brings one from memory; expected a "
            "file of one input for a bitstream, a driver and board-sim (emulate, rtlsim, cppsim, "
            "synth, pnr and hls work with several)"
        )
    outputs = [stream.name for stream in design.of_kind(OUTPUT)]
    if len(outputs) > 1:
        raise NoShellError(
            f"{build.config.model.name}: the accelerator has {len(outputs)} outputs "
            f"({', '.join(outputs)}), and a board's shell carries one back to memory; expected a "
            "file of one output for a bitstream, a driver and board-sim (emulate, rtlsim, cppsim, "
            "synth, pnr and hls work with several)"
        )
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
    (source,), (result,) = design.of_kind(INPUT), design.of_kind(OUTPUT)
    metadata = emulator.graph.metadata
    channels, height, width = emulator.graph.node(emulator.graph.output).shape
    anchors = None
    if "anchors" in metadata:
        anchors = read(metadata, "anchors", Anchors)
    nodes, outputs = tuple(host_nodes(metadata)), tuple(HostTail.load(build.paths.host_tail).names)
    if not nodes and len(outputs) > 1:  # of one stream: more than one scale and bias make them
        nodes = tuple(f"{name}: its scale alone" for name in outputs)
    layout = layouts_of(metadata).get(outputs[0])
    return Description(
        name=build.top,
        board=build.config.board,
        build_id=board_id(build, build_id(design)),
        clock_mhz=1e3 / build.config.clock_ns,
        input=Tensor(
            emulator.input_shape,
            container(source),
            (float(metadata.get("input_scale", 1)),),
            integers=_integers(emulator),
        ),
        output=Tensor(
            (height, width, channels),
            container(result),
            one_if_equal(read(metadata, "output_scale", Channels)),
            one_if_equal(read(metadata, "output_bias", Channels)),
        ),
        registers=board_registers(build),
        anchors=anchors,
        stride=STRIDE,
        threshold=network_threshold(metadata),
        host_nodes=nodes,
        host_outputs=outputs,
        host_layout=layout.steps if layout is not None and not nodes else (),
        camera=camera_of(build),
    )


def _integers(emulator: Emulator) -> Integers:
    """The integers that the input takes, and how real numbers become such."""
    kind, metadata = emulator.input_type, emulator.graph.metadata
    return Integers(
        kind.lo,
        kind.hi,
        kind.step,
        int(metadata.get("input_zero_point", 0)),
        metadata.get("input_rounding", "ROUND"),
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
        write_npy(work / "vectors" / "input.npy", vectors.astype(description.input.dtype))
        write_npy(work / "vectors" / "expected.npy", _narrow(expected, description.output.dtype))
        write_text(work / "requirements.txt", _requirements(build.device, description))
    print(
        f"driver: {folder} (build 0x{description.build_id:08x}, {frames} frames to validate with)"
    )
    return folder


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
