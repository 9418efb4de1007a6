"""Small files of layers over time, as ``onnx.helper`` writes them; onnxruntime runs them alone."""

from typing import Any

import numpy as np
import onnxruntime
from onnx import GraphProto, ModelProto, TensorProto, helper, numpy_helper

STEPS, FEATURES, HIDDEN = 3, 5, 4
#: Scales of states and inputs, of sums, and of gates.
STATE, SUM, GATE = 2.0**-3, 2.0**-3, 2.0**-4


class Cell:
    """A graph of one step. Methods append nodes and return the name of what they make."""

    def __init__(self, seed: int, prefix: str = "", features: int = FEATURES) -> None:
        self.prefix, self.features = prefix, features
        self.rng = np.random.default_rng(seed)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def const(self, value: Any, dtype: Any = np.float32) -> str:
        name = f"{self.prefix}k{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def op(self, kind: str, *inputs: str, out: str = "", **attrs: Any) -> str:
        name = out or f"{self.prefix}v{len(self.nodes)}"
        made = helper.make_node(kind, list(inputs), [name], name=f"{kind}_{name}", **attrs)
        self.nodes.append(made)
        return name

    def quant(self, source: str, scale: float, kind: Any = np.int8, out: str = "") -> str:
        """QuantizeLinear, Clip to 5 bits, DequantizeLinear."""
        parameters = (self.const(scale), self.const(0, kind))
        low, high = (-16, 15) if kind == np.int8 else (0, 31)
        levels = self.op("QuantizeLinear", source, *parameters)
        levels = self.op("Clip", levels, self.const(low, kind), self.const(high, kind))
        return self.op("DequantizeLinear", levels, *parameters, out=out)

    def weights(self, *shape: int) -> str:
        levels = self.const(self.rng.integers(-7, 8, shape), np.int8)
        return self.op("DequantizeLinear", levels, self.const(0.125), self.const(0, np.int8))

    def gate(self, x: str, state: str, function: str) -> str:
        both = [
            self.op("MatMul", x, self.weights(self.features, HIDDEN)),
            self.op("MatMul", state, self.weights(HIDDEN, HIDDEN)),
        ]
        bias = self.const(self.rng.integers(-8, 9, HIDDEN) / 64)
        sums = self.quant(self.op("Add", self.op("Add", *both), bias), SUM)
        unsigned = function == "Sigmoid"
        return self.quant(
            self.op(function, sums), GATE if unsigned else STATE, np.uint8 if unsigned else np.int8
        )


def rnn(cell: Cell, x: str, states: list[str]) -> list[str]:
    """A simple layer: tanh(W x + U h + b)."""
    return [cell.gate(x, states[0], "Tanh")]


def gru(cell: Cell, x: str, states: list[str]) -> list[str]:
    """(1 - z) * n + z * h, with the reset gate in front of the recurrent weights."""
    (state,) = states
    update, reset = (cell.gate(x, state, "Sigmoid") for _ in range(2))
    kept = cell.quant(cell.op("Mul", reset, state), STATE)
    new = cell.gate(x, kept, "Tanh")
    rest = cell.op("Sub", cell.const(1.0), update)
    parts = [
        cell.quant(cell.op("Mul", *pair), STATE / 2) for pair in ((rest, new), (update, state))
    ]
    return [cell.quant(cell.op("Add", *parts), STATE)]


def lstm(cell: Cell, x: str, states: list[str]) -> list[str]:
    """Gates i, f, o, and the cell's candidate."""
    hidden, memory = states
    i, f, o = (cell.gate(x, hidden, "Sigmoid") for _ in range(3))
    new = cell.gate(x, hidden, "Tanh")
    parts = [cell.quant(cell.op("Mul", *pair), STATE / 2) for pair in ((f, memory), (i, new))]
    memory = cell.quant(cell.op("Add", *parts), STATE / 2)
    tanh = cell.quant(cell.op("Tanh", memory), STATE)
    return [cell.quant(cell.op("Mul", o, tanh), STATE), memory]


CELLS = {"rnn": (rnn, 1), "gru": (gru, 1), "lstm": (lstm, 2)}


def info(name: str, shape: Any, kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


def body(kind: str, seed: int = 0, features: int = FEATURES) -> GraphProto:
    """A step as the body of a Scan: states and x in; states, and once more the first, out."""
    make, count = CELLS[kind]
    cell = Cell(seed, features=features)
    states = [f"state{n}" for n in range(count)]
    made = make(cell, "x_t", states)
    given = [info(name, [1, HIDDEN]) for name in states] + [info("x_t", [1, features])]
    copy = cell.op("Identity", made[0], out="y")
    given_out = [info(name, [1, HIDDEN]) for name in (*made, copy)]
    return helper.make_graph(cell.nodes, "step", given, given_out, cell.constants)


def scan_file(kind: str, axis: int = 1, output: str = "last", **attrs: Any) -> ModelProto:
    """x (1, T, F) or (T, 1, F), quantized -> a Scan. output: "last" or "all" states."""
    step, count = body(kind), CELLS[kind][1]
    outer = Cell(99, "outer_")
    x = outer.quant("x", STATE)
    zeros = [outer.const(np.zeros((1, HIDDEN))) for _ in range(count)]
    lasts = [f"last{n}" for n in range(count)]
    outer.nodes.append(
        helper.make_node(
            "Scan", [*zeros, x], [*lasts, "all"], name="scan", body=step, num_scan_inputs=1,
            scan_input_axes=[axis], scan_output_axes=[axis], **attrs,
        )
    )  # fmt: skip
    return finish(outer, "last0" if output == "last" else "all", axis)


def finish(outer: Cell, output: str, axis: int = 1) -> ModelProto:
    """The model of one input x that ends in a tensor."""
    shape = [1, STEPS, FEATURES] if axis == 1 else [STEPS, 1, FEATURES]
    graph = helper.make_graph(
        outer.nodes, "net", [info("x", shape)], [info(output, None)], outer.constants
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def by_onnxruntime(model: ModelProto, frames: Any) -> Any:
    """Outputs (n, numbers) of frames of levels (n, T, F), by onnxruntime, operator by operator."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    found = [
        session.run(None, {"x": (frame * np.float32(STATE)).reshape(shape)})[0] for frame in frames
    ]
    return np.stack([array.reshape(-1) for array in found])
