"""The integer graph and its ONNX: there and back again, also through a file."""

import pytest
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from flows.graph.fold_duplicated_weights import FoldDuplicatedWeights
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.graph.integer_graph import from_onnx
from tests.flows.flow import streamlined
from tests.flows.networks import random_network


@pytest.mark.parametrize("seed", range(10))
def test_round_trip(seed, tmp_path):
    model = streamlined(random_network(seed))
    for fold in (None, FuseDuplicatedInputs(), FoldDuplicatedWeights()):
        model = model.transform(fold) if fold else model
        path = tmp_path / "model.onnx"
        model.save(str(path))
        graph, again = from_onnx(model), from_onnx(ModelWrapper(str(path)))
        assert again.input_shape == graph.input_shape
        assert again.output == graph.output
        assert again.metadata == graph.metadata
        for one, other in zip(graph.nodes, again.nodes, strict=True):
            assert (one.op, one.name, one.inputs, one.shape, one.lo, one.hi, one.origin) == (
                other.op, other.name, other.inputs, other.shape, other.lo, other.hi, other.origin,
            )  # fmt: skip
            assert one.attrs == other.attrs
            assert list(one.params) == list(other.params)
            for key, value in one.params.items():
                assert (value == other.params[key]).all()
        assert from_onnx(graph.to_onnx()).to_onnx().model == graph.to_onnx().model


def test_every_tensor_is_annotated_with_an_integer_type():
    model = streamlined(random_network(3))
    assert model.get_tensor_datatype("global_in") == DataType["UINT8"]
    for node in model.graph.node:
        for name in (*node.input, *node.output):
            assert model.get_tensor_datatype(name).is_integer(), name
            assert model.get_tensor_shape(name) is not None
