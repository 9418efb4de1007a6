"""Operators that act on every channel for itself: they only extend the map of a tensor.

Each handler turns one node into steps of its input's ``ChannelMap``. Where every step rises or
falls throughout, the whole map of a channel does, and its thresholds can be found by bisection.
Others are looked at on every integer.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from flows.graph.broadcasting import BroadcastError, DiffersError, along
from flows.graph.channel_map import ChannelMap
from flows.graph.functions import operator, rises
from flows.graph.integer_builder import IntegerBuilder, Value, where
from flows.graph.places import placed, settled

#: Operators that are functions of one number, and have no handler of their own.
FUNCTIONS = frozenset(
    [
        *("Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Elu", "Selu", "Celu", "Softplus"),
        *("Softsign", "Erf", "Exp", "Log", "Sqrt", "Abs", "Floor", "Ceil", "Round", "Sign"),
        *("Reciprocal", "Pow", "Min", "Max", "ThresholdedRelu", "Gelu", "Mish", "Swish"),
    ]
)
#: Operators that a constant that differs by place may stand in front of, without being settled.
#: So may functions that rise.
BEHIND_PLACES = frozenset(
    [
        *("Add", "Sub", "Mul", "Div", "BatchNormalization", "Relu", "LeakyRelu", "PRelu", "Neg"),
        *("Cast", "Clip", "Identity", "Dropout"),
        *("Quant", "IntQuant", "BipolarQuant", "MultiThreshold", "IntegerRange"),
    ]
)


class Elementwise:
    """Part of the walk. model: the QONNX model; values: what is known of its tensors, by name."""

    model: ModelWrapper
    builder: IntegerBuilder
    values: dict[str, Value]

    # --- constants and maps -------------------------------------------------------------------

    def _constant(self, node: NodeProto, index: int) -> Any:
        value = self.model.get_initializer(node.input[index])
        if value is None:
            raise FlowError(f"{where(node)}: input {index} has to be constant")
        if not np.all(np.isfinite(value)):
            raise FlowError(f"{where(node)}: input {index} holds a value that is not finite")
        return np.asarray(value, dtype=np.float64)

    def _column(self, node: NodeProto, index: int, value: Value) -> Any:
        """Constant input index as one number a channel of value (or one for all)."""
        shape = value.pools[-1].shape if value.pools else self._shape(value)
        try:
            return along(self._constant(node, index), (1, *shape), 1)
        except BroadcastError as error:
            raise FlowError(f"{where(node)}: {error}") from error

    def _vector(self, node: NodeProto, index: int, channels: int) -> Any:
        """Constant input index of an operator that asks for one number a channel, shape (C,)."""
        vector = self._constant(node, index)
        if vector.shape != (channels,):
            raise FlowError(
                f"{where(node)}: input {index} has shape {vector.shape}; expected ({channels},)"
            )
        return vector

    def _shape(self, value: Value) -> tuple[int, int, int]:
        return self.builder.shape(value.name)

    def _value(self, node: NodeProto, index: int = 0) -> Value:
        name = node.input[index]
        if name not in self.values:
            raise FlowError(f"{where(node)}: input {name} is not an activation")
        return self.values[name]

    def _extend(self, node: NodeProto, value: Value, kind: Any, column: Any) -> Value:
        """value followed by one more function; column: a number a channel, or one for all."""
        falls = kind == "rsub" or (kind in ("mul", "div", "leaky") and bool(np.any(column < 0)))
        if value.pools and falls:
            value = self.builder.emit_pools(value)
        if kind == "leaky" and falls:
            value = settled(self.builder, node, value) if value.places else value
            return self._fall_below_zero(node, value, column)
        return replace(value, map=value.map.then(kind, column))

    def _fall_below_zero(self, node: NodeProto, value: Value, slope: Any) -> Value:
        """A slope below 0 for negative numbers: monotone only where all have one sign."""
        channels = self._shape(value)[0]
        ends = value.map.ends(*self.builder.range(value.name), channels)
        slope = np.broadcast_to(slope, (channels,))
        below, above = ends[:, 1] <= 0, ends[:, 0] >= 0
        if not value.map.is_monotone or np.any((slope < 0) & ~below & ~above):
            column = slope.reshape(-1, 1)
            whole = value.map.through(lambda x: np.where(x < 0, x * column, x), rising=False)
            return replace(value, map=whole)
        falling = (slope < 0) & below
        line = value.map.then("mul", np.where(falling, slope, 1))
        return replace(value, map=line.then("leaky", np.where(slope < 0, 1, slope)))

    def _with_constant(self, node: NodeProto, kind: str) -> Value:
        """A function of one activation and one constant, in either order."""
        index = 0 if node.input[0] in self.values else 1
        value, constant = self._value(node, index), self._constant(node, 1 - index)
        shape = value.pools[-1].shape if value.pools else self._shape(value)
        try:
            column = along(constant, (1, *shape), 1)
        except DiffersError:
            column = None
        except BroadcastError as error:
            raise FlowError(f"{where(node)}: {error}") from error
        if kind == "div" and np.any(constant == 0):
            raise FlowError(f"{where(node)}: divides by zero")
        sign = -1 if node.op_type == "Sub" and kind == "add" else 1
        if column is not None:
            return self._extend(node, value, kind, sign * column)
        value = self.builder.emit_pools(value)
        return placed(node, value, kind, sign * constant, shape)

    def _settle_places(self, node: NodeProto) -> dict[str, Value]:
        """Settle what a node reads of constants that differ by place, where it cannot wait.

        Returns what was settled as it was: other readers may not need it.
        """
        sources = [name for name in dict.fromkeys(node.input) if name in self.values]
        waiting = {name: self.values[name] for name in sources if self.values[name].places}
        if len(sources) == 1 and (node.op_type in BEHIND_PLACES or rises(node)):
            return {}
        made = {name: settled(self.builder, node, value) for name, value in waiting.items()}
        self.values.update(made)
        return waiting

    def _function(self, node: NodeProto) -> Value:
        """A function of one integer tensor, by ONNX's own meaning of the operator."""
        sources = [name for name in node.input if name in self.values]
        if not sources:
            raise FlowError(f"{where(node)}: input {node.input[0]} is not an activation")
        values = [self.values[name] for name in sources]
        first = values[0]
        if any((v.name, v.pools) != (first.name, first.pools) for v in values):
            raise FlowError(
                f"{where(node)}: operator {node.op_type} of two tensors is supported only where "
                "both are functions of the same sums"
            )
        inputs: list[Any] = []
        for index, name in enumerate(node.input):
            if not name or name in self.values:
                inputs.append(self.values[name].map if name else None)
            else:
                inputs.append(self._column(node, index, first).reshape(-1, 1))
        rising = len(sources) == 1 and rises(node)
        if first.pools and not rising:
            first = self.builder.emit_pools(first)
        function = operator(node, inputs, self._opset())
        monotone = rising and first.map.is_monotone
        if monotone:
            single = operator(node, [lambda x: x, *inputs[1:]], self._opset())
            return replace(first, map=first.map.through(single, rising=True))
        return replace(first, map=ChannelMap().through(function, rising=False))

    def _opset(self) -> int:
        versions = {o.domain: o.version for o in self.model.model.opset_import}
        return int(versions.get("", 18))

    def _is_one_function(self, node: NodeProto) -> bool:
        """Whether a node's two activations are functions of the same sums, not both affine."""
        a, b = (self.values[name] for name in node.input[:2])
        same = (a.name, a.pools) == (b.name, b.pools)
        return same and (a.map.affine() is None or b.map.affine() is None)

    def _of_two(self, node: NodeProto) -> bool:
        """Whether a node takes two activations."""
        return all(name in self.values for name in node.input[:2])

    # --- handlers -----------------------------------------------------------------------------

    def _on_mul(self, node: NodeProto) -> Value:
        if self._of_two(node):
            return self._function(node)
        return self._with_constant(node, "mul")

    def _on_div(self, node: NodeProto) -> Value:
        if node.input[0] not in self.values or self._of_two(node):
            return self._function(node)
        return self._with_constant(node, "div")

    def _on_sub(self, node: NodeProto) -> Value:
        if node.input[0] not in self.values:
            return self._with_constant(node, "rsub")
        return self._with_constant(node, "add")

    def _on_batchnormalization(self, node: NodeProto) -> Value:
        value = self._value(node)
        epsilon = next((a.f for a in node.attribute if a.name == "epsilon"), 1e-5)
        channels = self._shape(value)[0]
        gamma, beta, mean, variance = (self._vector(node, i, channels) for i in range(1, 5))
        if not np.all(variance + epsilon > 0):
            raise FlowError(f"{where(node)}: a variance is not positive")
        value = self._extend(node, value, "add", -mean)
        value = self._extend(node, value, "mul", gamma / np.sqrt(variance + epsilon))
        return self._extend(node, value, "add", beta)

    def _on_relu(self, node: NodeProto) -> Value:
        return self._extend(node, self._value(node), "max", np.zeros(1))

    def _on_leakyrelu(self, node: NodeProto) -> Value:
        alpha = next((a.f for a in node.attribute if a.name == "alpha"), 0.01)
        if not np.isfinite(alpha):
            raise FlowError(f"{where(node)}: alpha = {alpha} is not finite")
        return self._extend(node, self._value(node), "leaky", np.array([alpha]))

    def _on_prelu(self, node: NodeProto) -> Value:
        value = self._value(node)
        return self._extend(node, value, "leaky", self._column(node, 1, value))

    def _on_neg(self, node: NodeProto) -> Value:
        return self._extend(node, self._value(node), "mul", -np.ones(1))

    def _on_cast(self, node: NodeProto) -> Value:
        kind = next((a.i for a in node.attribute if a.name == "to"), 0)
        if kind not in (TensorProto.FLOAT, TensorProto.DOUBLE):
            raise FlowError(f"{where(node)}: casts to other than float32")
        return self._value(node)

    def _on_clip(self, node: NodeProto) -> Value:
        """Clip: bounds are inputs, or attributes in opsets below 11; without bound, infinite."""
        value = self._value(node)
        given = {a.name: np.float64(a.f) for a in node.attribute}
        for index, name, kind in ((1, "min", "max"), (2, "max", "min")):
            bound = given.get(name)
            if len(node.input) > index and node.input[index]:
                bound = self._scalar(node, index)
            if bound is not None and bound != {"min": -np.inf, "max": np.inf}[name]:
                if not np.isfinite(bound):
                    raise FlowError(f"{where(node)}: {name} = {bound} is not finite")
                value = self._extend(node, value, kind, bound.reshape(1))
        return value

    def _scalar(self, node: NodeProto, index: int) -> Any:
        value = self.model.get_initializer(node.input[index])
        if value is None or value.size != 1:
            raise FlowError(f"{where(node)}: input {index} has to be one constant number")
        return np.float64(value.reshape(()))
