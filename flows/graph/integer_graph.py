"""The integer graph: a small intermediate form, and its ONNX.

Its operators are those of ONNX and QONNX on integers (float32 containers): ``Conv`` (weights
integers, no bias), ``ChannelSum`` (sums of neighbouring channels; in ONNX a grouped 1x1 ``Conv``
whose weights, named ``..._ones``, are ones), ``Spread`` (zeros between pixels; in ONNX a 1x1
``ConvTranspose`` of such ones, channel by channel), ``SumPool`` (sums of windows; in ONNX a
``Conv`` of a group a channel whose weights, named ``..._taps``, are ones), ``MultiThreshold``,
``MaxPool``, ``Upsample`` (pixels repeated; in ONNX a ``Resize``), ``Shuffle`` (numbers in another
order; in ONNX ``Reshape``, ``Transpose``, ``Reshape``), ``Concat``, ``Add``, ``Product``
(in ONNX a ``Mul``), ``Max`` and ``Min`` of two tensors, ``Mul`` (an operand of these four, or of
``PlaceSum``, times an integer, ``..._factors``), ``Places`` (times an integer of each row and
column; in ONNX a ``Mul`` by ``..._places``), ``PlaceSum`` and ``PlaceProduct`` (with an integer of
each place; in ONNX an ``Add`` of ``..._summands``, a ``Mul`` by ``..._gains``), ``Gather`` (some
channels, rows or columns), ``Requant`` (levels by multiplication and shift,
``flows.graph.multiply_shift``), ``Embedding`` (rows of a table that the input numbers), and at the
end ``ArgMax``, ``ArgMin`` or
``TopK`` (numbers of channels). The ONNX takes images as NHWC and returns NHWC.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.util.basic import qonnx_make_model

from flows.errors import FlowError
from flows.graph.channel_map import IntArray
from flows.graph.input_type import InputType
from flows.graph.inputs import FIRST, suffix, tensor_name
from hw.datatypes import float_container, integer_type

OPSET = 18
#: ONNX's operators that stand for another one where their weights are ones.
_OF_ONES = {"Conv": "ChannelSum", "ConvTranspose": "Spread"}


#: Operators that commute with functions that rise: of a quantizer's levels they give such.
LEVEL_KEEPING = ("MaxPool", "Upsample")
#: Levels by multiplication and shift, and rows of a table as channels: ONNX has no operator of
#: them. The domain that they are of.
REQUANT, EMBEDDING, OWN_DOMAIN = "Requant", "Embedding", "dupnet"
#: Operators that give levels: of a quantizer of the file.
LEVEL_GIVING = ("MultiThreshold", REQUANT)
#: Operators that give numbers of channels.
NUMBERING = ("ArgMax", "ArgMin", "TopK")
#: ONNX's names of operators that it has under another one.
ONNX_OPS = {
    "ChannelSum": "Conv",
    "Spread": "ConvTranspose",
    "SumPool": "Conv",
    "Upsample": "Resize",
    "Product": "Mul",
    "Places": "Mul",
    "PlaceSum": "Add",
    "PlaceProduct": "Mul",
}
#: Operators of two tensors of one shape, number by number.
OF_TWO = ("Add", "Product", "Max", "Min")
#: Operators that multiply what they read by an integer of their own (``Mul`` in front of them).
FACTORED = (*OF_TWO, "PlaceSum")
#: How Resize repeats pixels.
_REPEAT = {
    "mode": "nearest",
    "coordinate_transformation_mode": "asymmetric",
    "nearest_mode": "floor",
}
#: (C, H, W) of a tensor.
Shape = tuple[int, int, int]
#: The operator that a parameter of an ONNX node tells.
_BY_PARAMETER = {
    "taps": "SumPool",
    "scales": "Upsample",
    "places": "Places",
    "summands": "PlaceSum",
    "gains": "PlaceProduct",
}


@dataclass
class IntNode:
    """One operator. inputs: integer tensors (the name of the node that makes each, or an input's).

    params: "weights" (O, C / group, KH, KW), "ones" (C/D, D, 1, 1), "taps" (C, 1, KH, KW),
    "thresholds" (C, n), "table" (rows, C), "factors" (1,), "places" (1, 1, H, W), "summands"
    or "gains" (1, C, H, W), "indices"
    (n,), "scales" (1, 1, rows, columns) or "k" (1,), int64; of a Requant "multipliers" (C,) and
    "offsets" (C, 1 or 2), or one row of each for all channels.
    lo, hi: range of the output's integers. shape: (C, H, W) of the output. origin: name of the
    QONNX node it is of.
    """

    op: str
    name: str
    inputs: list[str]
    shape: tuple[int, int, int]
    lo: int
    hi: int
    origin: str
    attrs: dict[str, Any] = field(default_factory=dict)
    params: dict[str, IntArray] = field(default_factory=dict)

    @property
    def onnx_op(self) -> str:
        """Name of the ONNX operator that does it."""
        return ONNX_OPS.get(self.op, self.op)

    def onnx_attributes(self) -> dict[str, Any]:
        """Attributes of that operator."""
        return dict(_REPEAT) if self.op == "Upsample" else self.attrs

    def onnx_node(self, inputs: list[str]) -> Any:
        """That operator on inputs and its parameters. Not of thresholds, for which ONNX has none.

        Resize takes a region of interest, too, of which there is none. TopK gives values, too.
        """
        if self.op == "Upsample":
            inputs = [inputs[0], "", *inputs[1:]]
        made = [f"{self.name}_values", self.name] if self.op == "TopK" else [self.name]
        domain = {"domain": OWN_DOMAIN} if self.op in (REQUANT, EMBEDDING) else {}
        return helper.make_node(self.onnx_op, inputs, made, **domain, **self.onnx_attributes())

    def shuffle_sizes(self) -> dict[str, Any]:
        """Constants of a Shuffle's nodes by name: sizes, 0 for frames; of another operator none."""
        if self.op != "Shuffle":
            return {}
        return {
            f"{self.name}_part_sizes": np.array([0, *self.attrs["parts"]], dtype=np.int64),
            f"{self.name}_sizes": np.array([0, *self.shape], dtype=np.int64),
        }

    def shuffle_nodes(self) -> list[Any]:
        """A Shuffle's nodes in ONNX."""
        given, parts, moved = self.inputs[0], f"{self.name}_parts", f"{self.name}_moved"
        perm = [0, *(axis + 1 for axis in self.attrs["perm"])]
        first, last = self.shuffle_sizes()
        return [
            helper.make_node("Reshape", [given, first], [parts], name=parts),
            helper.make_node("Transpose", [parts], [moved], name=moved, perm=perm),
            helper.make_node(
                "Reshape", [moved, last], [self.name], name=self.name, doc_string=self.origin
            ),
        ]


@dataclass
class IntGraph:
    """The integer network. nodes are in topological order.

    inputs: shape of each, in the file's order; the first is "input" (``flows.graph.inputs``).
    outputs: names of the tensors that leave it, each once.
    """

    inputs: dict[str, Shape]
    nodes: list[IntNode] = field(default_factory=list)
    outputs: list[str] = field(default_factory=lambda: [FIRST])
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The only output. FlowError where there are several, for whoever knows of one alone."""
        if len(self.outputs) != 1:
            raise FlowError(
                f"the network has {len(self.outputs)} outputs ({', '.join(self.outputs)}); "
                "expected one here"
            )
        return self.outputs[0]

    @output.setter
    def output(self, name: str) -> None:
        self.outputs = [name]

    @property
    def input(self) -> str:
        """The only input. FlowError where there are several, for whoever knows of one alone."""
        if len(self.inputs) != 1:
            raise FlowError(
                f"the network has {len(self.inputs)} inputs ({', '.join(self.inputs)}); expected "
                "one here"
            )
        return next(iter(self.inputs))

    @property
    def input_shape(self) -> Shape:
        """(C, H, W) of the only input."""
        return self.inputs[self.input]

    @property
    def input_type(self) -> InputType:
        """The integers that the only input takes."""
        return self.type_of(self.input)

    def type_of(self, name: str) -> InputType:
        """The integers that an input takes."""
        return InputType.of_metadata(self.metadata, suffix(name))

    def maker(self, name: str) -> IntNode | None:
        """The node that makes a tensor, None of an input."""
        return None if name in self.inputs else self.node(name)

    def shape(self, name: str) -> Shape:
        """(C, H, W) of a tensor."""
        return self.inputs[name] if name in self.inputs else self.node(name).shape

    def range(self, name: str) -> tuple[int, int]:
        """Least and greatest integer that a tensor can hold."""
        if name in self.inputs:
            kind = self.type_of(name)
            return kind.lo, kind.hi
        node = self.node(name)
        return node.lo, node.hi

    def node(self, name: str) -> IntNode:
        """The node that makes tensor name."""
        return next(node for node in self.nodes if node.name == name)

    def to_onnx(self) -> ModelWrapper:
        """ONNX with data types annotated; every tensor is named as the node that makes it.

        Raises FlowError for an integer that float32 does not hold.
        """
        nodes, in_infos, out_infos = [], [], []
        for name, (channels, height, width) in self.inputs.items():
            given = _given_name(name)
            shape = [1, height, width, channels]
            in_infos.append(helper.make_tensor_value_info(given, TensorProto.FLOAT, shape))
            nodes.append(helper.make_node("Transpose", [given], [name], perm=[0, 3, 1, 2]))
        for node in self.nodes:
            nodes += node.shuffle_nodes() if node.op == "Shuffle" else [_to_onnx(node)]
        for index, name in enumerate(self.outputs):
            made, (depth, rows, columns) = _output_name(index), self.shape(name)
            nodes.append(helper.make_node("Transpose", [name], [made], perm=[0, 2, 3, 1]))
            shape = [1, rows, columns, depth]
            out_infos.append(helper.make_tensor_value_info(made, TensorProto.FLOAT, shape))
        graph = helper.make_graph(nodes, "integers", in_infos, out_infos)
        model = ModelWrapper(
            qonnx_make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        )
        if any(node.op in (REQUANT, EMBEDDING) for node in self.nodes):
            model.model.opset_import.append(helper.make_opsetid(OWN_DOMAIN, 1))
        for tensor, sizes in self.inputs.items():
            for name in (_given_name(tensor), tensor):
                model.set_tensor_datatype(name, DataType[self.type_of(tensor).name])
            model.set_tensor_shape(tensor, [1, *sizes])
        for node in self.nodes:
            for tensor, sizes in node.shuffle_sizes().items():
                model.set_initializer(tensor, sizes)
            for name, value in node.params.items():
                tensor = f"{node.name}_{name}"
                held = value if name == "k" else _held(node, name, value)
                model.set_initializer(tensor, held)
                kind = integer_type(min(0, int(value.min())), int(value.max()))
                model.set_tensor_datatype(tensor, DataType[kind])
            model.set_tensor_shape(node.name, [1, *node.shape])
            model.set_tensor_datatype(node.name, DataType[integer_type(node.lo, node.hi)])
        for index, name in enumerate(self.outputs):
            model.set_tensor_datatype(_output_name(index), model.get_tensor_datatype(name))
        for key, text in self.metadata.items():
            model.set_metadata_prop(key, text)
        helper.set_model_props(model.model, self.metadata)  # where ONNX's own tools look
        return model


def _given_name(tensor: str) -> str:
    """Name of an input in ONNX, NHWC."""
    return f"global_in{suffix(tensor)}"


def _output_name(index: int) -> str:
    """Name of an output in ONNX, NHWC."""
    return f"global_out_{index}" if index else "global_out"


def _held(node: IntNode, name: str, value: IntArray) -> Any:
    """A parameter as ONNX holds it: float32, or float64 where an integer needs it; indices int64.

    FlowError, naming the node, where an integer would change.
    """
    if name == "indices":
        return value
    held = float_container(value)
    lost = value[held.astype(np.int64) != value]
    if lost.size:
        raise FlowError(
            f"node {node.origin or node.name}: one of its {name} is {lost.flat[0]}, which is no "
            "number of float64, in which the integer graph is written; expected sums up to 2^53 "
            "(fewer bits, or fewer inputs of the layer)"
        )
    return held


def _to_onnx(node: IntNode) -> Any:
    inputs = [*node.inputs, *(f"{node.name}_{name}" for name in node.params)]
    if node.op == "MultiThreshold":
        low = node.attrs["out_bias"]
        made = helper.make_node(
            "MultiThreshold",
            inputs,
            [node.name],
            domain="qonnx.custom_op.general",
            out_dtype=integer_type(node.lo, node.hi),
            out_bias=float(low),
            out_scale=1.0,
            data_layout="NCHW",
        )
    else:
        made = node.onnx_node(inputs)
    made.name = node.name
    made.doc_string = node.origin
    return made


def from_onnx(model: ModelWrapper) -> IntGraph:
    """The inverse of ``IntGraph.to_onnx``."""
    graph = IntGraph({})
    for index, info in enumerate(model.graph.input):
        _, height, width, channels = model.get_tensor_shape(info.name)
        graph.inputs[tensor_name(index)] = (channels, height, width)
    graph.metadata = {prop.key: prop.value for prop in model.graph.metadata_props}
    leaving = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Transpose"}
    graph.outputs = [leaving[info.name] for info in model.graph.output]
    for node in model.graph.node:
        if node.op_type == "Reshape":
            graph.nodes += _shuffle_ending(model, node)
        if node.op_type in ("Transpose", "Reshape"):
            continue
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "MultiThreshold":
            attrs = {"out_bias": int(attrs["out_bias"])}
        made, inputs, params = node.output[-1], [], {}
        for name in filter(None, node.input):
            value = model.get_initializer(name)
            if value is None:
                inputs.append(name)
            else:
                params[name.removeprefix(f"{made}_")] = np.rint(value).astype(np.int64)
        dtype = model.get_tensor_datatype(made)
        op = next((_BY_PARAMETER[key] for key in params if key in _BY_PARAMETER), node.op_type)
        op = _OF_ONES.get(node.op_type, op) if "ones" in params else op
        op = "Product" if op == "Mul" and not params else op
        if op == "Upsample":
            attrs = {}
        shape = tuple(int(v) for v in model.get_tensor_shape(made)[1:])
        graph.nodes.append(
            IntNode(
                op,
                made,
                inputs,
                shape,  # type: ignore[arg-type]
                int(dtype.min()),
                int(dtype.max()),
                node.doc_string,
                {k: list(v) if isinstance(v, (list, tuple)) else v for k, v in attrs.items()},
                params,
            )
        )
    return graph


def _shuffle_ending(model: ModelWrapper, node: Any) -> list[IntNode]:
    """The Shuffle of which a Reshape is the last node; none where it is the first."""
    transposed = model.find_producer(node.input[0])
    first = model.find_producer(transposed.input[0]) if transposed is not None else None
    if first is None or first.op_type != "Reshape" or transposed.op_type != "Transpose":
        return []
    (perm,) = (helper.get_attribute_value(a) for a in transposed.attribute)
    attrs = {
        "parts": [int(size) for size in model.get_initializer(first.input[1])[1:]],
        "perm": [axis - 1 for axis in perm[1:]],
    }
    channels, height, width = (int(v) for v in model.get_tensor_shape(node.output[0])[1:])
    kind = model.get_tensor_datatype(node.output[0])
    return [
        IntNode(
            "Shuffle",
            node.output[0],
            [first.input[0]],
            (channels, height, width),
            int(kind.min()),
            int(kind.max()),
            node.doc_string,
            attrs,
        )
    ]
