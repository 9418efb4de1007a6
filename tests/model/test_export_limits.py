"""What can be exported, and names of tensors: without an export, which takes seconds."""

import pytest
from onnx import TensorProto, helper

from model import zoo
from model.errors import ModelError
from model.export import _check, rename_tensors

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
