"""A node that FINN's streamlining made and that cannot be raised again is refused by its name."""

import numpy as np
import pytest

from flows.build.steps.import_model import load_qonnx, prepare
from flows.errors import FlowError
from tests.flows.importing.features.files import QONNX, save
from tests.flows.importing.features.lowered import Lowered

BITS = "XnorPopcountMatMul"


def two_readers(f):
    t = f.windows("x", (2, 2), 3)
    return f.op("Add", f.matrix(t, np.ones((12, 2))), f.matrix(t, np.ones((12, 2))))


def padded_with_ones(f):
    return f.matrix(f.windows("x", (2, 2), 3, pad_amount=[1] * 4, pad_value=1), np.ones((12, 2)))


def padded_bits(f):
    t = f.windows("x", (2, 2), 3, pad_amount=[1] * 4)
    return f.op(BITS, t, f.const(np.ones((12, 2))), domain=QONNX)


def no_bits(f):
    return f.op(BITS, f.windows("x", (2, 2), 3), f.const(np.full((12, 2), -1)), domain=QONNX)


def of_another_size(f):
    return f.matrix(f.windows("x", (2, 2), 3), np.ones((11, 2)))


def of_activations(f):
    t = f.levels("x", np.ones((3, 1)))
    return f.op(BITS, t, t, domain=QONNX)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (
            two_readers,
            r"Im2Col_0 \(Im2Col\): its windows are read by MatMul, MatMul; expected",
        ),
        (padded_with_ones, r"Im2Col_0 \(Im2Col\): pads with 1; expected pads of zeros"),
        (padded_bits, r"Im2Col_0 \(Im2Col\): pads bits with zeros, which stand for -1"),
        (no_bits, r"XnorPopcountMatMul_1 \(XnorPopcountMatMul\): its matrix is not of bits"),
        (of_another_size, r"MatMul_1 \(MatMul\): a matrix of shape \[11, 2\] on windows of 2 x 2"),
        (of_activations, r"XnorPopcountMatMul_1 .*: its second factor is no constant"),
    ],
)
def test_it_is_named(make, why, tmp_path):
    f = Lowered((1, 4, 5, 3))
    output = make(f)
    save(f.done(f.levels(output, np.ones((2, 1)))), tmp_path / "file.onnx")
    with pytest.raises(FlowError, match=why) as error:
        prepare(load_qonnx(tmp_path / "file.onnx"))
    assert "what to do: " in str(error.value)
