"""Savings by taking duplicates out, layer by layer, and the operators at which that acts."""

from dataclasses import dataclass
from math import prod

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.schemas import DuplicatedLayer, Duplicates
from flows.graph.integer_graph import IntGraph, IntNode, from_onnx
from hw.datatypes import integer_datatype
from hw.ops.weight_coding import code_weights


@dataclass(frozen=True)
class Saving:
    """One kind of duplicate taken out of one layer: (before, after) of each figure.

    kind: a value of DUPLICATES. summed_by: the node that sums the channels that share weights.
    """

    kind: str
    layer: str
    factor: int
    summed_by: str
    weights: tuple[int, int]
    weight_bits: tuple[int, int]
    line_buffer_bits: tuple[int, int]
    macs: tuple[int, int]

    @property
    def letter(self) -> str:
        """F of duplicated inputs, D of duplicated weights: what the factor is called."""
        return "F" if self.kind == DUPLICATES[ResultName.FUSE_DUPLICATED_INPUTS] else "D"


@dataclass(frozen=True)
class LayerBits:
    """A convolution of the network, with and without its duplicates (before, after)."""

    name: str
    weight_bits: tuple[int, int]
    line_buffer_bits: tuple[int, int]
    macs: tuple[int, int]


DUPLICATES = {
    ResultName.FUSE_DUPLICATED_INPUTS: "duplicated inputs",
    ResultName.FOLD_DUPLICATED_WEIGHTS: "duplicated weights",
}
"""Result of a step of the build -> what it takes out, in the order of the build."""


def duplicates(build: Build) -> tuple[list[Saving], dict[str, str], list[LayerBits]]:
    """The savings, why other layers stay as they are, and all convolutions before and after."""
    steps = (
        StepName.STREAMLINE,
        StepName.FUSE_DUPLICATED_INPUTS,
        StepName.FOLD_DUPLICATED_WEIGHTS,
    )
    graphs = [from_onnx(build.model(step)) for step in steps]
    savings: list[Saving] = []
    not_folded: dict[str, str] = {}
    for index, (name, kind) in enumerate(DUPLICATES.items()):
        data = build.results.read(name, Duplicates)
        savings += [_saving(kind, entry, graphs[index + 1]) for entry in data.layers]
        not_folded |= data.not_folded
    layers = [_layer(node, graphs, savings) for node in _convolutions(graphs[2])]
    return savings, not_folded, layers


def _convolutions(graph: IntGraph) -> list[IntNode]:
    return [node for node in graph.nodes if node.op == "Conv"]


def _code_bits(graph: IntGraph, layer: str) -> int:
    """Bits in which one weight of a layer is stored."""
    return code_weights(graph.node(layer).params["weights"]).bits


def _saving(kind: str, entry: DuplicatedLayer, after: IntGraph) -> Saving:
    before, behind = entry.line_buffer_bits_before, entry.line_buffer_bits_after
    if before is None or behind is None:
        before = behind = _line_bits(after, entry.layer)
    return Saving(
        kind=kind,
        layer=entry.layer,
        factor=entry.factor,
        summed_by=_summed_by(after, entry.layer),
        weights=(entry.weights_before, entry.weights_after),
        weight_bits=(entry.weight_bits_before, entry.weight_bits_after),
        line_buffer_bits=(before, behind),
        macs=(entry.macs_before, entry.macs_after),
    )


def _summed_by(graph: IntGraph, layer: str) -> str:
    source = graph.node(layer).inputs[0]
    made = graph.maker(source)
    return source if made is not None and made.op == "ChannelSum" else ""


def _line_bits(graph: IntGraph, layer: str) -> int:
    """Bits of the lines that a window needs: kernel height less one, padded."""
    conv = graph.node(layer)
    name = conv.inputs[0]
    low, high = graph.range(name)
    channels, _, width = graph.shape(name)
    padded = width + conv.attrs["pads"][1] + conv.attrs["pads"][3]
    rows = (conv.attrs["kernel_shape"][0] - 1) * conv.attrs.get("dilations", [1])[0]
    bits = integer_datatype(low, high).bitwidth()
    return int(rows * padded * channels * bits)


def _layer(conv: IntNode, graphs: list[IntGraph], savings: list[Saving]) -> LayerBits:
    """Before = after, multiplied by what each step says that it divided this layer by."""
    weights = conv.params["weights"].size
    after = (
        weights * _code_bits(graphs[2], conv.name),
        _line_bits(graphs[2], conv.name),
        weights * prod(conv.shape[1:]),
    )
    before = list(after)
    for saving in savings:
        if saving.layer == conv.name:
            pairs = (saving.weight_bits, saving.line_buffer_bits, saving.macs)
            before = [
                value * pair[0] // pair[1] if pair[1] else value
                for value, pair in zip(before, pairs, strict=True)
            ]
    return LayerBits(conv.name, (before[0], after[0]), (before[1], after[1]), (before[2], after[2]))
