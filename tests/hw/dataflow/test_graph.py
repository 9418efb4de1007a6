"""Graphs of streams: wiring by tensors' names, what is refused, and machines of forks and joins."""

import pytest

from hw.dataflow.graph import OUTSIDE, StreamGraph, Wire, as_graph, place
from hw.dataflow.machine_graph import MachineGraph
from hw.errors import HardwareError
from tests.hw.graph_models import GraphModel


def residual(height=6, width=8, depth=0):
    """x -> fork -> (sums of 3 x 3 windows, identity) -> sum; depth: of a FIFO in the identity."""
    graph = GraphModel((1, height, width, 1))
    long, short = graph.fork("x", "dup")
    graph.window_sum(long, "long")
    short = graph.fifo(short, "skip", depth) if depth else short
    return graph.model(graph.join("long", short, "sum"))


def test_wires_of_a_residual_block():
    graph = StreamGraph.of_model(residual())
    names = [op.onnx_node.name for op in graph.ops]
    assert names == ["dup", "long_pad", "long_window", "long", "sum"]
    assert graph.wires == (
        Wire(OUTSIDE, 0, 0, 0), Wire(0, 0, 1, 0), Wire(1, 0, 2, 0), Wire(2, 0, 3, 0),
        Wire(3, 0, 4, 0), Wire(0, 1, 4, 1), Wire(4, 0, OUTSIDE, 0),
    )  # fmt: skip
    assert [wire.source for wire in graph.into(4)] == [3, 0]
    assert [wire.target for wire in graph.out_of(0)] == [1, 4]
    assert graph.before(graph.wires[0]) is graph.behind(graph.wires[-1]) is None
    assert graph.behind(graph.wires[5]) is graph.ops[4]
    assert not graph.is_chain


def test_inputs_and_outputs_are_numbered_as_the_graph_lists_them():
    graph = GraphModel((1, 2, 2, 1), inputs=("a", "b"))
    graph.join("b", "a", "sum")
    made = graph.fork("sum", "dup")
    found = StreamGraph.of_model(graph.model(*reversed(made)))
    assert [(wire.output, wire.port) for wire in found.out_of(OUTSIDE)] == [(0, 1), (1, 0)]
    assert [(wire.output, wire.port) for wire in found.into(OUTSIDE)] == [(1, 0), (0, 1)]


def test_operators_in_a_row_are_a_chain():
    ops = StreamGraph.of_model(residual()).ops[1:4]
    graph = as_graph(ops)
    assert graph.wires == tuple(Wire(a, 0, b, 0) for a, b in ((-1, 0), (0, 1), (1, 2), (2, -1)))
    assert graph.is_chain
    assert as_graph(graph) is graph


def test_places():
    assert [place("sum", port) for port in range(3)] == ["sum", "sum.in1", "sum.in2"]


def _two_readers(graph):
    graph.fifo("x", "a", 2)
    graph.fifo("x", "b", 2)
    return graph.model("a", "b")


def _read_output(graph):
    graph.fifo("x", "a", 2)
    graph.fifo("a", "b", 2)
    return graph.model("a", "b")


def _wrong_order(graph):
    graph.fifo("x", "a", 2)
    graph.fifo("a", "b", 2)
    graph.nodes.reverse()
    return graph.model("b")


def _not_read(graph):
    graph.fork("x", "dup")
    return graph.model("dup_0")


def _not_written(graph):
    graph.shapes["z"], graph.types["z"] = graph.shapes["x"], "UINT4"
    return graph.model(graph.join("x", "z", "sum"))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            _two_readers,
            "tensor x is read by a and b; a stream has one reader: expected the operator",
        ),
        (_read_output, "tensor a is read by b and the graph's output; a stream has one reader"),
        (_wrong_order, "node b: stands before node a, which it reads; expected the order"),
        (_not_read, "node dup: nothing reads its output dup_1"),
        (_not_written, "node sum: nothing writes its input z"),
    ],
)
def test_refused(make, text):
    with pytest.raises(HardwareError, match=text):
        StreamGraph.of_model(make(GraphModel((1, 2, 2, 1))))


def test_a_short_branch_needs_what_the_long_one_holds_back():
    """A 3 x 3 window with border gives its first pixel when a row and two pixels have come."""
    none = MachineGraph.of(StreamGraph.of_model(residual(6, 8))).settled()
    assert none.stuck == "dup"
    model = StreamGraph.of_model(residual(6, 8))
    settled = MachineGraph.of(model, {"sum.in1": 0}).settled()
    held = settled.fills["sum.in1"]
    assert 8 + 2 <= held <= 8 + 2 + 10  # and the beats in the registers of the long branch
    free = MachineGraph.of(model.ops[1:4]).settled()
    assert settled.interval == free.interval == (6 + 2) * (8 + 2)
    # what is taken leaves its place a clock later
    assert MachineGraph.of(model, {"sum.in1": held + 1}).settled().interval == free.interval
    less = [MachineGraph.of(model, {"sum.in1": depth}).settled() for depth in range(1, held + 1)]
    assert all(found.stuck or found.interval > free.interval for found in less)
    assert less[0].stuck


def test_fills_of_fifo_nodes_and_of_places():
    settled = MachineGraph.of(StreamGraph.of_model(residual(6, 8, depth=40))).settled()
    assert settled.fills == {"skip": MachineGraph.of(StreamGraph.of_model(residual(6, 8)), {
        "sum.in1": 0}).settled().fills["sum.in1"]}  # fmt: skip
