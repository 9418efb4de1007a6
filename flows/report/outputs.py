"""Both ends of a network that is no detector: its frame and its outputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.graph.inputs import file_names
from flows.report.maps import Sheet, photograph, sheet
from flows.report.shown import Output, Shown
from flows.report.signs import TIMES

#: Values of a vector that are listed, and of a short one, all of them.
TOP, ALL = 5, 12


@dataclass(frozen=True)
class Value:
    """A value of an output: its place, by the hardware, by the file; the greatest of several."""

    place: int
    hardware: float
    file: float | None
    greatest: bool


@dataclass(frozen=True)
class OutputView:
    """An output. values: the greatest of a vector, or all; map: of what has pixels.

    difference: the largest from the file's values; None where that was not executed.
    """

    name: str
    shape: str
    values: Sequence[Value]
    greatest: bool
    map: Sheet | None
    file_map: Sheet | None
    difference: float | None


@dataclass(frozen=True)
class InputView:
    """An input's frame. name: in the model's file; "" of the only one."""

    name: str
    picture: Sheet
    shape: str


@dataclass(frozen=True)
class InOut:
    """The view of the section. integers: the accelerator's, where no real values are known."""

    inputs: Sequence[InputView]
    source: str
    outputs: Sequence[OutputView]
    integers: Sheet | None
    no_file: str


def in_out(shown: Shown) -> InOut:
    """Of any network."""
    integers = None if shown.outputs else sheet(shown.tensors[shown.output])
    return InOut(
        _inputs(shown),
        shown.source,
        [_view(output) for output in shown.outputs],
        integers,
        shown.no_file,
    )


def _inputs(shown: Shown) -> list[InputView]:
    names = file_names(shown.emulator.graph.metadata)
    return [
        InputView(
            names[name] if len(names) > 1 else "",
            photograph(image) if shown.is_photograph(name) else sheet(image),
            f" {TIMES} ".join(map(str, image.shape)),
        )
        for name, image in shown.images.items()
    ]


def _view(output: Output) -> OutputView:
    real = np.asarray(output.hardware)
    other = output.file if output.difference is not None else None
    shape = f" {TIMES} ".join(str(size) for size in real.shape) or "one number"
    pixels = real.ndim == 4 and real.shape[2] * real.shape[3] > 1
    if pixels:
        maps = [None if each is None else _sheet(each) for each in (real, other)]
        return OutputView(output.name, shape, [], False, maps[0], maps[1], output.difference)
    flat = real.reshape(-1)
    places = np.arange(len(flat))
    if greatest := len(flat) > ALL:
        places = np.argsort(-flat, kind="stable")[:TOP]
    values = [
        Value(
            int(at),
            float(flat[at]),
            None if other is None else float(other.reshape(-1)[at]),
            len(flat) > 1 and int(at) == int(flat.argmax()),
        )
        for at in places
    ]
    return OutputView(output.name, shape, values, greatest, None, None, output.difference)


def _sheet(array: NDArray[Any]) -> Sheet:
    return sheet(np.asarray(array)[0].transpose(1, 2, 0))
