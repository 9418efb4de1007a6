"""Brevitas' QuantLSTM, which its export writes as one operator (QuantLSTMCell), step by step.

What a step computes is said by ``brevitas.nn.quant_rnn``; QONNX has no execution of it.
"""

from typing import Any

import numpy as np
from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.importing.domains import QONNX, QONNX_DOMAINS
from flows.importing.loops.scan import steps_along
from flows.importing.loops.writer import Writer

NAME = "QuantLSTMCell"
#: Inputs in Brevitas' order; scale, zero point and bits of each quantizer stand behind them.
_GATES = ("input", "forget", "cell", "output")
_INPUTS = (
    *("x", "hidden", "cell"),
    *(f"{gate}_of_x" for gate in _GATES),
    *(f"{gate}_of_hidden" for gate in _GATES),
    *(f"{gate}_bias" for gate in _GATES),
)
_QUANTIZERS = (
    *("output", "cell_state"),
    *(f"{gate}_acc" for gate in _GATES),
    *("input_sigmoid", "forget_sigmoid", "cell_tanh", "output_sigmoid", "hidden_state_tanh"),
)
_PARAMETERS = 3


def is_quant_lstm(node: NodeProto) -> bool:
    """Whether a node is Brevitas' operator."""
    return node.op_type == NAME and node.domain in QONNX_DOMAINS


def write_quant_lstm(node: NodeProto, writer: Writer) -> None:
    """Write its steps. FlowError, naming it, where their number is not known."""
    count = len(_INPUTS) + _PARAMETERS * len(_QUANTIZERS)
    if len(node.input) != count:
        raise FlowError(f"{where(node)}: has {len(node.input)} inputs; expected {count}")
    cell = _Cell(node, writer)
    axis = int(bool(cell.attrs.get("batch_first", 0)))
    _, steps = steps_along(node, writer, cell.given["x"], axis)
    hidden, state = cell.given["hidden"], cell.given["cell"]
    order = range(steps)[::-1] if cell.attrs.get("reverse_input", 0) else range(steps)
    outputs = [""] * steps
    for step in order:
        label = f"{cell.label}_x_step{step}"
        x = writer.step_of(cell.given["x"], axis, step, label)
        hidden, state = cell.step(x, hidden, state, step)
        outputs[step] = hidden
    for place, name in enumerate(("", hidden, state)):
        if len(node.output) > place and node.output[place]:
            output = node.output[place]
            if not place:
                writer.stack(outputs, axis, f"{cell.label}_{output}", output)
            else:
                writer.emit("Identity", f"{cell.label}_{output}", [name], output)


class _Cell:
    def __init__(self, node: NodeProto, writer: Writer) -> None:
        self.writer, self.label = writer, node.name or NAME
        self.attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        self.given = dict(zip(_INPUTS, node.input, strict=False))
        rest = list(node.input[len(_INPUTS) :])
        self.parameters = {
            name: rest[place * _PARAMETERS : (place + 1) * _PARAMETERS]
            for place, name in enumerate(_QUANTIZERS)
        }
        self.turned = {
            name: self._op("Transpose", f"{name}_turned", [self.given[name]], perm=[1, 0])
            for gate in _GATES
            for name in (f"{gate}_of_x", f"{gate}_of_hidden")
            if not (gate == "forget" and self.is_coupled)
        }
        if self.is_coupled:
            self.ones = self._quant("input_sigmoid", writer.constant("one", np.float32(1)), "ones")

    @property
    def is_coupled(self) -> bool:
        """Whether the forget gate is one less the input gate (CIFG)."""
        return bool(self.attrs.get("cifg", 0))

    def step(self, x: str, hidden: str, state: str, number: int) -> tuple[str, str]:
        """Write a step; returns its hidden state and its cell's."""
        gates = {
            gate: self._gate(gate, x, hidden, "Tanh" if gate == "cell" else "Sigmoid", number)
            for gate in _GATES
            if not (gate == "forget" and self.is_coupled)
        }
        at = f"step{number}"
        if self.is_coupled:
            gates["forget"] = self._op("Sub", f"forget_{at}", [self.ones, gates["input"]])
        kept = self._op("Mul", f"kept_{at}", [gates["forget"], state])
        added = self._op("Mul", f"added_{at}", [gates["input"], gates["cell"]])
        both = [
            self._quant("cell_state", kept, f"kept_quant_{at}"),
            self._quant("cell_state", added, f"added_quant_{at}"),
        ]
        state = self._quant("cell_state", self._op("Add", f"sum_{at}", both), f"cell_state_{at}")
        tanh = self._op("Tanh", f"tanh_{at}", [state])
        tanh = self._quant("hidden_state_tanh", tanh, f"tanh_quant_{at}")
        product = self._op("Mul", f"product_{at}", [gates["output"], tanh])
        return self._quant("output", product, f"hidden_{at}"), state

    def _gate(self, gate: str, x: str, hidden: str, function: str, number: int) -> str:
        at = f"{gate}_step{number}"
        of_x = self._op("MatMul", f"{at}_of_x", [x, self.turned[f"{gate}_of_x"]])
        of_hidden = self._op(
            "MatMul", f"{at}_of_hidden", [hidden, self.turned[f"{gate}_of_hidden"]]
        )
        both = self._op("Add", f"{at}_sum", [of_x, of_hidden])
        biased = self._op("Add", f"{at}_biased", [both, self.given[f"{gate}_bias"]])
        acc = self._quant(f"{gate}_acc", biased, f"{at}_acc")
        made = self._op(function, f"{at}_{function.lower()}", [acc])
        return self._quant(f"{gate}_{function.lower()}", made, f"{at}_quant")

    def _quant(self, name: str, source: str, label: str) -> str:
        narrow = self.attrs.get(f"{name}_narrow", self.attrs.get(f"{name}_narrow_range", 0))
        return self._op(
            "Quant",
            label,
            [source, *self.parameters[name]],
            domain=QONNX,
            narrow=int(narrow),
            signed=int(self.attrs.get(f"{name}_signed", 1)),
            rounding_mode=self.attrs.get(f"{name}_rounding_mode", b"ROUND"),
        )

    def _op(self, op: str, label: str, inputs: list[str], **attrs: Any) -> str:
        name = f"{self.label}_{label}"
        return self.writer.emit(op, name, inputs, self.writer.fresh(name), **attrs)
