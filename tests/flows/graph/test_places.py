"""Constants that differ by place: integers by hand, and what is refused."""

import numpy as np
import pytest

from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.integer_graph import from_onnx
from tests.flows.importing.features.files import File, save

PLACES = np.array([[0.25, 0.75], [1.25, -0.75]])


def graph_of(f, output, folder):
    save(f.finish(output), folder / "file.onnx")
    return from_onnx(streamline(prepare(load_qonnx(folder / "file.onnx"))))


def input_of_integers(bits=4):
    f = File((1, 1, 2, 2))
    return f, f.quant("x", 1.0, bits)


def test_offsets_are_no_finer_than_thresholds_need(tmp_path):
    """x + 0.25 rounds to x, x + 0.75 to x + 1: constants 0, 1, 1 and -1, and no factor."""
    f, x = input_of_integers()
    graph = graph_of(f, f.quant(f.op("Add", x, f.const(PLACES)), 1.0, 4), tmp_path)
    (node,) = (node for node in graph.nodes if node.op == "PlaceSum")
    summands = node.params["summands"][0, 0]
    assert (summands - summands[0, 0]).tolist() == [[0, 1], [1, -1]]
    assert not any(node.op == "Mul" for node in graph.nodes)


def test_multiples_of_the_scale_need_no_quantizer(tmp_path):
    """Quarters beside integers: 4 x + (1, 3, 5, -3), each of which counts a quarter."""
    f, x = input_of_integers()
    graph = graph_of(f, f.op("Add", x, f.const(PLACES)), tmp_path)
    factor, total = graph.nodes
    assert factor.params["factors"].item() == 4
    assert total.params["summands"][0, 0].tolist() == [[1, 3], [5, -3]]
    assert graph.metadata["output_scale"] == "[0.25]"


def test_a_channel_of_zeros(tmp_path):
    f, x = input_of_integers()
    graph = graph_of(f, f.op("Mul", x, f.const(0 * PLACES + [[0, 0], [0, 1]])), tmp_path)
    (node,) = graph.nodes
    assert (node.op, node.params["gains"][0, 0].tolist()) == ("PlaceProduct", [[0, 0], [0, 1]])


def layer(f, tensor):
    return f.conv(tensor, 1, 2, (1, 1))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda f, x: layer(f, f.op("Add", x, f.const(np.sqrt(PLACES + 1)))),
            r"node Add_1: its constant differs by place, and its values are no multiples of one",
        ),
        (
            lambda f, x: f.quant(
                f.op("Add", f.op("Relu", f.op("Sub", x, f.const(3.0))), f.const(PLACES))
            ),
            r"node Add_3 \(Add\): its constant differs by place, and a function that is not affine "
            "stands in front of it",
        ),
        (
            lambda f, x: layer(f, f.op("Relu", f.op("Add", x, f.const(PLACES)))),
            r"node Conv_4 \(Conv\): .*not affine",
        ),
        (
            lambda f, x: f.quant(f.op("Div", x, f.const(PLACES - 0.25))),
            r"node Div_1 \(Div\): divides by zero",
        ),
    ],
)
def test_refused(make, text, tmp_path):
    f, x = input_of_integers()
    with pytest.raises(FlowError, match=text):
        graph_of(f, make(f, x), tmp_path)
