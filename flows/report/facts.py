"""The report's facts of a build, gathered from its JSON files and models."""

import hashlib
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.config import BuildConfig
from flows.build.names import ResultName, StepName
from flows.build.schemas import DuplicatedLayer, Duplicates, Estimate, Memories
from flows.build.target import target_clocks
from flows.graph.host_tail import host_nodes
from flows.graph.input_type import InputType
from flows.graph.integer_graph import IntGraph, IntNode, from_onnx
from flows.report.levels import Level, Simulation, levels, read_simulation
from hw.datatypes import integer_datatype
from hw.ops.base import Role
from hw.ops.registry import is_rtl, kind_of, operator_of, role_of, the_one
from hw.ops.weight_coding import code_weights

STREAM_ONLY = (the_one(Role.FIFO).kind, the_one(Role.CONVERTER).kind)
"""Operators that only pass a stream on."""


@dataclass(frozen=True)
class NodeFacts:
    """One node of the hardware graph. LUT, BRAM18 and DSP are estimates, not from a synthesis."""

    name: str
    kind: str
    pe: int | None
    simd: int | None
    clocks: int  # estimate
    weight_bits: int
    threshold_bits: int
    line_buffer_bits: int
    luts: int
    bram18: int
    dsp: int


@dataclass(frozen=True)
class FifoFacts:
    """One FIFO; fill: most beats that it held in simulation, None if not simulated."""

    name: str
    depth: int
    width: int
    fill: int | None


@dataclass(frozen=True)
class Saving:
    """One kind of duplicate taken out of one layer: (before, after) of each figure."""

    kind: str  # "duplicated weights" or "duplicated inputs"
    layer: str
    factor: int
    weights: tuple[int, int]
    weight_bits: tuple[int, int]
    line_buffer_bits: tuple[int, int]
    macs: tuple[int, int]


@dataclass(frozen=True)
class LayerBits:
    """A convolution of the network, with and without its duplicates (before, after)."""

    name: str
    weight_bits: tuple[int, int]
    line_buffer_bits: tuple[int, int]
    macs: tuple[int, int]


@dataclass(frozen=True)
class Facts:
    """All of it. memories: rows of memories.json and their totals; see flows.build.schemas."""

    config: BuildConfig
    target_clocks: int  # that a frame may take
    metadata: dict[str, str]  # of the QONNX file
    input_scale: tuple[str, str]  # real value of one step of the input, and who says so
    input_type: str  # integers of the input
    host_nodes: list[str]  # of the file, which host_tail.onnx does
    model_sha256: str
    tensors: tuple[str, str]  # of the accelerator's input and output: shape and data type
    levels: list[Level]
    simulation: Simulation | None
    nodes: list[NodeFacts]
    fifos: list[FifoFacts]
    savings: list[Saving]
    not_folded: dict[str, str]
    layers: list[LayerBits]
    memories: list[dict[str, Any]]
    memory_total: dict[str, dict[str, int]]

    @property
    def network(self) -> str:
        """Name of the network: of the zoo if the file says so, else of the file."""
        return self.metadata.get("network") or self.config.model.stem

    @property
    def slowest(self) -> NodeFacts:
        """The node with the most clocks a frame (estimate)."""
        return max(self.nodes, key=lambda node: node.clocks)


def gather(build: Build) -> Facts:
    """Facts of a finished build; FlowError where something is missing or broken."""
    hardware = build.model(StepName.GENERATE_RTL)
    simulation, _ = read_simulation(build)
    memories = build.results.read(ResultName.MEMORIES, Memories)
    rows = [asdict(row) for row in memories.memories]
    total = {kind: asdict(getattr(memories.total, kind)) for kind in ("weights", "thresholds")}
    savings, not_folded, layers = _duplicates(build)
    return Facts(
        config=build.config,
        target_clocks=target_clocks(build.config, hardware),
        metadata=_metadata(build.model(StepName.IMPORT)),
        input_scale=_input_scale(build.model(StepName.STREAMLINE)),
        input_type=str(InputType.of_model(build.model(StepName.STREAMLINE))),
        host_nodes=host_nodes(_metadata(build.model(StepName.STREAMLINE))),
        model_sha256=hashlib.sha256(build.config.model.read_bytes()).hexdigest(),
        tensors=_tensors(hardware),
        levels=levels(build),
        simulation=simulation,
        nodes=_nodes(build, hardware, rows),
        fifos=_fifos(hardware, simulation),
        savings=savings,
        not_folded=not_folded,
        layers=layers,
        memories=rows,
        memory_total=total,
    )


def _metadata(model: ModelWrapper) -> dict[str, str]:
    props = {prop.key: prop.value for prop in model.model.metadata_props}
    return props | {prop.key: prop.value for prop in model.graph.metadata_props}


def _input_scale(model: ModelWrapper) -> tuple[str, str]:
    props = _metadata(model)
    return props.get("input_scale", "not known"), props.get("input_scale_source", "not known")


def _tensors(model: ModelWrapper) -> tuple[str, str]:
    names = (model.graph.input[0].name, model.graph.output[0].name)
    shapes = (" x ".join(str(size) for size in model.get_tensor_shape(name)[1:]) for name in names)
    kinds = (model.get_tensor_datatype(name).name for name in names)
    first, last = (f"{shape} {kind}" for shape, kind in zip(shapes, kinds, strict=True))
    return first, last


def _nodes(build: Build, model: ModelWrapper, memories: list[dict[str, Any]]) -> list[NodeFacts]:
    names = {str(node.name) for node in model.graph.node}
    cycles = build.results.read_nodes(ResultName.LAYER_CYCLES, int, names)
    resources = build.results.read_nodes(ResultName.LAYER_RESOURCES, Estimate, names)

    def stored(node: str, kind: str) -> int:
        return sum(r["bits"] for r in memories if r["node"] == node and r["kind"] == kind)

    rows = []
    for node in model.graph.node:
        op = operator_of(node)
        attributes = op.get_nodeattr_types()
        rows.append(
            NodeFacts(
                name=node.name,
                kind=kind_of(node),
                pe=int(op.get_nodeattr("PE")) if "PE" in attributes else None,
                simd=int(op.get_nodeattr("SIMD")) if "SIMD" in attributes else None,
                clocks=cycles[node.name],
                weight_bits=stored(node.name, "weights"),
                threshold_bits=stored(node.name, "thresholds"),
                line_buffer_bits=(
                    int(op.line_buffer_bits()) if hasattr(op, "line_buffer_bits") else 0
                ),
                luts=resources[node.name].LUT,
                bram18=resources[node.name].BRAM_18K,
                dsp=resources[node.name].DSP,
            )
        )
    return rows


def _fifos(model: ModelWrapper, simulation: Simulation | None) -> list[FifoFacts]:
    fifos = []
    for node in model.graph.node:
        if role_of(node) is Role.FIFO and is_rtl(node):
            op = operator_of(node)
            fill = simulation.fifo_fill.get(node.name) if simulation else None
            width = int(op.get_instream_width())
            fifos.append(FifoFacts(node.name, int(op.get_nodeattr("depth")), width, fill))
    return fifos


# --- duplicates -----------------------------------------------------------------------------------

DUPLICATES = {
    ResultName.FUSE_DUPLICATED_INPUTS: "duplicated inputs",
    ResultName.FOLD_DUPLICATED_WEIGHTS: "duplicated weights",
}
"""Result of a step of the build -> what it takes out, in the order of the build."""


def _duplicates(build: Build) -> tuple[list[Saving], dict[str, str], list[LayerBits]]:
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
        weights=(entry.weights_before, entry.weights_after),
        weight_bits=(entry.weight_bits_before, entry.weight_bits_after),
        line_buffer_bits=(before, behind),
        macs=(entry.macs_before, entry.macs_after),
    )


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
