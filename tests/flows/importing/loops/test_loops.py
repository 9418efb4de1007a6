"""Layers over time: the integers are those that onnxruntime gives of the file, which goes round."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from flows.build.steps.import_model import import_file
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.importing.loops.unroll import unrolled
from flows.run.emulator import Emulator
from tests.flows.importing.loops.cells import (
    FEATURES,
    HIDDEN,
    STEPS,
    Cell,
    body,
    by_onnxruntime,
    finish,
    info,
    scan_file,
)


def compare(model, folder):
    """The emulated integers of a file against the file, run by onnxruntime."""
    path = folder / "file.onnx"
    onnx.save(model, path)
    emulator = Emulator(streamline(import_file(path)[0]), 1)
    levels = np.random.default_rng(2).integers(-16, 16, (4, STEPS, FEATURES))
    channels, height, width = emulator.graph.inputs["input"]
    images = levels if channels == STEPS else levels.transpose(0, 2, 1)
    images = images.reshape(len(levels), channels, height, width).transpose(0, 2, 3, 1)
    made = emulator.run(images.astype(np.int8))
    scale, bias = (
        np.array(json.loads(emulator.graph.metadata[f"output_{key}"])) for key in ("scale", "bias")
    )
    found = (made * scale + bias).reshape(len(levels), -1)
    expected = by_onnxruntime(model, levels.astype(np.float32))
    assert len(np.unique(expected)) > 4
    assert (found == expected).all()


CASES = {
    "rnn-last": ("rnn", {}),
    "rnn-all": ("rnn", {"output": "all"}),
    "rnn-time-first": ("rnn", {"axis": 0, "output": "all"}),
    "rnn-from-the-end": ("rnn", {"output": "all", "scan_input_directions": [1]}),
    "rnn-given-from-the-end": ("rnn", {"output": "all", "scan_output_directions": [1]}),
    "gru-last": ("gru", {}),
    "lstm-all": ("lstm", {"output": "all"}),
}


SLOW = ("lstm-all",)


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=[pytest.mark.slow] if c in SLOW else []) for c in CASES]
)
def test_scan(case, tmp_path):
    kind, attrs = CASES[case]
    compare(scan_file(kind, **attrs), tmp_path)


def test_two_layers_one_on_the_other(tmp_path):
    model = scan_file("rnn", output="all")
    second = helper.make_node(
        "Scan", [model.graph.node[-1].input[0], "all"], ["last1", "all1"], name="second",
        body=body("rnn", 5, HIDDEN), num_scan_inputs=1, scan_input_axes=[1], scan_output_axes=[1],
    )  # fmt: skip
    model.graph.node.append(second)
    model.graph.output[0].CopyFrom(info("last1", None))
    compare(model, tmp_path)


def loop_file(rounds="rounds", goes_on=True):
    """x -> Loop that takes the step of its number, with a captured tensor."""
    step = body("rnn")
    state, _ = step.input
    pick = helper.make_node("Gather", ["levels", "number"], ["x_t"], name="pick", axis=1)
    nodes = [pick, *step.node, helper.make_node("Identity", ["go"], ["go_on"], name="go_on")]
    given = [info("number", [], TensorProto.INT64), info("go", [], TensorProto.BOOL), state]
    made = [info("go_on", [], TensorProto.BOOL), *step.output]
    graph = helper.make_graph(nodes, "round", given, made, step.initializer)
    outer = Cell(99, "outer_")
    outer.quant("x", 2.0**-3, out="levels")
    names = [outer.const(STEPS, np.int64), outer.const(goes_on, bool)]
    names.append(outer.const(np.zeros((1, HIDDEN))))
    if rounds == "shape":
        sizes = outer.op("Shape", "levels")
        names[0] = outer.op("Gather", sizes, outer.const(1, np.int64))
    outer.nodes.append(helper.make_node("Loop", names, ["last0", "all"], name="loop", body=graph))
    return finish(outer, "all")


@pytest.mark.parametrize("rounds", ["rounds", "shape"])
def test_loop(rounds, tmp_path):
    compare(loop_file(rounds), tmp_path)


def test_constants_of_the_body_stay_one_for_all_steps():
    made = unrolled(scan_file("lstm"))
    sizes = [tuple(tensor.dims) for tensor in made.graph.initializer]
    assert sizes.count((FEATURES, HIDDEN)) == sizes.count((HIDDEN, HIDDEN)) == 4
    products = [node.name for node in made.graph.node if node.op_type == "MatMul"]
    assert len(products) == 8 * STEPS and len(set(products)) == 8 * STEPS


def test_a_loop_of_unknown_length_is_refused_with_its_name(tmp_path):
    model = scan_file("rnn")
    model.graph.input[0].type.tensor_type.shape.dim[1].ClearField("dim_value")
    with pytest.raises(FlowError, match=r"node scan \(Scan\): how many steps it takes is not known:"
                       " axis 1 of outer_v2 has no fixed size"):  # fmt: skip
        unrolled(model)
    with pytest.raises(FlowError, match=r"node loop \(Loop\): how many steps"):
        unrolled(loop_file(goes_on=False))


def test_a_layer_of_real_numbers_is_refused_with_what_to_do(tmp_path):
    outer = Cell(99, "outer_")
    x = outer.quant("x", 2.0**-3)
    weights = [outer.const(np.ones((1, 4 * HIDDEN, size))) for size in (FEATURES, HIDDEN)]
    outer.nodes.append(
        helper.make_node("LSTM", [x, *weights], ["all"], name="lstm", hidden_size=HIDDEN, layout=1)
    )
    outer.quant("all", 2.0**-3, out="y")
    onnx.save(finish(outer, "y"), tmp_path / "file.onnx")
    with pytest.raises(FlowError, match=r"node lstm \(LSTM\): its gates and states are real "
                       r"numbers[\s\S]*what to do: .*QuantLSTM"):  # fmt: skip
        import_file(tmp_path / "file.onnx")
