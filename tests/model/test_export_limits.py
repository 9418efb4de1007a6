"""Networks that can be exported, and names of tensors: without an export, which takes seconds."""

import pytest
from onnx import TensorProto, helper

from model import export, zoo
from model.build import build
from model.errors import ModelError
from model.export import _check, metadata, rename_tensors

SPEC = zoo.find("dupnet-tinier-yolo")


@pytest.mark.parametrize("size", [32, 512, 4096])
def test_sizes_that_can_be_exported(size: int) -> None:
    _check(SPEC, size)


@pytest.mark.parametrize("size", [-32, 0, 16, 33, 4095, 4128])
def test_sizes_that_cannot(size: int) -> None:
    with pytest.raises(ModelError) as error:
        _check(SPEC, size)
    assert str(error.value) == f"size is {size}; expected a multiple of 32 up to 4096"


def test_full_precision_is_refused() -> None:
    with pytest.raises(ModelError, match="tiny-yolo is full precision and has no integer network"):
        _check(zoo.find("tiny-yolo"), 512)


def test_tensors_are_renamed_wherever_they_stand() -> None:
    """Both of two equal inputs, which qonnx's own pass misses."""
    info = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "abc"]
    graph = helper.make_graph(
        [
            helper.make_node("Concat", ["a", "a"], ["b"], axis=0),
            helper.make_node("Add", ["b", "k"], ["c"]),
        ],
        "g",
        [info[0]],
        [info[2]],
        [helper.make_tensor("k", TensorProto.FLOAT, [1], [1.0])],
        value_info=[info[1]],
    )
    rename_tensors(graph, {"a": "x", "b": "y", "k": "w"})
    assert [list(node.input) + list(node.output) for node in graph.node] == [
        ["x", "x", "y"],
        ["y", "w", "c"],
    ]
    assert (graph.input[0].name, graph.output[0].name) == ("x", "c")
    assert (graph.value_info[0].name, graph.initializer[0].name) == ("y", "w")


def test_what_decoding_needs_beside_the_graph() -> None:
    network = build(SPEC.name, 1)
    made = metadata(network, 7, 64, "abc", 0.25)
    assert (made["network"], made["seed"], made["input_size"]) == (SPEC.name, "7", "64")
    assert (made["checkpoint"], made["threshold"]) == ("abc", "0.25")
    assert made["input_scale"] == "0.00390625"  # 1/256
    made = metadata(network, None, 64)
    assert (made["seed"], made["checkpoint"], made["threshold"]) == ("", "", "")


def test_quantizers_stand_in_front_of_their_convolutions_and_traces_are_gone() -> None:
    """The exporter puts all weights first, and notes its stack of calls at each node."""
    nodes = [
        helper.make_node("BipolarQuant", ["w1", "s"], ["q1"]),
        helper.make_node("BipolarQuant", ["w2", "s"], ["q2"]),
        helper.make_node("Conv", ["x", "q2"], ["a"]),
        helper.make_node("Conv", ["a", "q1"], ["b"]),
    ]
    for node in nodes:
        node.doc_string = "/home/somebody/model.py"
        node.metadata_props.add(key="trace", value="/home/somebody/model.py")
    graph = helper.make_graph(nodes, "g", [], [])
    export._order_weights(graph)
    assert [list(node.output) for node in graph.node] == [["q2"], ["a"], ["q1"], ["b"]]
    export._forget_traces(graph)
    assert "somebody" not in str(graph)
