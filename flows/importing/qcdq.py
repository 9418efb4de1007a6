"""ONNX's own quantizers: QuantizeLinear, Clip, DequantizeLinear as one Quant of QONNX.

round(x / scale) + zero point, saturated: what stands between the two nodes is a level, of which
Quant is the real value. Of a zero point only the range is left: QuantizeLinear adds it behind the
rounding.
"""

from typing import Any

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.fresh_name import fresh_name
from flows.graph.integer_builder import where
from flows.importing import integer_range
from flows.importing.constants import Shapes
from flows.importing.domains import MICROSOFT, QONNX
from flows.obstacles import Obstacles

#: Operators that hand weights on as they are.
VIEWS = frozenset(["Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity"])
LAYERS = frozenset(["Conv", "ConvTranspose", "Gemm", "MatMul"])
BLOCKS = "block_size"


def replace_qcdq(model: ModelProto, shapes: Shapes, obstacles: Obstacles) -> None:
    """Put a Quant in the place of each DequantizeLinear; the nodes in front of it are left unused.

    A bias that is dequantized becomes a constant.
    """
    graph = model.graph
    qcdq = _Qcdq(graph, shapes)
    for index, node in enumerate(list(graph.node)):
        if node.op_type != "DequantizeLinear" or node.domain not in ("", MICROSOFT):
            continue
        before = len(obstacles.texts)
        with obstacles.noting():
            made = qcdq.replaced(node)
            if made is None:
                made = helper.make_node("Identity", [node.input[0]], [node.output[0]])
                raise FlowError(f"{where(node)}: what it dequantizes is no quantizer's")
            graph.node[index].CopyFrom(made)
        if len(obstacles.texts) > before and node.input[0] in qcdq.constants:
            graph.node[index].CopyFrom(qcdq.stand_in(node))


class _Qcdq:
    def __init__(self, graph: GraphProto, shapes: Shapes) -> None:
        self.graph, self.shapes = graph, shapes
        self.constants = {i.name: i for i in graph.initializer}
        self.makers = {name: node for node in graph.node for name in node.output if name}
        self.taken = {n for node in graph.node for n in (*node.input, *node.output)}
        self.taken |= set(self.constants)

    def replaced(self, node: NodeProto) -> NodeProto | None:
        """The node that takes the place of a DequantizeLinear."""
        chain = self._chain(node)
        scale, zero, axes = self._parameters(node)
        if chain[0].op_type == "QuantizeLinear":
            first = chain[0]
            own_scale, own_zero, _ = self._parameters(first)
            if not (np.array_equal(own_scale, scale) and np.array_equal(own_zero, zero)):
                raise FlowError(
                    f"{where(node)}: its scale or zero point is not that of {where(first)}"
                )
            source = first.input[0]
            if source not in self.constants:
                return self._of_activations(node, chain, source, scale, zero, axes)
            with np.errstate(all="ignore"):
                levels = np.rint(self._value(node, source) / scale).astype(np.int64) + zero
        else:
            levels = self._value(node, node.input[0]).astype(np.int64)
        low, high = self._range(node, chain)
        integers = np.clip(levels, low, high) - zero
        values = (integers * scale.astype(np.float64)).astype(np.float32)
        if not self._is_weight(node.output[0]):
            return helper.make_node(
                "Identity",
                [self._constant(node, "value", values)],
                [node.output[0]],
                name=node.name,
            )
        bits = max(2, *(int(v).bit_length() + 1 for v in (~integers.min(), integers.max())))
        return self._quant(node, self._constant(node, "value", values), scale, 0, bits, True, False)

    def _of_activations(
        self, node: NodeProto, chain: list[NodeProto], source: str, scale: Any, zero: Any, _: Any
    ) -> NodeProto:
        if zero.size > 1 and np.any(zero != zero.reshape(-1)[0]):
            raise FlowError(f"{where(node)}: its zero point differs between channels")
        low, high = (int(bound) - int(zero.reshape(-1)[0]) for bound in self._range(node, chain))
        for bits in range(1, 17):
            for signed, narrow in ((True, False), (True, True), (False, False), (False, True)):
                if bits == 1 and (signed or narrow):
                    continue  # QONNX takes those for -1 and +1, or for one level
                levels = (-(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1) if signed else (
                    0, 2**bits - 1 - narrow)  # fmt: skip
                if levels == (low, high):
                    return self._quant(node, source, scale, 0, bits, signed, narrow)
        return helper.make_node(
            integer_range.NAME,
            [source, self._constant(node, "scale", scale)],
            [node.output[0]],
            name=node.name,
            domain=QONNX,
            lowest=low,
            highest=high,
        )

    def stand_in(self, node: NodeProto) -> NodeProto:
        """Weights of 1 for a constant that cannot be dequantized, which is noted already."""
        ones = np.ones(self.constants[node.input[0]].dims, np.float32)
        return helper.make_node(
            "Identity", [self._constant(node, "value", ones)], node.output[:], name=node.name
        )

    # --- parts --------------------------------------------------------------------------------

    def _chain(self, node: NodeProto) -> list[NodeProto]:
        """The nodes in front, from QuantizeLinear on if there is one; the node is the last."""
        chain = [node]
        while chain[0].op_type != "QuantizeLinear":
            maker = self.makers.get(chain[0].input[0])
            if maker is None and chain[0].input[0] in self.constants:
                break
            if maker is None or maker.op_type not in ("Clip", "QuantizeLinear", "Identity"):
                found = f"a {maker.op_type}" if maker is not None else "the input"
                raise FlowError(
                    f"{where(node)}: dequantizes what {found} gives; expected a QuantizeLinear, "
                    "with at most a Clip between, or a constant"
                )
            chain.insert(0, maker)
        return chain

    def _value(self, node: NodeProto, name: str) -> Any:
        if name not in self.constants:
            raise FlowError(f"{where(node)}: input {name} has to be constant")
        return numpy_helper.to_array(self.constants[name])

    def _parameters(self, node: NodeProto) -> tuple[Any, Any, int]:
        """(scale, zero point), laid over what is quantized where they differ, and the axis."""
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if attrs.get(BLOCKS, 0):
            raise FlowError(f"{where(node)}: scales for blocks of numbers are not supported")
        scale = np.asarray(self._value(node, node.input[1]), np.float32)
        zero = np.zeros(scale.shape, np.int64)
        if len(node.input) > 2 and node.input[2]:
            zero = self._value(node, node.input[2]).astype(np.int64)
        if not np.all(np.isfinite(scale)) or np.any(scale <= 0) or not scale.size:
            raise FlowError(f"{where(node)}: its scale is not positive and finite")
        axis = int(attrs.get("axis", 1))
        if scale.size == 1:
            return scale.reshape(()), zero.reshape(-1)[0].reshape(()), axis
        dims = self.shapes.get(node.output[0], ())
        if not -len(dims) <= axis < len(dims) or scale.shape != (dims[axis],):
            raise FlowError(
                f"{where(node)}: scale of shape {scale.shape} along axis {axis} of shape {dims}"
            )
        wide = [1] * len(dims)
        wide[axis] = -1
        return scale.reshape(wide), np.broadcast_to(zero, scale.shape).reshape(wide), axis

    def _range(self, node: NodeProto, chain: list[NodeProto]) -> tuple[int, int]:
        """Least and greatest integer in front of a DequantizeLinear."""
        kind = self._kind(node, chain)
        low, high = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
        for clip in chain:
            if clip.op_type != "Clip":
                continue
            bounds: list[Any] = [None, None]
            for place in (0, 1):
                if len(clip.input) > place + 1 and clip.input[place + 1]:
                    bounds[place] = int(self._value(clip, clip.input[place + 1]).reshape(-1)[0])
            low = low if bounds[0] is None else max(low, bounds[0])
            high = high if bounds[1] is None else min(high, bounds[1])
        if low >= high:
            raise FlowError(f"{where(node)}: in front of it there is one level at most")
        return low, high

    def _kind(self, node: NodeProto, chain: list[NodeProto]) -> Any:
        zeros = [n.input[2] for n in (node, chain[0]) if len(n.input) > 2]
        for name in (node.input[0], *zeros):
            if name in self.constants:
                return numpy_helper.to_array(self.constants[name]).dtype
        kind = next((a.i for a in chain[0].attribute if a.name == "output_dtype"), 0)
        return helper.tensor_dtype_to_np_dtype(kind or TensorProto.UINT8)

    def _is_weight(self, name: str) -> bool:
        readers = [n for n in self.graph.node if name in n.input]
        for reader in readers:
            if reader.op_type in LAYERS and len(reader.input) > 1 and reader.input[1] == name:
                return True
            if reader.op_type == "MatMul" and reader.input[0] == name:  # of a column
                return True
            if reader.op_type == "Gather" and reader.input[0] == name:  # a table
                return True
            if reader.op_type in VIEWS and self._is_weight(reader.output[0]):
                return True
        return False

    def _constant(self, node: NodeProto, what: str, value: Any) -> str:
        name = fresh_name(f"{node.name}_{what}", self.taken)
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def _quant(
        self, node: NodeProto, source: str, scale: Any, zero: int, bits: int, signed: bool,
        narrow: bool,
    ) -> NodeProto:  # fmt: skip
        parameters = [
            self._constant(node, "scale", scale),
            self._constant(node, "zero", np.float32(zero)),
            self._constant(node, "bits", np.float32(bits)),
        ]
        return helper.make_node(
            "Quant",
            [source, *parameters],
            [node.output[0]],
            name=node.name,
            domain=QONNX,
            signed=int(signed),
            narrow=int(narrow),
            rounding_mode="ROUND",
        )
