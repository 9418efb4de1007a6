"""One frame through the network for the page: every tensor, and the outputs in real values.

The integers are the emulator's, with which RTL and C++ are compared. Beside them stands the model's
file as it is, executed in float32 by onnxruntime and QONNX's operators.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.graph.inputs import FIRST
from flows.graph.integer_graph import from_onnx
from flows.reference.execution import load_imported
from flows.reference.known import file_inputs
from flows.run.emulator import Emulator
from flows.run.frame_files import are_files
from flows.run.frames import input_frames, input_of, make_frames, takes_pictures
from flows.run.host_tail import HostTail
from flows.run.inputs import by_input
from flows.run.outputs import only

Tensor = np.ndarray[Any, np.dtype[Any]]
#: Seed of a frame that is drawn.
SEED = 1


@dataclass(frozen=True)
class Output:
    """An output of the model's file. hardware: real values of the accelerator's integers, behind
    the host's nodes; file: as the file itself computes it, None where it was not executed.
    """

    name: str
    hardware: Tensor
    file: Tensor | None

    @property
    def difference(self) -> float | None:
        """The largest difference of a value."""
        if self.file is None or self.file.shape != self.hardware.shape:
            return None
        apart = np.abs(self.file.astype(np.float64) - self.hardware.astype(np.float64))
        return float(apart.max(initial=0.0))


@dataclass(frozen=True)
class Shown:
    """The frame and what becomes of it.

    source: what the frame is, in words; is_picture: whether it is pixels in three colours.
    frame: as the emulator takes it, of several inputs a dict. tensors: (H, W, C) integers by name,
    inputs among them; output: name of the first that leaves the network.
    no_file: why the file was not executed, "" where it was.
    """

    emulator: Emulator
    source: str
    is_picture: bool
    frame: Any
    tensors: dict[str, Tensor]
    output: str
    outputs: list[Output]
    no_file: str

    @property
    def images(self) -> dict[str, Tensor]:
        """The frame of each input, by its name in the integer graph."""
        return by_input(self.emulator.graph, self.frame)

    def is_photograph(self, name: str) -> bool:
        """Whether an input's frame is pixels in three colours."""
        shape = self.emulator.input_shapes[name]
        return takes_pictures(shape, self.emulator.graph.type_of(name))


def show(build: Build, other: Any = None) -> Shown:
    """The first frame in the build's folder, or without one a portrait, else drawn integers.

    other: a frame that goes in instead, where the network takes such.
    """
    frame, source, is_picture = _frame(build)
    if other is not None and _kinds(other) == _kinds(frame):
        frame = other
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    tensors = {name: array[0] for name, array in emulator.boundaries(frame).items()}
    names = emulator.graph.outputs
    real = _hardware(build, only({name: tensors[name][None] for name in names}))
    file, no_file = _file(build, emulator, frame) if real else ({}, "the build has no outputs yet")
    outputs = [Output(name, value, file.get(name)) for name, value in real.items()]
    return Shown(emulator, source, is_picture, frame, tensors, names[0], outputs, no_file)


def _kinds(frame: Any) -> dict[str, Any]:
    """Shape and type of what goes into each input."""
    images = frame if isinstance(frame, dict) else {FIRST: frame}
    return {name: (image.shape, image.dtype) for name, image in images.items()}


def _frame(build: Build) -> tuple[Any, str, bool]:
    """The frame as the emulator takes it, what it is, and whether it is a picture alone."""
    path = build.paths.frames
    graph = from_onnx(build.model(StepName.STREAMLINE))
    is_picture = len(graph.inputs) == 1 and takes_pictures(*input_of(build))
    if are_files(path, len(graph.inputs)):
        try:
            return input_frames(build, path)[0], f"the first frame of {path.name}", is_picture
        except FlowError:  # of another network: the page is on this build
            pass
    made = make_frames(build, None, 1, SEED)[0]
    drawn = "scikit-image's portrait" if is_picture else f"random integers (seed {SEED})"
    return made, drawn, is_picture


def _hardware(build: Build, integers: Any) -> dict[str, Tensor]:
    """The file's outputs of the accelerator's integers (1, H, W, C), or of a dict of them."""
    if not build.paths.host_tail.is_file():
        return {}
    found = HostTail.load(build.paths.host_tail).run(integers)
    return {name: np.asarray(value) for name, value in found.items()}


def _file(build: Build, emulator: Emulator, frame: Any) -> tuple[dict[str, Tensor], str]:
    """Tensors of the file by name, and why there are none."""
    graph = emulator.graph
    images = {
        name: image.transpose(2, 0, 1)[None] for name, image in by_input(graph, frame).items()
    }
    try:
        model = load_imported(build.config.model)
        found = model.run(file_inputs(model, graph, images))
    except FlowError as error:
        return {}, f"the file was not executed: {error}"
    return {name: np.asarray(value) for name, value in found.items()}, ""
