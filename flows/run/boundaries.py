"""Comparing an executor's streams with the emulator, wherever one is a tensor of the integer graph.

Shared by the executors of generated hardware descriptions (``rtlsim``, ``cppsim``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from flows.files import write_npy
from flows.run.compare import Difference, compare_boundaries
from flows.run.emulator import Emulator
from hw.ops.registry import is_inserted


@dataclass(frozen=True)
class Boundary:
    """A node whose output stream is a tensor of the integer graph. shape: its (1, H, W, C).

    Packed pixels are the same stream, so they are compared as what they were before.
    """

    node: str
    tensor: str
    shape: tuple[int, ...]


def find_boundaries(model: ModelWrapper, emulator: Emulator) -> list[Boundary]:
    """The boundaries of a final dataflow graph, in its order."""
    known = {node.name: node.shape for node in emulator.graph.nodes}
    found = []
    for node in model.graph.node:
        tensor = _tensor(model, node, set(known))
        if tensor is not None:
            channels, height, width = known[tensor]
            found.append(Boundary(node.name, tensor, (1, height, width, channels)))
    return found


def _passes(node: Any) -> bool:
    return is_inserted(node)


def _tensor(model: ModelWrapper, node: Any, known: set[str]) -> str | None:
    """Tensor of the integer graph that a node computes; FIFOs and width converters compute none."""
    if _passes(node):
        return None
    name = node.output[0]
    while name not in known:
        consumer = model.find_consumer(name)
        if consumer is None or not _passes(consumer):
            return None
        name = consumer.output[0]
    return str(name)


class Comparison:
    """Compares frame after frame; gathers the network's integers and what differs.

    folder: where to write every boundary of the executor, or None.
    """

    def __init__(self, model: ModelWrapper, emulator: Emulator, folder: Path | None) -> None:
        self.emulator = emulator
        self.boundaries = find_boundaries(model, emulator)
        self.differences: list[Difference] = []
        self._folder = folder
        self._outputs: list[Any] = []

    @property
    def compared(self) -> list[str]:
        """Names of the tensors that are compared."""
        return sorted({boundary.tensor for boundary in self.boundaries})

    @property
    def outputs(self) -> Any:
        """The network's integers (N, H', W', C') as the executor found them."""
        return np.concatenate(self._outputs)

    def add(self, frame: Any, beats: Mapping[str, Any]) -> None:
        """Compare one frame (H, W, C); beats: (beats, lanes) of each boundary's node."""
        index, output = len(self._outputs), self.emulator.graph.output
        expected = self.emulator.boundaries(frame)
        self._outputs.append(expected[output])
        for boundary in self.boundaries:
            found = beats[boundary.node].reshape(boundary.shape).astype(np.int64, copy=False)
            if self._folder is not None:
                write_npy(self._folder / f"{index}" / f"{boundary.tensor}.npy", found)
            if boundary.tensor == output:
                self._outputs[index] = found
            self.differences += compare_boundaries(
                index,
                {boundary.tensor: expected[boundary.tensor][0]},
                {boundary.tensor: found[0]},
            )
