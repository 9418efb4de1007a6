"""How far the accelerator's values are from those of the network's file, layer by layer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import ModelProto

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.graph.correspondence import Counterpart, read_counterparts
from flows.importing.read import read_model
from flows.reference.execution import ImportedModel
from flows.reference.known import file_inputs, known_tensors
from flows.reference.quantizers import QUANTIZERS, front
from flows.run.emulator import Emulator
from flows.run.inputs import by_input

#: What can be compared with.
AGAINST = ("file", "unquantized")


@dataclass(frozen=True)
class Layer:
    """One tensor of the file beside the integers that stand for it, over all frames.

    tensor: its name in the file; integers: in the integer graph. largest: greatest absolute value
    in the file; largest_difference, mean_difference: of absolute differences; snr_db: power of the
    file's values over that of the differences, in decibels; inf where nothing differs.
    """

    tensor: str
    integers: str
    largest: float
    largest_difference: float
    mean_difference: float
    snr_db: float


@dataclass(frozen=True)
class Profile:
    """The layers in the file's order. against: one of AGAINST. str() is a table."""

    against: str
    layers: tuple[Layer, ...]

    def __str__(self) -> str:
        width = max(len("tensor"), *(len(layer.tensor) for layer in self.layers))
        lines = [
            f"{'tensor':{width}}  {'largest':>10}  {'difference':>10}  {'mean':>10}  {'SNR, dB':>7}"
        ]
        lines += [
            f"{layer.tensor:{width}}  {layer.largest:10.4g}  {layer.largest_difference:10.4g}  "
            f"{layer.mean_difference:10.4g}  {layer.snr_db:7.1f}"
            for layer in self.layers
        ]
        return "\n".join(lines)


def profile(build: Build, frames: Any, against: str) -> Profile:
    """Compare frames (``flows.run.inputs``); see ``Accelerator.compare``."""
    if against not in AGAINST:
        raise FlowError(f"against = {against!r}: expected one of {', '.join(AGAINST)}")
    emulator = Emulator(build.model(StepName.STREAMLINE))
    proto = read_model(build.config.model)
    if against == "unquantized":
        _remove_quantizers(proto)
    model = ImportedModel(proto)
    known = _known(build, emulator, model)
    sums: dict[str, _Sum] = {}
    for frame in frames:
        ours = emulator.boundaries(frame)
        images = {
            name: array.transpose(2, 0, 1)[None]
            for name, array in by_input(emulator.graph, frame).items()
        }
        tensors = model.run(file_inputs(model, emulator.graph, images))
        for tensor, counterpart in known.items():
            integers = ours[counterpart.integers].transpose(0, 3, 1, 2)
            sums.setdefault(tensor, _Sum()).add(tensors[tensor], counterpart.decode(integers))
    layers = [sums[name].layer(name, known[name].integers) for name in known]
    return Profile(against, tuple(layers))


def _known(build: Build, emulator: Emulator, model: ImportedModel) -> dict[str, Counterpart]:
    """Tensors of the file with their counterparts, in the file's order.

    The last ones are the accelerator's ends, which may have the host's nodes behind them.
    """
    read = read_counterparts(build.paths.counterparts)
    found = known_tensors(emulator.graph, read)
    order = [name for node in model.nodes for name in node.output]
    return {name: found[name] for name in order if name in found and name in model.varying}


def _remove_quantizers(proto: ModelProto) -> None:
    """Take out the quantizers of activations: what they read stands where their output stood."""
    model = ImportedModel(proto)
    names = {node.output[0]: front(node, model.producers) for node in model.quantizers()}
    for output in model.outputs:  # the file has to go on making them
        names.pop(output, None)

    def source(name: str) -> str:
        while name in names:
            name = names[name]
        return name

    nodes = [n for n in proto.graph.node if not (n.op_type in QUANTIZERS and n.output[0] in names)]
    for node in nodes:
        node.input[:] = [source(name) for name in node.input]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)


@dataclass
class _Sum:
    """Differences gathered over frames."""

    count: int = 0
    power: float = 0.0
    error: float = 0.0
    absolute: float = 0.0
    largest: float = 0.0
    difference: float = 0.0

    def add(self, expected: Any, found: Any) -> None:
        real = np.asarray(expected, dtype=np.float64)
        apart = np.abs(real - found)
        self.count += real.size
        self.power += float(np.square(real).sum())
        self.error += float(np.square(apart).sum())
        self.absolute += float(apart.sum())
        self.largest = max(self.largest, float(np.abs(real).max(initial=0)))
        self.difference = max(self.difference, float(apart.max(initial=0)))

    def layer(self, tensor: str, integers: str) -> Layer:
        ratio = self.power / self.error if self.error else np.inf
        decibels = 10 * float(np.log10(ratio)) if ratio else -np.inf
        mean = self.absolute / max(self.count, 1)
        return Layer(tensor, integers, self.largest, self.difference, mean, decibels)
