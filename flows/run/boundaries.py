"""Comparing an executor's streams with the emulator, wherever one is a tensor of the integer graph.

Shared by the executors of generated hardware descriptions (``rtlsim``, ``cppsim``).
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from flows.files import write_npy
from flows.graph.integer_graph import IntGraph
from flows.run.compare import Difference, compare_boundaries
from flows.run.emulator import Emulator
from flows.run.inputs import by_input
from hw.ops.base import Role
from hw.ops.registry import is_inserted, operator_of, role_of
from hw.sim.design import stream_name


@dataclass(frozen=True)
class Boundary:
    """A stream that is a tensor of the integer graph. shape: the tensor's (1, H, W, C).

    node: that the stream comes out of. is_output: it leaves the network. Packed pixels are the same
    stream, so they are compared as what they were before.
    """

    node: str
    stream: str
    tensor: str
    shape: tuple[int, ...]
    is_output: bool = False


def find_boundaries(model: ModelWrapper, emulator: Emulator) -> list[Boundary]:
    """The boundaries of a final dataflow graph, in its order.

    Each stream out of a fork is one; FIFOs and width converters have none.
    """
    known = {node.name: node.shape for node in emulator.graph.nodes} | emulator.graph.inputs
    leaving = _leaving(model)
    tensors: dict[str, str | None] = {tensor.name: tensor.name for tensor in model.graph.input}
    found = []
    for node in model.graph.node:
        hands_on = is_inserted(node) or role_of(node) is Role.FORK
        for index, name in enumerate(node.output):
            tensor = tensors.get(node.input[0]) if hands_on else _tensor(model, name, known)
            tensors[name] = tensor
            if tensor in known and not is_inserted(node):
                channels, height, width = known[tensor]
                stream = stream_name(node.name, index, len(node.output))
                shape = (1, height, width, channels)
                found.append(Boundary(node.name, stream, tensor, shape, name in leaving))
    return found


def _leaving(model: ModelWrapper) -> set[str]:
    """Names of the graph's outputs, and of what becomes them in converters and FIFOs."""
    leaving = set()
    for info in model.graph.output:
        name, node = info.name, model.find_producer(info.name)
        leaving.add(name)
        while node is not None and is_inserted(node):
            name = node.input[0]
            leaving.add(name)
            node = model.find_producer(name)
    return leaving


def _tensor(model: ModelWrapper, name: str, known: Container[str]) -> str | None:
    """Tensor of the integer graph that a node's output is, by its name or that of what follows."""
    while name not in known:
        consumer = model.find_consumer(name)
        if consumer is None or not is_inserted(consumer):
            return None
        name = consumer.output[0]
    return name


def input_beats(model: ModelWrapper, graph: IntGraph, frames: Any) -> dict[str, Any]:
    """(beats, lanes) of frames at each input stream of a dataflow graph, by its name.

    frames: one or many (``flows.run.inputs``).
    """
    found = {}
    for name, images in by_input(graph, frames).items():
        reader = model.find_consumer(name)
        found[name] = operator_of(reader).input_beats(images.astype(np.int64))
    return found


class Comparison:
    """Compares frame after frame; gathers the network's integers and what differs.

    folder: where to write every boundary of the executor, or None.
    """

    def __init__(self, model: ModelWrapper, emulator: Emulator, folder: Path | None) -> None:
        self.emulator = emulator
        self.boundaries = find_boundaries(model, emulator)
        self.differences: list[Difference] = []
        self._folder = folder
        self._frames = 0
        self._outputs: dict[str, list[Any]] = {name: [] for name in emulator.graph.outputs}

    @property
    def compared(self) -> list[str]:
        """Names of the tensors that are compared."""
        return sorted({boundary.tensor for boundary in self.boundaries})

    @property
    def outputs(self) -> dict[str, Any]:
        """The network's integers (N, H', W', C') as the executor found them, by output."""
        return {name: np.concatenate(arrays) for name, arrays in self._outputs.items()}

    def add(self, frame: Any, beats: Mapping[str, Any]) -> None:
        """Compare one frame (as of ``Emulator.boundaries``); beats: (beats, lanes) of each
        boundary's stream.
        """
        index, self._frames = self._frames, self._frames + 1
        expected = self.emulator.boundaries(frame)
        for name, arrays in self._outputs.items():
            arrays.append(expected[name])
        for boundary in self.boundaries:
            found = beats[boundary.stream].reshape(boundary.shape).astype(np.int64, copy=False)
            if self._folder is not None:
                write_npy(self._folder / f"{index}" / f"{boundary.tensor}.npy", found)
            if boundary.is_output:
                self._outputs[boundary.tensor][index] = found
            self.differences += compare_boundaries(
                index,
                {boundary.tensor: expected[boundary.tensor][0]},
                {boundary.tensor: found[0]},
            )
