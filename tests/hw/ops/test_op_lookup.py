"""Lookup: meaning by onnxruntime's Gather, errors, rows of the memory by hand; HLS C++."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from hw.errors import HardwareError
from hw.ops.registry import operator_of
from hw.ops.single import one_node_model
from tests.hw.hls.bench import run_hls_bench


def model(table, pe=1, index="UINT3", kind="INT4", shape=(1, 1, 5), **attrs):
    table = np.array(table)
    params = {
        "NumEmbeddings": len(table), "EmbeddingDim": table.shape[1], "EmbeddingType": kind,
        "InputType": index, "InputShape": shape, "PE": pe, **attrs,
    }  # fmt: skip
    return one_node_model("Lookup", (*shape, 1), params, [(table, "INT8")])


def op_of(given):
    return operator_of(given.graph.node[0])


def gathered(table, indices):
    """Rows by ONNX's Gather, of onnxruntime."""
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "i"], ["y"], axis=0)],
        "gather",
        [
            helper.make_tensor_value_info("table", TensorProto.INT64, list(table.shape)),
            helper.make_tensor_value_info("i", TensorProto.INT64, list(indices.shape)),
        ],
        [helper.make_tensor_value_info("y", TensorProto.INT64, None)],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    return session.run(None, {"table": table, "i": indices})[0]


def test_rows_are_those_of_gather():
    rng = np.random.default_rng(0)
    table, x = rng.integers(-8, 8, (7, 4)), rng.integers(0, 7, (2, 3, 5, 1))
    assert np.array_equal(op_of(model(table)).reference(x, table), gathered(table, x[..., 0]))


def test_an_index_of_no_row_gives_row_0():
    table = np.array([[3], [-4], [5]])
    found = op_of(model(table)).reference(np.array([[[[2], [3], [7]]]]), table)
    assert found.tolist() == [[[[5], [3], [3]]]]


def test_memory_by_hand():
    """Elements 1, -2 and 3 of 4 bits are 1, e and 3; two a beat, the first one lowest."""
    given = model([[1, -2, 3, -8], [0, 1, 2, 3]], pe=2)
    (memory,) = op_of(given).memories(given)
    assert memory.rows() == ["e1", "83", "10", "32"]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (lambda: model([[1, 2, 3]], pe=2), "output lanes = 2 does not divide 3"),
        (lambda: model([[9]]), "output data type INT4 does not hold 9 to 9"),
        (lambda: model([[1]], index="INT3"), "InputType INT3; expected UINT1 to UINT31"),
        (lambda: model([[1]], shape=(1, 5)), r"InputShape \[1, 5\] is not \(N, H, W\)"),
        (lambda: model([[1]], NumEmbeddings=0), "NumEmbeddings = 0; expected 1 to 65,536 rows"),
        (lambda: model([[1]], NumEmbeddings=2), r"a table of shape \(1, 1\); expected \(2, 1\)"),
        (lambda: model([[1]], EmbeddingDim=0), "EmbeddingDim must be at least 1"),
    ],
)
def test_errors(given, text):
    made = given()
    op = op_of(made)
    with pytest.raises(HardwareError, match=text):
        op.check()
        op.table(made)


def test_cpp(tmp_path):
    table = np.arange(-8, 7).reshape(5, 3)
    run_hls_bench(
        [
            model(table),
            model(table, pe=3, ram_style="block"),
            model(table.reshape(3, 5) + 8, kind="UINT4", shape=(1, 2, 2), ram_style="distributed"),
        ],
        tmp_path,
    )
