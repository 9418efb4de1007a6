"""The graph that is written while loops are written out, node by node."""

import math
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from flows.errors import FlowError
from flows.graph.fresh_name import fresh_name
from flows.graph.integer_builder import where
from flows.importing.constants import of_same_shape
from flows.importing.limits import MAX_NODES

#: From this version of ONNX's operators on, Unsqueeze takes its axes as an input.
_AXES_AS_INPUT = 13


class Writer:
    """nodes: what is written, in order. opset: version of ONNX's operators."""

    def __init__(self, model: ModelProto) -> None:
        self.model, self.nodes = model, list[NodeProto]()
        self.opset = max((o.version for o in model.opset_import if not o.domain), default=0)
        self.constants = {tensor.name: tensor for tensor in model.graph.initializer}
        graph = model.graph
        self.taken = {n for node in graph.node for n in (*node.input, *node.output)}
        self.taken |= {info.name for info in graph.input} | set(self.constants)
        self.labels: set[str] = set()  # names of nodes
        self.makers: dict[str, NodeProto] = {}
        #: Tensors that are steps side by side: the axis of steps, and each step's tensor.
        self.stacked: dict[str, tuple[int, list[str]]] = {}

    # --- writing ------------------------------------------------------------------------------

    def fresh(self, name: str) -> str:
        """A name of that kind that no tensor has."""
        return fresh_name(name, self.taken)

    def constant(self, name: str, value: Any) -> str:
        """A new constant, an array or a TensorProto; its name."""
        made = self.fresh(name)
        if not isinstance(value, TensorProto):
            value = numpy_helper.from_array(np.asarray(value), made)
        tensor = self.model.graph.initializer.add()
        tensor.CopyFrom(value)
        tensor.name = made
        self.constants[made] = tensor
        return made

    def append(self, node: NodeProto) -> None:
        """Write a node, by a name that no other has.

        FlowError, naming it, where the file gets too large by it.
        """
        name, count = str(node.name), 0
        while node.name and node.name in self.labels:
            count += 1
            node.name = f"{name}_{count}"
        self.labels.add(node.name)
        self.nodes.append(node)
        self.makers.update((name, node) for name in node.output if name)
        if len(self.nodes) > MAX_NODES:
            raise FlowError(
                f"{where(node)}: a step of a loop that would be {MAX_NODES:,} nodes written out; "
                "expected fewer steps"
            )

    def emit(
        self, op: str, name: str, inputs: list[str], output: str, domain: str = "", **attrs: Any
    ) -> str:
        """Write a new node whose output is that one, or fresh where it is taken; its output."""
        self.append(helper.make_node(op, inputs, [output], name=name, domain=domain, **attrs))
        return output

    def step_of(self, name: str, axis: int, step: int, label: str) -> str:
        """The tensor at a place along an axis of another, without that axis."""
        if name in self.stacked and self.stacked[name][0] == axis:
            return self.stacked[name][1][step]
        index = self.constant(f"{label}_index", np.int64(step))
        return self.emit("Gather", label, [name, index], self.fresh(label), axis=axis)

    def stack(self, parts: list[str], axis: int, label: str, output: str) -> None:
        """Let output be the parts side by side along a new axis."""
        wide = []
        for number, part in enumerate(parts):
            made = self.fresh(f"{output}_part{number}")
            name = f"{label}_part{number}"
            if self.opset >= _AXES_AS_INPUT:
                axes = self.constant(f"{made}_axes", np.array([axis], np.int64))
                wide.append(self.emit("Unsqueeze", name, [part, axes], made))
            else:
                wide.append(self.emit("Unsqueeze", name, [part], made, axes=[axis]))
        if len(wide) == 1:
            self.emit("Identity", label, wide, output)
        else:
            self.emit("Concat", label, wide, output, axis=axis)
        self.stacked[output] = axis, parts

    # --- facts --------------------------------------------------------------------------------

    def shape(self, name: str) -> tuple[int | None, ...] | None:
        """Sizes of a tensor as far as they are known, None each where they are not."""
        return self._shapes([name]).get(name)

    def _shapes(self, names: list[str]) -> dict[str, tuple[int | None, ...]]:
        plain = ModelProto()
        plain.CopyFrom(self.model)
        del plain.graph.value_info[:], plain.graph.output[:], plain.graph.node[:]
        for node in self.nodes:
            made = plain.graph.node.add()
            made.CopyFrom(of_same_shape(node) if node.domain else node)
        known = {info.name: info for info in plain.graph.input}
        try:
            inferred = onnx.shape_inference.infer_shapes(plain, data_prop=True)
        except Exception:  # said where the file is checked
            inferred = plain
        known |= {info.name: info for info in inferred.graph.value_info}
        found: dict[str, tuple[int | None, ...]] = {
            name: tuple(self.constants[name].dims) for name in names if name in self.constants
        }
        for name in names:
            kind = known[name].type.tensor_type if name in known else None
            if kind is not None and kind.HasField("shape"):
                found[name] = tuple(d.dim_value or None for d in kind.shape.dim)
        return found

    def value(self, name: str) -> Any:
        """A tensor's value where it is constant, or follows from fixed shapes; else None."""
        nodes, feeds, waiting = list[NodeProto](), dict[str, Any](), [name]
        while waiting:
            source = waiting.pop()
            maker = self.makers.get(source)
            if source in feeds or any(source in node.output for node in nodes):
                continue
            if source in self.constants:
                feeds[source] = numpy_helper.to_array(self.constants[source])
            elif maker is None or maker.domain:
                return None
            elif maker.op_type in ("Shape", "Size"):
                shape = self.shape(maker.input[0])
                if shape is None or None in shape:
                    return None
                ends = {a.name: a.i for a in maker.attribute}
                sizes = np.array(shape, np.int64)
                whole = sizes[ends.get("start", 0) : ends.get("end", len(shape))]
                feeds[source] = (
                    whole if maker.op_type == "Shape" else np.int64(math.prod(sizes.tolist()))
                )
            else:
                nodes.append(maker)
                waiting += [given for given in maker.input if given]
        if not nodes:
            return feeds[name]
        ordered = [node for node in self.nodes if any(node is made for made in nodes)]
        infos = [
            helper.make_tensor_value_info(
                n, helper.np_dtype_to_tensor_dtype(np.asarray(v).dtype), None
            )
            for n, v in feeds.items()
        ]
        graph = helper.make_graph(
            ordered, "value", infos, [helper.make_empty_tensor_value_info(name)]
        )
        opsets = [o for o in self.model.opset_import if not o.domain]
        try:
            made = helper.make_model(graph, opset_imports=opsets)
            return np.asarray(ReferenceEvaluator(made).run(None, feeds)[0])
        except Exception:  # whatever an operator says of values that it cannot take
            return None
