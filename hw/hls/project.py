"""From a dataflow graph to a C++ project: one function that Vitis HLS and a C++ compiler build.

The folder holds all that a tool needs, and can be moved as a whole: the operators' headers, the
constant tables of each node, the top level ``<top>.cpp`` (a dataflow region that calls one operator
a node), ``main.cpp`` with ``ports.inc`` for its simulation, and ``<top>.json`` (``HlsProject``).
RTL nodes, HLS nodes and mixtures are taken alike, through ``hls_variant``. FIFO nodes cost
nothing: their depth becomes that of the stream they stand in.
"""

import contextlib
import filecmp
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

import hw.ops  # noqa: F401 (registers the operators)
from hw.dataflow.graph import forks
from hw.errors import HardwareError
from hw.hls.design import STREAM_DEPTH, HlsNode, HlsProject, HlsStream
from hw.hls.lanes import stream_type
from hw.hls.top_level import ports_text, prototype_text, top_text
from hw.ops.base import Role
from hw.ops.hls_base import HlsOp, hls_variant
from hw.ops.registry import operator_of, role_of
from hw.protocols import StreamNode
from hw.sim.design import INPUT, INTERNAL, OUTPUT, Fifo, stream_name
from outside.whole import whole_folder

#: Folder of the headers.
HLS_DIR = Path(__file__).resolve().parent

Progress = Callable[[str], None]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: Keywords of C++14 and later, names that the generated code uses, and macros of its headers.
_WORDS = """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t
    char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false final float for friend goto if import inline int long module mutable namespace new
    noexcept not not_eq nullptr operator or or_eq override private protected public register
    reinterpret_cast requires return short signed sizeof static static_assert static_cast struct
    switch template this thread_local throw true try typedef typeid typename union unsigned using
    virtual void volatile wchar_t while xor xor_eq
    df hls std main hw NULL EOF stdin stdout stderr errno assert NAN INFINITY linux unix
"""
_TAKEN = frozenset(_WORDS.split())


@dataclass
class _Writer:
    """The parts of the project, gathered while walking over the models.

    tables: text by node. read: streams by the node that reads them, and at which input.
    """

    top: str
    streams: list[HlsStream] = field(default_factory=list)
    nodes: list[HlsNode] = field(default_factory=list)
    fifos: list[Fifo] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    read: dict[tuple[str, int], HlsStream] = field(default_factory=dict)

    def add_model(self, model: ModelWrapper) -> None:
        for tensor in model.graph.input:
            if model.get_initializer(tensor.name) is None and model.find_consumers(tensor.name):
                self._add_input(model, tensor.name)
        readers = _readers(model)
        first = len(self._of_kind(OUTPUT))
        ports = {tensor.name: first + i for i, tensor in enumerate(model.graph.output)}
        for node in model.graph.node:
            if _is_fifo(node):
                continue
            self._identifier(f"node {node.name}", node.name)
            op = checked_variant(node)
            sinks = [
                self._add_output(model, node, index, op, readers, ports)
                for index in range(len(node.output))
            ]
            self._add_node(model, node, op, sinks)

    def _add_output(
        self,
        model: ModelWrapper,
        node: NodeProto,
        index: int,
        op: StreamNode,
        readers: dict[str, NodeProto],
        ports: dict[str, int],
    ) -> HlsStream:
        """Add the stream at an output of a node, with the FIFO nodes in it.

        readers: of each tensor; ports: number of the output port that a tensor is.
        """
        name = stream_name(node.name, index, len(node.output))
        if name != node.name:
            self._identifier(f"node {node.name}, stream {name}", name)
        end, fifos = _behind(model, node, index, readers)
        reader = readers.get(end)
        kind = OUTPUT if end in ports else INTERNAL
        if kind == OUTPUT and reader is not None:
            raise HardwareError(forks(end, reader.name, "the graph's output"))
        if kind == INTERNAL and reader is None:
            raise HardwareError(f"node {node.name}: nothing reads its output {end}")
        port = f"m_axis_{ports[end]}" if kind == OUTPUT else ""
        consumer = (reader.name, list(reader.input).index(end)) if reader is not None else ("", 0)
        beats = _beats(op, "out", index)
        return self._add_stream(name, name, kind, beats, (node.name, consumer), port, fifos)

    def _of_kind(self, kind: str) -> list[HlsStream]:
        return [stream for stream in self.streams if stream.kind == kind]

    def _identifier(self, what: str, name: str) -> str:
        """Return name, or say why it cannot be used in C++."""
        if not _IDENTIFIER.fullmatch(name) or "__" in name or re.match("_[A-Z]|DF_|DF$", name):
            raise HardwareError(f"{what!s}: its name is no C++ identifier that a program may use")
        if name in _TAKEN or re.match(r"[sm]_axis_\d", name):
            raise HardwareError(f"{what}: its name is a word that C++ or the program uses")
        if name in self.names:
            raise HardwareError(f"{what}: its name is used twice in project {self.top}")
        self.names.add(name)
        return name

    def _add_input(self, model: ModelWrapper, tensor: str) -> None:
        first = model.find_consumers(tensor)[0]
        fifos: list[NodeProto] = []
        readers = _readers(model)
        end = tensor
        while _is_fifo(first):
            fifos.append(first)
            end = first.output[0]
            if end not in readers:
                raise HardwareError(f"node {first.name}: no operator reads what it holds")
            first = readers[end]
        number = len(self._of_kind(INPUT))
        index = list(first.input).index(end)
        beats = _beats(checked_variant(first), "in", index)
        port = f"s_axis_{number}"
        ends = ("", (first.name, index))
        self._add_stream(tensor, f"{port}_beats", INPUT, beats, ends, port, fifos)

    def _add_stream(
        self,
        name: str,
        wire: str,
        kind: str,
        beats: tuple[Any, int, Any],
        ends: tuple[str, tuple[str, int]],
        port: str,
        fifos: Sequence[NodeProto],
    ) -> HlsStream:
        """Add a stream with the FIFO nodes in it. beats: data type, lanes and tensor shape.

        ends: the node that writes it; the one that reads it, and at which input.
        """
        if any(stream.name == name for stream in self.streams):
            raise HardwareError(f"project {self.top}: two streams are named {name!r}")
        datatype, lanes, shape = beats
        stream_type(ends[0] or ends[1][0], datatype, lanes)  # refuses what no lane holds
        elements = 1
        for size in shape[1:]:
            elements *= int(size)
        depths = {fifo.name: operator_of(fifo).int_attr("depth") for fifo in fifos}
        self.fifos += [Fifo(fifo, name, name, depth) for fifo, depth in depths.items()]
        stream = HlsStream(
            name=name,
            wire=wire,
            kind=kind,
            lanes=lanes,
            bits=int(datatype.bitwidth()),
            signed=bool(datatype.signed()),
            frame_beats=elements // lanes,
            producer=ends[0],
            consumer=ends[1][0],
            port=port,
            depth=max(STREAM_DEPTH, sum(depths.values())),
        )
        self.streams.append(stream)
        if stream.consumer:
            self.read[ends[1]] = stream
        return stream

    def _source(self, node: NodeProto, index: int, op: StreamNode) -> HlsStream:
        """The stream at an input of a node, checked to be of the beats that the node reads."""
        source = self.read.get((node.name, index))
        if source is None:
            raise HardwareError(f"node {node.name}: nothing writes its input {node.input[index]}")
        datatype, lanes, _ = _beats(op, "in", index)
        found = (int(datatype.bitwidth()), bool(datatype.signed()), lanes)
        if found != (source.bits, source.signed, source.lanes):
            raise HardwareError(
                f"node {node.name}: reads beats of {_lanes(*found)}, but "
                f"{source.producer or source.name} writes "
                f"{_lanes(source.bits, source.signed, source.lanes)}"
            )
        return source

    def _add_node(
        self, model: ModelWrapper, node: NodeProto, op: HlsOp, sinks: Sequence[HlsStream]
    ) -> None:
        sources = [self._source(node, index, op) for index in range(op.stream_inputs())]
        tables = op.hls_tables(model)
        for table in tables:
            self._identifier(f"node {node.name}, table {table.name}", table.name)
        self.tables[node.name] = "\n".join(table.text() for table in tables)
        self.nodes.append(
            HlsNode(
                name=node.name,
                op_type=node.op_type,
                function=op.hls_function(),
                sources=tuple(stream.name for stream in sources),
                sinks=tuple(stream.name for stream in sinks),
                trips=int(op.hls_trips()),
                call=op.hls_call(model, *(stream.wire for stream in (*sources, *sinks))),
                tables=tuple(table.name for table in tables),
            )
        )

    def write(self, folder: Path) -> HlsProject:
        """Write all files but the JSON, which says that they are whole."""
        files = [*_copy_headers(folder)]
        texts = {f"{node}_tables.hpp": text for node, text in self.tables.items() if text}
        for name, text in texts.items():
            (folder / name).write_text(
                f'// Generated. Do not edit.\n#pragma once\n\n#include "types.hpp"\n\n{text}',
                encoding="utf-8",
            )
        headers = {f"{node.function}.hpp" for node in self.nodes}
        if missing := sorted(headers - set(files)):
            users = [node.name for node in self.nodes if f"{node.function}.hpp" in missing]
            raise HardwareError(f"node {users[0]}: header hw/hls/{missing[0]} is missing")
        project = HlsProject(
            self.top,
            folder,
            (*files, *texts, f"{self.top}.hpp", f"{self.top}.cpp", "ports.inc", "main.cpp"),
            tuple(self.streams),
            tuple(self.nodes),
            tuple(self.fifos),
        )
        (folder / f"{self.top}.hpp").write_text(prototype_text(project), encoding="utf-8")
        (folder / f"{self.top}.cpp").write_text(
            top_text(project, sorted(headers), list(texts)), encoding="utf-8"
        )
        (folder / "ports.inc").write_text(ports_text(project), encoding="utf-8")
        shutil.copyfile(HLS_DIR / "stand_ins" / "main.cpp", folder / "main.cpp")
        (folder / f"{self.top}.json").write_text(project.to_json(), encoding="utf-8")
        return project


def checked_variant(node: NodeProto) -> HlsOp:
    """The HLS operator of a node, its attributes checked."""
    op = hls_variant(node)
    op.check()
    return op


def _lanes(bits: int, signed: bool, lanes: int) -> str:
    return f"{lanes} x {'INT' if signed else 'UINT'}{bits}"


def _is_fifo(node: NodeProto) -> bool:
    return role_of(node) is Role.FIFO


def _readers(model: ModelWrapper) -> dict[str, NodeProto]:
    """Return for each streamed tensor the node that reads it."""
    found: dict[str, NodeProto] = {}
    for node in model.graph.node:
        for tensor in node.input:
            if model.get_initializer(tensor) is not None:
                continue
            if tensor in found:
                raise HardwareError(forks(tensor, found[tensor].name, node.name))
            found[tensor] = node
    return found


def _behind(
    model: ModelWrapper, node: NodeProto, index: int, readers: dict[str, NodeProto]
) -> tuple[str, list[NodeProto]]:
    """Return the tensor that leaves the FIFOs behind an output of a node, and these FIFOs."""
    tensor, fifos = node.output[index], []
    while tensor in readers and _is_fifo(readers[tensor]):
        fifos.append(readers[tensor])
        tensor = fifos[-1].output[0]
    return str(tensor), fifos


def _beats(op: StreamNode, side: str, index: int) -> tuple[Any, int, Any]:
    """Return data type, lanes and tensor shape of a stream at a side of an operator."""
    if side == "in":
        datatype, lanes = op.get_input_datatype(index), int(op.lanes_of(index))
        return datatype, lanes, op.get_normal_input_shape(index)
    return op.get_output_datatype(index), int(op.lanes_out()), op.get_normal_output_shape(index)


def _copy_headers(folder: Path) -> Iterator[str]:
    for pattern in ("*.hpp", "stand_ins/*.h", "stand_ins/*.hpp"):
        for path in sorted(HLS_DIR.glob(pattern)):
            name = str(path.relative_to(HLS_DIR))
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, folder / name)
            yield name


def _different(old: Path, new: Path, files: Sequence[str]) -> list[str]:
    return [
        name
        for name in files
        if not (old / name).is_file() or not filecmp.cmp(old / name, new / name, shallow=False)
    ]


class _UnchangedError(Exception):
    """The folder holds the very same project already."""


def silent(_: str) -> None:
    """Show nothing."""


def write_project(
    models: ModelWrapper | Sequence[ModelWrapper],
    folder: Path,
    top: str,
    progress: Progress = silent,
) -> HlsProject:
    """Write models side by side into folder as one C++ function ``top``.

    The folder appears whole or not at all; one that holds the very same project already is left
    alone, with what other tools put into it; progress is told where another one, or one that was
    edited, is replaced. HardwareError names the node that HLS C++ cannot build: a name that C++
    does not allow, lanes over 64 bits, a tensor of several readers, an operator without an HLS
    variant.
    """
    writer = _Writer(top)
    if f"{top}.hpp" in {path.name for path in HLS_DIR.glob("*.hpp")}:
        raise HardwareError(f"top level {top!r}: its name is that of a header")
    writer._identifier(f"top level {top!r}", top)
    for model in [models] if isinstance(models, ModelWrapper) else models:
        writer.add_model(model)
    if not writer.nodes:
        raise HardwareError(f"project {top}: the graph has no operators")
    try:
        with contextlib.suppress(_UnchangedError), whole_folder(folder) as made:
            project = writer.write(made)
            different = _different(folder, made, [*project.files, f"{top}.json"])
            if not different:
                raise _UnchangedError
            if folder.exists():
                progress(f"{folder}: written again; another was {', '.join(different[:3])}")
    except OSError as error:
        raise HardwareError(f"{folder}: cannot be written: {error.strerror}") from error
    return HlsProject.load(folder / f"{top}.json")
