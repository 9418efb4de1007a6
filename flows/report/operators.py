"""Facts of each operator of the hardware graph, and the streams between them."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.schemas import Estimate, MemoryRow
from flows.report.signs import TIMES
from flows.report.synth_level import Netlist
from hw.dataflow.graph import StreamGraph
from hw.ops.base import Operator, Role
from hw.ops.registry import is_hls, is_inserted, kind_of, operator_of, registered, role_of, the_one

STREAM_ONLY = (the_one(Role.FIFO).kind, the_one(Role.CONVERTER).kind)
"""Operators that only pass a stream on."""


@dataclass(frozen=True)
class StreamFacts:
    """A stream at an operator. shape: (H, W, C) of a frame; kind: of its integers.

    bits, beats: of a beat, and of a frame.
    """

    shape: tuple[int, ...]
    kind: str
    bits: int
    beats: int

    @property
    def size(self) -> str:
        """Such as "32 x 32 x 16"."""
        return f" {TIMES} ".join(f"{size:,}" for size in self.shape)


@dataclass(frozen=True)
class NodeFacts:
    """One node of the hardware graph. LUT, BRAM18 and DSP are estimates, not from a synthesis.

    what: what operators of its kind do, in a sentence. folding: attributes that say it.
    netlist: what yosys counted, where ``synth`` has run. files: of its memories.
    """

    name: str
    kind: str
    what: str
    role: Role
    language: str
    inserted: bool
    pe: int | None
    simd: int | None
    folding: dict[str, Any]
    comes: StreamFacts
    goes: StreamFacts
    clocks: int  # estimate
    weight_bits: int
    threshold_bits: int
    line_buffer_bits: int
    luts: int
    bram18: int
    dsp: int
    depth: int | None
    netlist: Netlist | None

    @property
    def stored_bits(self) -> int:
        """Of all that it stores, its registers aside."""
        return self.weight_bits + self.threshold_bits + self.line_buffer_bits


@dataclass(frozen=True)
class Edge:
    """A stream from one node to another; "" is what is outside: the graph's input or output.

    number: of the outside, which input or output.
    """

    source: str
    target: str
    number: int = 0


def node_facts(build: Build, model: ModelWrapper, memories: Sequence[MemoryRow]) -> list[NodeFacts]:
    """Of every node of the final graph, in its order."""
    names = {str(node.name) for node in model.graph.node}
    cycles = build.results.read_nodes(ResultName.LAYER_CYCLES, int, names)
    resources = build.results.read_nodes(ResultName.LAYER_RESOURCES, Estimate, names)
    netlists, _ = build.results.read_current(
        ResultName.SYNTHESIS, StepName.GENERATE_RTL, dict[str, Netlist]
    )

    def stored(node: str, kind: str) -> int:
        return sum(row.bits for row in memories if row.node == node and row.kind == kind)

    return [
        _facts(
            node,
            cycles[node.name],
            resources[node.name],
            {kind: stored(node.name, kind) for kind in ("weights", "thresholds")},
            (netlists or {}).get(node.name),
        )
        for node in model.graph.node
    ]


def _facts(
    node: Any, clocks: int, estimate: Estimate, stored: Mapping[str, int], netlist: Netlist | None
) -> NodeFacts:
    op = operator_of(node)
    known = op.get_nodeattr_types()

    def attribute(name: str) -> int | None:
        return int(op.get_nodeattr(name)) if name in known else None

    return NodeFacts(
        name=str(node.name),
        kind=kind_of(node),
        what=_what(kind_of(node)),
        role=role_of(node) or Role.ALONE,
        language="HLS C++" if is_hls(node) else "RTL",
        inserted=is_inserted(node),
        pe=attribute("PE"),
        simd=attribute("SIMD"),
        folding={
            name: op.get_nodeattr(name)
            for name in op.folding_attributes
            if name in known and op.get_nodeattr(name) not in ("", 0)
        },
        comes=_stream(op, "in"),
        goes=_stream(op, "out"),
        clocks=clocks,
        weight_bits=stored["weights"],
        threshold_bits=stored["thresholds"],
        line_buffer_bits=int(op.line_buffer_bits()) if hasattr(op, "line_buffer_bits") else 0,
        luts=estimate.LUT,
        bram18=estimate.BRAM_18K,
        dsp=estimate.DSP,
        depth=attribute("depth"),
        netlist=netlist,
    )


def _what(kind: str) -> str:
    """The first sentence of the operator's file, without its name: "A fork, every ..."."""
    home = sys.modules[registered(kind).abstract.__module__]
    words = " ".join((home.__doc__ or "").partition("\n\n")[0].split())
    told = words.partition(": ")[2] or words
    sentence = told.partition(". ")[0].rstrip(".")
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _stream(op: Operator, side: str) -> StreamFacts:
    if side == "in":
        shape, kind = op.input_shape(), op.get_input_datatype()
        bits, lanes = op.get_instream_width(), op.lanes_in()
    else:
        shape, kind = op.output_shape(), op.get_output_datatype()
        bits, lanes = op.get_outstream_width(), op.lanes_out()
    size = tuple(int(each) for each in shape[1:])
    values = 1
    for each in size:
        values *= each
    return StreamFacts(size, str(kind.name), int(bits), values // int(lanes))


def edges(model: ModelWrapper) -> list[Edge]:
    """The streams between nodes, and those from and to the outside."""
    graph = StreamGraph.of_model(model)
    found = []
    for wire in graph.wires:
        before, behind = graph.before(wire), graph.behind(wire)
        number = wire.port if behind is None else wire.output if before is None else 0
        found.append(Edge(before.name if before else "", behind.name if behind else "", number))
    return found
