"""DuplicateStreams: the same tensor at each output, error texts."""

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from tests.hw.bench import one_node_model


def fork(outputs=3, kind="INT3", out="INT3", pe=2):
    params = {
        "PE": pe, "NumOutputStreams": outputs, "inputDataType": kind, "outputDataType": out,
    }  # fmt: skip
    model = one_node_model("DuplicateStreams", (1, 2, 3, 4), params)
    return getCustomOp(model.graph.node[0])


def test_each_output_is_the_input():
    op = fork()
    op.check()
    x = np.random.default_rng(1).integers(-4, 4, (1, 2, 3, 4))
    context = {"x": x.astype(np.float32)}
    op.execute_node(context, None)
    assert all(np.array_equal(context[name], x) for name in ("y0", "y1", "y2"))
    assert [op.get_outstream_width(i) for i in range(3)] == [6, 6, 6]
    assert op.get_exp_cycles() == 12


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"outputs": 1}, "NumOutputStreams = 1, and 1 outputs; expected as many, 2 or more"),
        ({"out": "INT4"}, "INT3 comes in and INT4 goes out; expected the same"),
        ({"pe": 3}, "input lanes = 3 does not divide 4"),
    ],
)
def test_errors(changes, text):
    with pytest.raises(HardwareError, match=f"node DuplicateStreams_rtl: {text}"):
        fork(**changes).check()


def test_outputs_that_the_node_does_not_have_are_refused():
    op = fork()
    del op.onnx_node.output[2]
    with pytest.raises(HardwareError, match="NumOutputStreams = 3, and 2 outputs"):
        op.check()
