"""The streams between operators: which output of which operator is which input of which."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.ops.base import Operator
from hw.ops.registry import operator_of

#: Index of what is outside: an input or an output of the graph.
OUTSIDE = -1


@dataclass(frozen=True)
class Wire:
    """A stream. source, target: index of its operators, or OUTSIDE; output, port: which of theirs.

    Of the graph's inputs (those that are read) and outputs, output and port count them.
    """

    source: int
    output: int
    target: int
    port: int


@dataclass(frozen=True)
class StreamGraph:
    """Operators (hw.ops) in topological order, and the streams between them.

    wires: by target, the graph's outputs last.
    """

    ops: tuple[Operator, ...]
    wires: tuple[Wire, ...]

    @classmethod
    def chain(cls, ops: Sequence[Operator]) -> "StreamGraph":
        """Operators of one stream in and one out, each behind the one before."""
        ends = [OUTSIDE, *range(len(ops)), OUTSIDE]
        return cls(tuple(ops), tuple(Wire(a, 0, b, 0) for a, b in pairwise(ends)))

    @classmethod
    def of(
        cls, ops: Sequence[Operator], inputs: Sequence[str], outputs: Sequence[str]
    ) -> "StreamGraph":
        """Operators wired by the names of their nodes' tensors. inputs, outputs: of the graph.

        Raises HardwareError, naming the node, where a tensor has not exactly one reader, and where
        an operator stands before the one that it reads.
        """
        made = {
            name: (index, output)
            for index, op in enumerate(ops)
            for output, name in enumerate(op.onnx_node.output)
        }
        outside = [name for op in ops for name in op.onnx_node.input if name in inputs]
        outside.sort(key=list(inputs).index)
        wires: list[Wire] = []
        readers: dict[str, str] = {}
        for index, op in enumerate(ops):
            node = op.onnx_node
            for port, name in enumerate(list(node.input)[: op.stream_inputs()]):
                if name in readers:
                    raise HardwareError(forks(name, readers[name], node.name))
                readers[name] = node.name
                if name not in made and name not in inputs:
                    raise HardwareError(f"node {node.name}: nothing writes its input {name}")
                if name in made:
                    source, output = made[name]
                else:
                    source, output = OUTSIDE, outside.index(name)
                if source >= index:
                    raise HardwareError(
                        f"node {node.name}: stands before node {ops[source].onnx_node.name}, which "
                        "it reads; expected the order of the streams"
                    )
                wires.append(Wire(source, output, index, port))
        for number, name in enumerate(outputs):
            if name in readers:
                raise HardwareError(forks(name, readers[name], "the graph's output"))
            if name in made:
                wires.append(Wire(*made[name], OUTSIDE, number))
        for name, (index, _) in made.items():
            if name not in readers and name not in outputs:
                node = ops[index].onnx_node
                raise HardwareError(f"node {node.name}: nothing reads its output {name}")
        return cls(tuple(ops), tuple(wires))

    @classmethod
    def of_model(cls, model: ModelWrapper) -> "StreamGraph":
        """The operators of a dataflow graph."""
        ops = [operator_of(node) for node in model.graph.node]
        edges = [
            [tensor.name for tensor in side] for side in (model.graph.input, model.graph.output)
        ]
        return cls.of(ops, *edges)

    def into(self, index: int) -> list[Wire]:
        """Streams into an operator (OUTSIDE: out of the graph), by port."""
        found = [wire for wire in self.wires if wire.target == index]
        return sorted(found, key=lambda wire: wire.port)

    def out_of(self, index: int) -> list[Wire]:
        """Streams out of an operator (OUTSIDE: into the graph), by output."""
        found = [wire for wire in self.wires if wire.source == index]
        return sorted(found, key=lambda wire: wire.output)

    def before(self, wire: Wire) -> Operator | None:
        """The operator that gives a stream, None of a graph's input."""
        return None if wire.source == OUTSIDE else self.ops[wire.source]

    def behind(self, wire: Wire) -> Operator | None:
        """The operator that takes a stream, None of a graph's output."""
        return None if wire.target == OUTSIDE else self.ops[wire.target]

    @property
    def is_chain(self) -> bool:
        """Whether each operator has one stream in and one out."""
        return all(op.stream_inputs() == op.stream_outputs() == 1 for op in self.ops)


def as_graph(ops: "StreamGraph | Sequence[Operator]") -> StreamGraph:
    """A graph as it is; operators in a row as a chain."""
    return ops if isinstance(ops, StreamGraph) else StreamGraph.chain(ops)


def forks(tensor: str, *readers: str) -> str:
    """Text of the error where a tensor has several readers."""
    return (
        f"tensor {tensor} is read by {' and '.join(readers)}; a stream has one reader: expected "
        "the operator DuplicateStreams between them"
    )


def place(node: str, port: int) -> str:
    """Name of the FIFO in front of an operator: its node's; of its further inputs <node>.in<i>."""
    return f"{node}.in{port}" if port else node


def unpacks(before: Operator | None, op: Operator, output: int = 0, port: int = 0) -> bool:
    """Whether op sees the stream of the node before it (None: the input) as narrower pixels."""
    if before is None or op.get_instream_width(port) == before.get_outstream_width(output):
        return False
    return bool(prod(op.input_shape()[1:3]) > prod(before.output_shape()[1:3]))
