"""Operators on quantized integers, as DequantizeLinear, the operator on reals and QuantizeLinear.

ONNX's QLinearConv and QLinearMatMul, and those of onnxruntime (domain com.microsoft) that its
``quantize_static`` writes in QOperator form, compute a level of their output from levels of their
inputs, each with a scale and a zero point: what the three nodes do. What moves or chooses levels
(MaxPool, Reshape, ...) chooses reals as well. ``flows.reference.quantized_operators`` compares the
two forms as onnxruntime executes them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.fresh_name import fresh_name
from flows.graph.integer_builder import where
from flows.importing.domains import MICROSOFT

#: Version from which on Softmax is along one axis.
SOFTMAX_OF_ONE_AXIS = 13


@dataclass(frozen=True)
class Form:
    """The operator on reals; places among a node's inputs.

    operands: of (levels, scale, zero point). result: of (scale, zero point); None: it gives reals.
    bias: of integers whose scale is the product of those of the operands.
    """

    op: str
    operands: tuple[tuple[int, int, int], ...]
    result: tuple[int, int] | None
    bias: int | None = None


_ONE, _TWO = ((0, 1, 2),), ((0, 1, 2), (3, 4, 5))
FORMS = {
    ("", "QLinearConv"): Form("Conv", _TWO, (6, 7), 8),
    ("", "QLinearMatMul"): Form("MatMul", _TWO, (6, 7)),
    ("", "ConvInteger"): Form("Conv", ((0, -1, 2), (1, -1, 3)), None),
    ("", "MatMulInteger"): Form("MatMul", ((0, -1, 2), (1, -1, 3)), None),
    (MICROSOFT, "QGemm"): Form("Gemm", _TWO, (7, 8), 6),
    (MICROSOFT, "QLinearConv"): Form("Conv", _TWO, (6, 7), 8),
    (MICROSOFT, "QLinearAdd"): Form("Add", _TWO, (6, 7)),
    (MICROSOFT, "QLinearMul"): Form("Mul", _TWO, (6, 7)),
    (MICROSOFT, "QLinearSigmoid"): Form("Sigmoid", _ONE, (3, 4)),
    (MICROSOFT, "QLinearLeakyRelu"): Form("LeakyRelu", _ONE, (3, 4)),
    (MICROSOFT, "QLinearSoftmax"): Form("Softmax", _ONE, (3, 4)),
    (MICROSOFT, "QLinearAveragePool"): Form("AveragePool", _ONE, (3, 4)),
    (MICROSOFT, "QLinearGlobalAveragePool"): Form("GlobalAveragePool", _ONE, (3, 4)),
    (MICROSOFT, "QLinearConcat"): Form("Concat", (), (0, 1)),
    (MICROSOFT, "MatMulIntegerToFloat"): Form("MatMul", ((0, 2, 4), (1, 3, 5)), None, 6),
}
#: Operators that give some of their first input's numbers, or all of them in another order.
CHOOSING = frozenset(
    [
        *("MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Resize"),
        *("Upsample", "Slice", "Split", "Gather", "DepthToSpace", "SpaceToDepth", "Pad"),
    ]
)
_ONNX = ("", "ai.onnx")


def form_of(node: NodeProto) -> Form | None:
    """The form of an operator on quantized integers; None for any other."""
    return FORMS.get(("" if node.domain in _ONNX else node.domain, node.op_type))


def to_reals(model: ModelProto) -> bool:
    """Rewrite a file's operators on quantized integers; returns whether there are any.

    Tensors of the file keep their names. FlowError, naming the node, for what has no such form.
    """
    chosen = [node for node in model.graph.node if node.op_type in CHOOSING]
    made = {n.input[0] for n in chosen if n.input} | {info.name for info in model.graph.output}
    levels = {n.output[0] for n in model.graph.node if n.op_type == "QuantizeLinear" and n.output}
    if not any(form_of(node) for node in model.graph.node) and not made & levels:
        return False
    walk = _Walk(model)
    for node in model.graph.node:
        walk.take(node)
    walk.leave()
    copies = [NodeProto.FromString(node.SerializeToString()) for node in walk.nodes]
    del model.graph.node[:]
    model.graph.node.extend(copies)
    if not any(node.domain == MICROSOFT for node in copies):
        kept = [o for o in model.opset_import if o.domain != MICROSOFT]
        opsets = [type(o).FromString(o.SerializeToString()) for o in kept]
        del model.opset_import[:]
        model.opset_import.extend(opsets)
    return True


class _Walk:
    def __init__(self, model: ModelProto) -> None:
        self.graph = graph = model.graph
        self.constants = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            tensors = [a.t for a in node.attribute if a.name == "value" and a.HasField("t")]
            if node.op_type == "Constant" and tensors and node.output:
                self.constants[node.output[0]] = tensors[0]
        self.taken = {n for node in graph.node for n in (*node.input, *node.output)}
        self.taken |= {i.name for i in (*graph.input, *graph.initializer)}
        self.nodes: list[NodeProto] = []
        #: Scale and zero point of tensors of levels.
        self.levels: dict[str, tuple[str, str]] = {}
        #: Reals of levels, by tensor, scale, zero point and axis.
        self.reals: dict[tuple[Any, ...], str] = {}

    def take(self, node: NodeProto) -> None:
        form = form_of(node)
        if form is not None:
            self._rewrite(node, form)
            return
        known = [self.levels.get(name) for name in node.input[:1]]
        if node.op_type in CHOOSING and node.domain in _ONNX and known and known[0]:
            self._choose(node, known[0])
            return
        if node.op_type == "QuantizeLinear" and len(node.input) > 1:
            zero = node.input[2] if len(node.input) > 2 else ""
            if len(node.output) and self._size(node.input[1]) == 1:
                self.levels[node.output[0]] = (node.input[1], zero)
        self.nodes.append(node)

    def leave(self) -> None:
        """Let levels that are an output of the file be made twice: in hardware, and by the host.

        What leaves the hardware are reals; the host makes the same levels of them, in their type.
        """
        makers = {name: node for node in self.nodes for name in node.output}
        for info in self.graph.output:
            quantizer = makers.get(info.name)
            if info.name not in self.levels or quantizer is None:
                continue
            maker = makers.get(quantizer.input[0])
            if maker is not None and maker.op_type == "DequantizeLinear":
                continue  # it is so already
            scale, zero = self.levels[info.name]
            inside, reals = self._fresh(f"{info.name}_inside"), self._fresh(f"{info.name}_reals")
            for node in self.nodes:
                for field in (node.input, node.output):
                    field[:] = [inside if name == info.name else name for name in field]
            whole = [scale, *([zero] if zero else [])]
            self.nodes += [
                helper.make_node("DequantizeLinear", [inside, *whole], [reals], name=f"{reals}_of"),
                helper.make_node(
                    "QuantizeLinear", [reals, *whole], [info.name], name=f"{info.name}_of_the_file"
                ),
            ]

    # --- parts --------------------------------------------------------------------------------

    def _rewrite(self, node: NodeProto, form: Form) -> None:
        inputs = [*node.input, *[""] * 10]
        operands = form.operands
        if form.op == "Concat":
            operands = tuple((i, i + 1, i + 2) for i in range(2, len(node.input), 3))
        attrs = {a.name: a for a in node.attribute}
        sources, scales = [], []
        for place, (x, s, z) in enumerate(operands):
            scale = inputs[s] if s >= 0 else self._constant(node, np.float32(1))
            scales.append(scale)
            axis = self._axis(form.op, inputs[x], attrs) if place == 1 else 0
            sources.append(self._real(node, inputs[x], scale, inputs[z], axis))
        if form.bias is not None and inputs[form.bias]:
            sources.append(self._bias(node, form, inputs[form.bias], scales))
        name, op = node.output[0], form.op
        made = name if form.result is None else self._fresh(f"{name}_reals")
        if form.result is not None and not inputs[form.result[0]]:
            form, made = Form(form.op, form.operands, None), name  # QGemm of reals
        if form.result is None and node.op_type in ("ConvInteger", "MatMulInteger"):
            self._check_readers(node)
        if node.op_type == "MatMulIntegerToFloat" and len(sources) > 2:
            self._emit(node, "MatMul", sources[:2], self._fresh(f"{name}_product"), {})
            op, sources, attrs = "Add", [self.nodes[-1].output[0], sources[2]], {}
        self._emit(node, op, sources, made, self._kept(node, op, attrs))
        if form.result is not None:
            scale, zero = (inputs[place] for place in form.result)
            zero = zero or self._constant(node, np.zeros((), self._kind(node, operands, inputs)))
            quantizer = helper.make_node("QuantizeLinear", [made, scale, zero], [name])
            quantizer.name = f"{node.name or name}_quantizer"
            self.nodes.append(quantizer)
            self.levels[name] = (scale, zero)

    def _choose(self, node: NodeProto, parameters: tuple[str, str]) -> None:
        scale, zero = parameters
        made = NodeProto()
        made.CopyFrom(node)
        made.input[0] = self._real(node, node.input[0], scale, zero, 0)
        if node.op_type == "Pad":
            self._pad_zeros(made, zero)
        self.nodes.append(made)
        for place, name in enumerate(node.output):
            if not name or (node.op_type == "MaxPool" and place):
                continue
            made.output[place] = self._fresh(f"{name}_reals")
            whole = [made.output[place], scale, *([zero] if zero else [])]
            self.nodes.append(
                helper.make_node("QuantizeLinear", whole, [name], name=f"{name}_quantizer")
            )
            self.levels[name] = parameters
            self.reals[self._key(name, scale, zero, 0)] = made.output[place]

    def _key(self, levels: str, scale: str, zero: str, axis: int) -> tuple[Any, ...]:
        """The same for equal scales and zero points, whatever their names."""
        numbers = (self.constants.get(name) for name in (scale, zero) if name)
        values = [() if n is None else numpy_helper.to_array(n).reshape(-1) for n in numbers]
        return levels, *(tuple(v) for v in values if np.any(v)), axis

    def _pad_zeros(self, node: NodeProto, zero: str) -> None:
        """Let a Pad by the level of zero be one by zero; FlowError for any other level."""
        given = node.input[2] if len(node.input) > 2 else ""
        level = int(self._value(node, given).reshape(-1)[0]) if given else 0
        expected = int(self._value(node, zero).reshape(-1)[0]) if zero else 0
        if level != expected:
            raise FlowError(
                f"{where(node)}: pads with level {level}; expected {expected}, the zero point"
            )
        if given:
            node.input[2] = ""
        while not node.input[-1]:
            node.input.pop()

    def _real(self, node: NodeProto, levels: str, scale: str, zero: str, axis: int) -> str:
        key = self._key(levels, scale, zero, axis)
        if key not in self.reals:
            self._value(node, scale)
            made = self._fresh(f"{levels}_reals")
            whole = [levels, scale, *([zero] if zero else [])]
            attrs = {} if self._size(scale) == 1 else {"axis": axis}
            self.nodes.append(
                helper.make_node("DequantizeLinear", whole, [made], name=f"{made}_of", **attrs)
            )
            self.reals[key] = made
        return self.reals[key]

    def _bias(self, node: NodeProto, form: Form, name: str, scales: list[str]) -> str:
        if node.op_type == "MatMulIntegerToFloat":
            return name
        first, second = (self._value(node, scale).astype(np.float32) for scale in scales)
        scale = (first * second).reshape(-1)
        if form.op == "Gemm":
            alpha = next((a.f for a in node.attribute if a.name == "alpha"), 1.0)
            scale = (np.float32(alpha) * scale).astype(np.float32)
        shape = self.constants[name].dims if name in self.constants else ()
        own = self._constant(node, scale if scale.size > 1 else scale[0])
        return self._real(node, name, own, "", max(0, len(shape) - 1))

    def _axis(self, op: str, weights: str, attrs: dict[str, AttributeProto]) -> int:
        """The axis of outputs of a layer's weights."""
        if op == "Conv":
            return 0
        if op == "Gemm":
            return 0 if "transB" in attrs and attrs["transB"].i else 1
        axes = len(self.constants[weights].dims) if weights in self.constants else 2
        return max(0, axes - 1)

    def _kept(
        self, node: NodeProto, op: str, attrs: dict[str, AttributeProto]
    ) -> dict[str, AttributeProto]:
        kept = dict(attrs)
        last = kept.pop("channels_last", None)
        if last is not None and last.i:
            raise FlowError(f"{where(node)}: its channels are last; expected channels_last = 0")
        if op == "Softmax":
            of_one = kept.pop("opset", None)
            axis = kept["axis"].i if "axis" in kept else -1
            if of_one is not None and of_one.i < SOFTMAX_OF_ONE_AXIS and axis != -1:
                raise FlowError(
                    f"{where(node)}: its Softmax is along all axes from {axis} on; expected one"
                )
        return kept

    def _check_readers(self, node: NodeProto) -> None:
        """FlowError unless sums of 32 bits become reals at once."""
        for reader in self.graph.node:
            casts = any(a.name == "to" and a.i == TensorProto.FLOAT for a in reader.attribute)
            if node.output[0] in reader.input and not (reader.op_type == "Cast" and casts):
                raise FlowError(
                    f"{where(node)}: its sums are read as integers by {where(reader)}; expected a "
                    "Cast to float32 behind it"
                )

    def _emit(
        self,
        node: NodeProto,
        op: str,
        sources: list[str],
        output: str,
        attrs: dict[str, AttributeProto],
    ) -> None:
        made = helper.make_node(op, sources, [output], name=node.name)
        made.attribute.extend(attrs.values())
        self.nodes.append(made)

    def _kind(
        self, node: NodeProto, operands: tuple[tuple[int, int, int], ...], inputs: list[str]
    ) -> Any:
        """The type of a node's levels, where its result has no zero point that says it."""
        zeros = [inputs[z] for _, _, z in operands if inputs[z]]
        return self._value(node, zeros[0]).dtype if zeros else np.uint8

    def _value(self, node: NodeProto, name: str) -> Any:
        if name not in self.constants:
            raise FlowError(
                f"{where(node)}: its scale or zero point {name} is computed; expected a constant"
            )
        return numpy_helper.to_array(self.constants[name])

    def _size(self, name: str) -> int:
        """Numbers that a constant has; 0 where it is none."""
        tensor = self.constants.get(name)
        return 0 if tensor is None else int(np.prod(tensor.dims, dtype=np.int64))

    def _constant(self, node: NodeProto, value: Any) -> str:
        name = self._fresh(f"{node.name or node.output[0]}_parameter")
        tensor = numpy_helper.from_array(np.asarray(value), name)
        self.graph.initializer.append(tensor)
        self.constants[name] = tensor
        return name

    def _fresh(self, name: str) -> str:
        return fresh_name(name, self.taken)
