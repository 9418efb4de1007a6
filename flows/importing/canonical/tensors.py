"""Facts about the tensors of a graph while it is brought to one form."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from qonnx.core.onnx_exec import execute_node

from flows.errors import FlowError
from flows.graph.fresh_name import fresh_name
from flows.graph.integer_builder import where
from flows.graph.layout import Layout
from flows.importing.constants import Shapes

#: Operators that give the numbers of their first input in another order or shape.
VIEWS = frozenset(["Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity"])
WEIGHT_QUANTIZERS = ("Quant", "BipolarQuant")


@dataclass(frozen=True)
class Weights:
    """Constants of a layer in the form in which it reads them.

    scale: of the quantizer, laid over all values; quantizer: None where the values are as they are.
    """

    values: Any
    quantizer: NodeProto | None = None
    scale: Any = None

    def moved(self, move: Any) -> "Weights":
        """The same with move (array -> array of the same numbers) done to values and scale."""
        scale = None if self.scale is None else move(self.scale)
        return Weights(move(self.values), self.quantizer, scale)


class Tensors:
    """Part of the walk: the file's tensors, their layouts, and the graph that is made.

    shapes: by the file's names. layouts, names: of activations, by the file's names: how the file's
    tensor lies, and what the tensor is called in the new graph. left: of those whose numbers were
    moved for later readers, how the tensor in front of the move lies.
    """

    def __init__(self, model: ModelProto, shapes: Shapes, inputs: dict[str, Layout]) -> None:
        self.model, self.graph, self.shapes = model, model.graph, shapes
        self.layouts = dict(inputs)
        self.names = {name: name for name in inputs}
        self.left: dict[str, Layout] = {}
        self.constants = {i.name: i for i in self.graph.initializer}
        self.makers = {name: node for node in self.graph.node for name in node.output if name}
        self.varying = _varying(self.graph, set(inputs))
        self.taken = {n for node in self.graph.node for n in (*node.input, *node.output)}
        self.taken |= set(self.constants) | set(inputs)
        self.nodes: list[NodeProto] = []
        #: Vectors laid side by side that have no layout together: their parts, and why.
        self.joined: dict[str, tuple[list[str], str]] = {}
        self.kept: set[str] = set()  # outputs of constant nodes that stand in the new graph

    # --- names and nodes ----------------------------------------------------------------------

    def fresh(self, name: str) -> str:
        """A name of that kind that no tensor has."""
        return fresh_name(name, self.taken)

    def constant(self, name: str, value: Any) -> str:
        """A new constant; its name."""
        made = self.fresh(name)
        tensor = numpy_helper.from_array(np.ascontiguousarray(value), made)
        self.constants[made] = tensor
        return made

    def emit(self, op: str, node: NodeProto, inputs: list[str], output: str, **attrs: Any) -> str:
        """A new node of the default domain in place of one of the file; its output."""
        made = helper.make_node(op, inputs, [output], name=node.name, **attrs)
        names, count = {other.name for other in self.nodes}, 0
        while made.name in names:
            count += 1
            made.name = f"{node.name}_{op}{count if count > 1 else ''}"
        self.nodes.append(made)
        self.taken.add(output)
        return output

    def dims(self, node: NodeProto, name: str) -> tuple[int, ...]:
        """Sizes of a tensor of the file. FlowError where they are not known."""
        if name not in self.shapes:
            raise FlowError(f"{where(node)}: the shape of {name} cannot be inferred")
        return self.shapes[name]

    # --- constants ----------------------------------------------------------------------------

    def value(self, node: NodeProto, name: str) -> Any:
        """Value of a constant that node reads; quantizers of constants are executed by qonnx."""
        if name in self.constants:
            return numpy_helper.to_array(self.constants[name])
        if name in self.varying or name not in self.makers:
            raise FlowError(f"{where(node)}: input {name} has to be constant")
        maker = self.makers[name]
        values = {source: self.value(maker, source) for source in maker.input if source}
        try:
            if maker.domain:
                version = {o.domain: o.version for o in self.model.opset_import}
                context = {**values, name: np.zeros((), np.float32)}
                execute_node(maker, context, self.graph, version.get(maker.domain, 1))
                return np.asarray(context[name])
            infos = [
                helper.make_tensor_value_info(
                    source, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
                )
                for source, value in values.items()
            ]
            outputs = [helper.make_empty_tensor_value_info(name)]
            graph = helper.make_graph([maker], "constant", infos, outputs)
            opsets = [o for o in self.model.opset_import if not o.domain]
            made = helper.make_model(graph, opset_imports=opsets)
            return np.asarray(ReferenceEvaluator(made).run(None, values)[0])
        except Exception as error:  # whatever an operator says of values that it cannot take
            raise FlowError(f"{where(maker)}: cannot be computed: {error}") from error

    def weights(self, node: NodeProto, name: str) -> Weights:
        """The weights that node reads, through the views between quantizer and layer."""
        maker = self.makers.get(name)
        if name in self.constants or maker is None or name in self.varying:
            return Weights(self.value(node, name))
        if maker.op_type in WEIGHT_QUANTIZERS:
            values = self.value(maker, maker.input[0])
            scale = self.value(maker, maker.input[1])
            try:
                scale = np.broadcast_to(scale, values.shape)
            except ValueError as error:
                raise FlowError(
                    f"{where(maker)}: scale of shape {scale.shape} cannot be broadcast to weights "
                    f"of shape {values.shape}"
                ) from error
            return Weights(values, maker, scale)
        if maker.op_type in VIEWS:
            inner = self.weights(maker, maker.input[0])
            if maker.op_type == "Transpose":
                order = next((tuple(a.ints) for a in maker.attribute if a.name == "perm"), None)
                return inner.moved(lambda array: np.transpose(array, order))
            dims = self.dims(maker, name)
            return inner.moved(lambda array: array.reshape(dims))
        return Weights(self.value(node, name))

    def emit_weights(self, node: NodeProto, weights: Weights) -> str:
        """Constants (O, I, KH, KW), quantized as they were in the file; the tensor's name."""
        values, maker = weights.values, weights.quantizer
        if maker is None:
            return self.constant(f"{node.name}_weights", np.asarray(values, np.float32))
        source = self.constant(f"{node.name}_weights", np.asarray(values, np.float32))
        scale = weights.scale
        for axis in range(1, values.ndim):
            if values.size and np.all(scale == scale.take([0], axis)):
                scale = scale.take([0], axis)
        if scale.size and np.all(scale == scale.reshape(-1)[0]):
            scale = scale.reshape(-1)[0].reshape(())
        made = NodeProto()
        made.CopyFrom(maker)
        if any(other.name == made.name for other in self.nodes):
            made.name = f"{maker.name}_{node.name}"
        made.input[0] = source
        made.input[1] = self.constant(f"{made.name}_scale_of_{node.name}", scale)
        made.output[0] = self.fresh(f"{node.name}_quantized_weights")
        self.nodes.append(made)
        return str(made.output[0])

    def keep(self, name: str) -> str:
        """Let a constant of the file stand as it is, with the nodes that make it; its name."""
        maker = self.makers.get(name)
        if name and name not in self.constants and maker is not None and name not in self.kept:
            self.kept.update(maker.output)
            for source in maker.input:
                self.keep(source)
            self.nodes.append(maker)
        return name


def _varying(graph: GraphProto, inputs: set[str]) -> set[str]:
    found = set(inputs)
    for node in graph.node:  # sorted
        if found.intersection(node.input):
            found.update(name for name in node.output if name)
    return found
