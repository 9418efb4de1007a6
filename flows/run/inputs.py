"""Frames of a network's inputs as users give them: an array, or of several inputs one of each.

``flows.run.outputs`` is the same for what comes out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.errors import FlowError
from flows.graph.inputs import file_names
from flows.graph.integer_graph import IntGraph


@dataclass(frozen=True)
class Frames:
    """Frames of several inputs, used as one array of frames is: counted, cut, gone through.

    arrays: (N, H, W, C) of each input, by its name in the integer graph; N is the same for all.
    A frame is a dict of (H, W, C), by the same names.
    """

    arrays: dict[str, Any]

    def __len__(self) -> int:
        return min(map(len, self.arrays.values()))

    def __getitem__(self, which: int | slice) -> Any:
        taken = {name: array[which] for name, array in self.arrays.items()}
        return Frames(taken) if isinstance(which, slice) else taken

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(len(self)))


def by_input(graph: IntGraph, frames: Any) -> dict[str, Any]:
    """The part of each input of a graph, by its name there: of ``Frames``, a frame, an array.

    FlowError where it is not there for each input, or for others.
    """
    if isinstance(frames, Frames):
        found = frames.arrays
    else:
        found = dict(frames) if isinstance(frames, Mapping) else {graph.input: frames}
    if list(found) != list(graph.inputs):
        if set(found) != set(graph.inputs):
            raise FlowError(
                f"frames are given of {', '.join(found)}; the network's inputs are "
                f"{', '.join(graph.inputs)}"
            )
        found = {name: found[name] for name in graph.inputs}
    return found


def together(arrays: Mapping[str, Any]) -> Any:
    """The inverse of ``by_input`` for many frames: of one input its array, else ``Frames``."""
    return next(iter(arrays.values())) if len(arrays) == 1 else Frames(dict(arrays))


def frames_of(graph: IntGraph, given: Any) -> Any:
    """Frames of a user: an array; or by name, the file's or the integer graph's, one of each.

    FlowError where inputs are missing or unknown, or where the numbers of frames differ.
    """
    if not isinstance(given, Mapping):
        if len(graph.inputs) > 1 and not isinstance(given, Frames):
            raise FlowError(
                f"one array for {len(graph.inputs)} inputs; expected a dict of an array for each "
                f"of {', '.join(file_names(graph.metadata).values())}"
            )
        return given
    names = file_names(graph.metadata)
    tensors = {name: tensor for tensor, name in names.items()}
    known = {tensor: tensor for tensor in graph.inputs} | tensors
    if unknown := [name for name in given if name not in known]:
        raise FlowError(
            f"frames of {', '.join(map(str, unknown))}; the network's inputs are "
            f"{', '.join(names.values())}"
        )
    found = {known[name]: array for name, array in given.items()}
    if missing := [names[tensor] for tensor in graph.inputs if tensor not in found]:
        raise FlowError(f"no frames of the input {missing[0]}; expected some of each input")
    counts = {names[tensor]: len(found[tensor]) for tensor in graph.inputs}
    if len(set(counts.values())) > 1:
        said = ", ".join(f"{count} of {name}" for name, count in counts.items())
        raise FlowError(f"frames: {said}; expected as many of each input")
    return together({tensor: found[tensor] for tensor in graph.inputs})


def random_frames(graph: IntGraph, rng: np.random.Generator, count: int) -> Any:
    """Frames of random integers of the whole range that each input takes."""
    found = {}
    for name, (channels, height, width) in graph.inputs.items():
        shape = (count, height, width, channels)
        found[name] = graph.type_of(name).random(rng, shape)
    return together(found)
