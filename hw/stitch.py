"""Stitching: from FINN graphs of RTL operators to one folder with a SystemVerilog top level.

Every node becomes an instance of its generated wrapper, every tensor a bundle of wires
``<node>_tdata/_tvalid/_tready`` (``<node>_out<i>_...`` of a node with several outputs); graph
inputs and outputs become the ports ``s_axis_<i>_*`` and ``m_axis_<i>_*`` that FINN's own stitched
IP has; where nodes have tables that can be written, there are ``load_i`` and ``load_o`` too
(hw/rtl/load_port.sv). The folder holds all that a tool needs: wrappers, memories, the modules of
``hw/rtl``, the top level, a file list ``<top>.f`` and ``<top>.json``.
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

from onnx import NodeProto
from qonnx.core.datatype import BaseDataType
from qonnx.core.modelwrapper import ModelWrapper

import hw.ops  # noqa: F401 (registers the operators)
from hw.dataflow.graph import forks
from hw.errors import HardwareError
from hw.ops.base import Operator, Role
from hw.ops.registry import HLS_DOMAIN, is_rtl, operator_of, role_of
from hw.ops.rtl_base import RtlOp
from hw.ops.writable import BUS_BITS, load_bits
from hw.sim.design import (
    INPUT,
    INTERNAL,
    MEMORY_SUFFIXES,
    OUTPUT,
    Design,
    Fifo,
    LoadTable,
    Stream,
    stream_name,
)

#: Data type, bits of a beat, elements of a frame (N = 1).
_Beats = tuple[BaseDataType, int, int]

#: Files of Vitis HLS's that are source text.
_VERILOG = (".v", ".sv")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass
class _Stitcher:
    """The parts of the design, gathered while walking over the models."""

    folder: Path
    top: str
    fpgapart: str
    clk_ns: float
    sources: list[str] = field(default_factory=list)
    wrappers: list[str] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    fifos: list[Fifo] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)
    hls_verilog: Mapping[str, Path] = field(default_factory=dict)
    tables: list[LoadTable] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)  # nodes with tables
    load_end: int = 0  # address behind the last of them
    frame_clocks: int = 0  # of the slowest node so far

    def add_model(self, model: ModelWrapper) -> None:
        nodes = list(model.graph.node)
        ops = {node.name: operator_of(node) for node in nodes}
        consumers = _consumers(model, nodes)
        streams: dict[str, Stream] = {}
        for tensor in model.graph.input:
            if tensor.name in consumers:
                node, port = consumers[tensor.name]
                wire = f"s_axis_{_count(self.streams, INPUT)}"
                streams[tensor.name] = self._add_stream(
                    tensor.name, wire, INPUT, _beats_in(ops[node.name], port), ("", node.name)
                )
        first = _count(self.streams, OUTPUT)
        ports = {tensor.name: first + i for i, tensor in enumerate(model.graph.output)}
        for node in nodes:
            self._generate(model, node, ops[node.name])
            self.frame_clocks = max(self.frame_clocks, _frame_clocks(ops[node.name]))
            for index, tensor_name in enumerate(node.output):
                streams[tensor_name] = self._add_output(
                    node, index, ops, consumers.get(tensor_name), ports.get(tensor_name)
                )
            self._add_instance(model, node, streams, self._add_tables(model, ops[node.name]))
            if role_of(node) is Role.FIFO:
                source, result = streams[node.input[0]], streams[node.output[0]]
                depth = int(ops[node.name].get_nodeattr("depth"))
                self.fifos.append(Fifo(node.name, source.name, result.name, depth))

    def _add_output(
        self,
        node: NodeProto,
        index: int,
        ops: Mapping[str, Operator],
        reader: tuple[NodeProto, int] | None,
        port: int | None,
    ) -> Stream:
        """Add the stream at an output of a node.

        reader: the node that reads it, at which input. port: number of the output port that it is.
        """
        beats = _beats_out(ops[node.name], index)
        wire = name = stream_name(node.name, index, len(node.output))
        kind, consumer = INTERNAL, ""
        if port is not None:
            kind, wire = OUTPUT, f"m_axis_{port}"
        if reader is not None:
            consumer = reader[0].name
            if kind == OUTPUT:
                raise HardwareError(forks(node.output[index], consumer, "the graph's output"))
            width = _beats_in(ops[consumer], reader[1])[1]
            if width != beats[1]:
                raise HardwareError(
                    f"node {consumer}: reads beats of {width} bits, but {node.name} writes beats "
                    f"of {beats[1]}"
                )
        elif kind == INTERNAL:
            raise HardwareError(f"node {node.name}: nothing reads its output {node.output[index]}")
        return self._add_stream(name, wire, kind, beats, (node.name, consumer))

    def _add_stream(
        self, name: str, wire: str, kind: str, beats: _Beats, ends: tuple[str, str]
    ) -> Stream:
        datatype, width, elements = beats
        if not datatype.is_integer() or datatype.name == "BIPOLAR":
            raise HardwareError(f"stream {name}: data type {datatype.name} is no integer type")
        if any(stream.name == name for stream in self.streams):
            raise HardwareError(f"design {self.top}: two streams are named {name!r}")
        bits = int(datatype.bitwidth())
        lanes = width // bits
        if width % bits or elements % lanes:
            raise HardwareError(
                f"stream {name}: a frame of {elements} elements of {bits} bits does not divide "
                f"into beats of {width} bits"
            )
        stream = Stream(
            name=name,
            wire=wire,
            kind=kind,
            lanes=lanes,
            bits=bits,
            signed=bool(datatype.signed()),
            frame_beats=elements // lanes,
            producer=ends[0],
            consumer=ends[1],
        )
        self.streams.append(stream)
        return stream

    def _generate(self, model: ModelWrapper, node: NodeProto, op: Operator) -> None:
        """Let the node write its wrapper and memories; copy the modules it needs."""
        if node.name in self.hls_verilog:
            self._adopt(node.name, self.hls_verilog[node.name])
            return
        if not is_rtl(node):
            raise HardwareError(f"node {node.name}: {node.op_type} is no RTL operator")
        if not _IDENTIFIER.fullmatch(node.name):
            raise HardwareError(f"node {node.name!r}: its name is no SystemVerilog identifier")
        if node.name in (*self.wrappers, self.top):
            raise HardwareError(f"design {self.top}: two modules are named {node.name!r}")
        op.set_nodeattr("code_gen_dir_ipgen", str(self.folder))
        op.generate_hdl(model, self.fpgapart, self.clk_ns)
        for path in map(Path, op.get_rtl_file_list(abspath=True)):
            if path.parent != self.folder and path.name not in self.sources:
                if not path.exists():
                    raise HardwareError(f"node {node.name}: module file {path.name} is missing")
                shutil.copyfile(path, self.folder / path.name)
                self.sources.append(path.name)
        self.wrappers.append(node.name)

    def _adopt(self, name: str, made: Path) -> None:
        """Copy what Vitis HLS made of an HLS node: the module ``name`` and those below it."""
        files = [
            path for path in sorted(made.iterdir()) if path.suffix in _VERILOG + MEMORY_SUFFIXES
        ]
        if not any(path.stem == name and path.suffix in _VERILOG for path in files):
            raise HardwareError(f"node {name}: {made} holds no module of this name")
        for path in files:
            if path.name in self.sources:
                raise HardwareError(f"node {name}: there is another {path.name} in this design")
            shutil.copyfile(path, self.folder / path.name)
            if path.suffix in _VERILOG:
                self.sources.append(path.name)

    def _add_tables(self, model: ModelWrapper, op: Operator) -> int | None:
        """Give a node's tables addresses; the upper bits of them, None where it has no tables."""
        tables = op.tables(model) if isinstance(op, RtlOp) else []
        if not tables:
            return None
        bits = load_bits(tables)
        select = -(-self.load_end >> bits)
        first, self.load_end = select << bits, (select + 1) << bits
        if self.load_end > 1 << BUS_BITS:
            raise HardwareError(
                f"node {op.name}: its tables reach word {self.load_end} of the load bus, which has "
                f"{1 << BUS_BITS}; expected fewer nodes with runtime_writeable_weights"
            )
        for table in tables:
            memory = table.memory
            self.tables.append(
                LoadTable(
                    node=op.name,
                    name=memory.name,
                    kind=memory.kind,
                    address=first + table.offset,
                    rows=len(memory.words),
                    width=memory.width,
                    row_words=table.row_words,
                )
            )
        self.loaded.append(op.name)
        return select

    def _add_instance(
        self,
        model: ModelWrapper,
        node: NodeProto,
        streams: dict[str, Stream],
        select: int | None,
    ) -> None:
        """Add an instance of a node's wrapper. select: upper bits of its tables' addresses."""
        pins = ["    .ap_clk(ap_clk)", "    .ap_rst_n(ap_rst_n)"]
        bundles = [
            (f"out{index}_V", streams[tensor].wire) for index, tensor in enumerate(node.output)
        ]
        for port, tensor in enumerate(node.input):
            if model.get_initializer(tensor) is None:
                if tensor not in streams:
                    raise HardwareError(f"node {node.name}: nothing writes its input {tensor}")
                bundles.append((f"in{port}_V", streams[tensor].wire))
        for pin, wire in bundles:
            for signal in ("tdata", "tvalid", "tready"):
                pins.append(f"    .{pin}_{signal.upper()}({wire}_{signal})")
        parameters = ""
        if select is not None:
            pins += ["    .load_i(load_i)", f"    .load_o({_word(node.name)})"]
            parameters = f"#(\n    .LoadSelect({select})\n  ) "
        text = f"  {node.name} {parameters}i_{node.name} (\n" + ",\n".join(pins) + "\n  );\n"
        self.instances.append(text)

    def top_level(self) -> str:
        """Text of the top level."""
        ports = ["  input  logic ap_clk", "  input  logic ap_rst_n"]
        wires = []
        for stream in self.streams:
            vector = f"[{8 * stream.bytes - 1}:0]"
            if stream.kind == INTERNAL:
                wires += [
                    f"  logic {vector} {stream.wire}_tdata;",
                    f"  logic {stream.wire}_tvalid, {stream.wire}_tready;",
                ]
            else:
                ahead, back = ("input ", "output") if stream.kind == INPUT else ("output", "input ")
                ports += [
                    f"  {ahead} logic {vector} {stream.wire}_tdata",
                    f"  {ahead} logic {stream.wire}_tvalid",
                    f"  {back} logic {stream.wire}_tready",
                ]
        if self.loaded:
            ports += [f"  input  logic [{BUS_BITS + 33}:0] load_i", "  output logic [31:0] load_o"]
            wires += [f"  logic [31:0] {_word(name)};" for name in self.loaded]
            wires.append(f"  assign load_o = {' | '.join(map(_word, self.loaded))};")
        return (
            "// Generated by stitching. Do not edit.\n"
            f"module {self.top} (\n"
            + ",\n".join(ports)
            + "\n);\n"
            + "\n".join(wires)
            + "\n\n"
            + "\n".join(self.instances)
            + "endmodule\n"
        )


def hls_nodes(model: ModelWrapper) -> list[str]:
    """Names of the nodes that are HLS operators."""
    return [node.name for node in model.graph.node if node.domain == HLS_DOMAIN]


def needs_vitis(names: Sequence[str]) -> str:
    """Why a graph with these HLS nodes has no RTL yet, and what runs all the same."""
    what = "1 node is" if len(names) == 1 else f"{len(names)} nodes are"
    return (
        f"{what} HLS, whose RTL only Vitis HLS makes (`python -m flows hls`, then `python -m flows "
        f"build --start generate_rtl`): {', '.join(names)}. `python -m flows cppsim` runs HLS and "
        "RTL nodes alike, without Vitis HLS"
    )


def _word(node: str) -> str:
    """Wire of what a node with tables answers on the load bus."""
    return f"{node}_load_word"


def _count(streams: Sequence[Stream], kind: str) -> int:
    return sum(stream.kind == kind for stream in streams)


def _consumers(model: ModelWrapper, nodes: Sequence[NodeProto]) -> dict[str, tuple[NodeProto, int]]:
    """Return for each streamed tensor the node that reads it, and at which input."""
    found: dict[str, tuple[NodeProto, int]] = {}
    for node in nodes:
        for port, tensor in enumerate(node.input):
            if model.get_initializer(tensor) is not None:
                continue
            if tensor in found:
                raise HardwareError(forks(tensor, found[tensor][0].name, node.name))
            found[tensor] = (node, port)
    return found


def _frame_clocks(op: Operator) -> int:
    """Clocks that a node takes for a frame."""
    return int(op.get_exp_cycles()) // int(op.get_normal_input_shape()[0])


def _beats_in(op: Operator, port: int) -> _Beats:
    shape = op.get_normal_input_shape(port)
    return op.get_input_datatype(port), int(op.get_instream_width(port)), prod(map(int, shape[1:]))


def _beats_out(op: Operator, index: int) -> _Beats:
    shape = op.get_normal_output_shape(index)
    width = int(op.get_outstream_width(index))
    return op.get_output_datatype(index), width, prod(map(int, shape[1:]))


def stitch(
    models: Sequence[ModelWrapper],
    folder: Path,
    top: str,
    *,
    fpgapart: str = "xc7z020clg400-1",
    clk_ns: float = 10.0,
    hls_verilog: Mapping[str, Path] | None = None,
) -> Design:
    """Write models side by side into folder as one module ``top``, and return what it holds.

    Every node is an RTL operator, every tensor has one reader, and node names are unique across
    the models; otherwise HardwareError names the node. Model i has the ports ``s_axis_<i>_*`` and
    ``m_axis_<i>_*`` (counted on where a model has several).

    hls_verilog: folders with the Verilog that Vitis HLS made, by name of the HLS node.
    """
    if not _IDENTIFIER.fullmatch(top):
        raise HardwareError(f"top level {top!r}: its name is no SystemVerilog identifier")
    made = hls_verilog or {}
    if names := [name for model in models for name in hls_nodes(model) if name not in made]:
        raise HardwareError(f"design {top} cannot be stitched: {needs_vitis(names)}")
    folder.mkdir(parents=True, exist_ok=True)
    stitcher = _Stitcher(folder, top, fpgapart, clk_ns, hls_verilog=made)
    for model in models:
        stitcher.add_model(model)
    modules = {Path(name).stem for name in stitcher.sources}
    for name in (*stitcher.wrappers, top):
        if name in modules:
            raise HardwareError(f"design {top}: two modules are named {name!r}")
    (folder / f"{top}.sv").write_text(stitcher.top_level(), encoding="utf-8")
    sources = [*stitcher.sources, *(f"{name}.sv" for name in stitcher.wrappers), f"{top}.sv"]
    (folder / f"{top}.f").write_text("\n".join(sources) + "\n", encoding="utf-8")
    design = Design(
        top,
        folder,
        tuple(sources),
        tuple(stitcher.streams),
        tuple(stitcher.fifos),
        tuple(stitcher.tables),
        stitcher.frame_clocks,
    )
    design.save()
    return design
