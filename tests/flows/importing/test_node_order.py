"""Nodes of a file in an order in which each one's inputs are there before it."""

import onnx
from hypothesis import given
from hypothesis import strategies as st
from onnx import NodeProto, helper

from flows.importing.node_order import in_order


def node(name: str, *reads: str) -> NodeProto:
    return helper.make_node("Sum", list(reads), [name])


def names(nodes: list[NodeProto]) -> list[str]:
    return [made.output[0] for made in nodes]


@given(st.permutations(range(6)))
def test_any_order_of_a_file_becomes_one_that_onnx_takes(positions: list[int]) -> None:
    nodes = [node("a", "x"), node("b", "a", "x"), node("c", "x"), node("d", "b", "c", "c"),
             node("e", "d"), node("f", "x")]  # fmt: skip
    order, left = in_order([nodes[position] for position in positions], {"x"})
    assert not left
    x, e, f = (helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xef")
    onnx.checker.check_model(helper.make_model(helper.make_graph(order, "sums", [x], [e, f])))


def test_what_can_stay_stays() -> None:
    order, left = in_order([node("c", "x"), node("b", "x"), node("d", "b", "c"), node("a", "x")])
    assert (names(order), left) == (["c", "b", "d", "a"], [])


def test_nodes_in_a_circle_and_those_behind_are_left_as_they_stand() -> None:
    circle = [node("b", "a"), node("a", "b"), node("c", "a"), node("d", "x")]
    order, left = in_order(circle, {"x"})
    assert (names(order), names(left)) == (["d"], ["b", "a", "c"])


def test_what_no_node_makes_is_missing_where_the_known_are_given() -> None:
    nodes = [node("a", "x"), node("b", "y")]
    assert [names(part) for part in in_order(nodes, {"x"})] == [["a"], ["b"]]
    assert [names(part) for part in in_order(nodes)] == [["a", "b"], []]


def test_a_node_reads_what_its_graph_takes_from_around_it() -> None:
    body = helper.make_graph([node("inner", "a", "step")], "body", [
        helper.make_tensor_value_info("step", onnx.TensorProto.INT64, [])], [
        helper.make_tensor_value_info("inner", onnx.TensorProto.FLOAT, None)])  # fmt: skip
    loop = helper.make_node("Loop", ["n", ""], ["out"], body=body)
    order, left = in_order([loop, node("a", "x")])
    assert (names(order), left) == (["a", "out"], [])
