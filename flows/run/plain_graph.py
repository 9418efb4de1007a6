"""The integer graph in ONNX's standard operators, of which onnxruntime computes each integer.

onnxruntime convolves in float32, which is exact for integers as long as no partial sum passes 2^24.
The bound of every layer follows from its weights and the range of its input. Where it is passed,
the input is cut into parts of a few bits each, as a number is cut into digits; each part is
convolved for itself, and the sums are put together in float64, exact up to 2^53. Thresholds are
written out in comparisons, many of them in a search; multiplications and shifts are of int64.
"""

from math import prod
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.integer_graph import OPSET, IntGraph, IntNode
from flows.graph.multiply_shift import MultiplyShift
from hw.products import SPLIT

#: Integers below it are numbers of float32, and of float64, each of them.
FLOAT32_LIMIT, FLOAT64_LIMIT = 1 << 24, 1 << 53

#: Thresholds that are compared with one by one; more are searched.
MOST_COMPARED = 255
#: In a graph of more thresholds than the first, only nodes of no more than the second compare each:
#: onnxruntime takes minutes to begin with some ten thousand nodes.
MANY_THRESHOLDS, FEW_THRESHOLDS = 3_000, 15

_FLOAT, _DOUBLE = TensorProto.FLOAT, TensorProto.DOUBLE


def plain_model(graph: IntGraph) -> Any:
    """The integer graph in standard operators, every tensor an output.

    Raises FlowError for a node whose sums cannot be computed exactly.
    """
    return _Writer(graph).model()


def _total(node: IntNode) -> int:
    """The greatest sum of one output's weights, each without its sign."""
    (weights,) = node.params.values()
    return int(np.abs(weights).reshape(weights.shape[0], -1).sum(axis=1).max())


def _part_bits(node: IntNode) -> int:
    """Bits of a part of the input with which a convolution's sums stay in float32's range."""
    total = _total(node)
    for bits in range(24, 0, -1):
        if total << bits < FLOAT32_LIMIT:
            return bits
    raise FlowError(
        f"node {node.name}: its weights sum up to {total}, beyond the emulator's exact range of "
        f"{FLOAT32_LIMIT >> 1}"
    )


def _check(node: IntNode, bound: int) -> None:
    """FlowError where even float64 does not hold a node's greatest magnitude."""
    if bound >= FLOAT64_LIMIT:
        raise FlowError(
            f"node {node.name}: sums may reach {bound}, beyond the emulator's exact range of "
            f"{FLOAT64_LIMIT}"
        )


class _Writer:
    """Writes node by node. kinds: type of each tensor; largest: its greatest magnitude."""

    def __init__(self, graph: IntGraph) -> None:
        self.graph = graph
        tables = [n.params["thresholds"].shape[1] for n in graph.nodes if "thresholds" in n.params]
        is_long = sum(tables) > MANY_THRESHOLDS
        self.most_compared = FEW_THRESHOLDS if is_long else MOST_COMPARED
        self.initializers: list[Any] = []
        self.nodes: list[Any] = []
        self.kinds = dict.fromkeys(graph.inputs, _FLOAT)
        self.largest = {name: max(map(abs, graph.range(name))) for name in graph.inputs}

    def model(self) -> Any:
        for node in self.graph.nodes:
            match node.op:
                case "MultiThreshold":
                    self._thresholds(node)
                case "Requant":
                    self._requant(node)
                case "ArgMax" | "ArgMin" | "TopK":
                    self._numbers(node)
                case "Conv" | "ChannelSum" | "Spread" | "SumPool":
                    self._conv(node)
                case "Upsample":
                    self._upsample(node)
                case "Gather":
                    self._gather(node)
                case "Shuffle":
                    self._shuffle(node)
                case "Embedding":
                    self._embedding(node)
                case _:
                    self._other(node)
        inputs = [
            helper.make_tensor_value_info(name, _FLOAT, [1, *shape])
            for name, shape in self.graph.inputs.items()
        ]
        outputs = [
            helper.make_tensor_value_info(node.name, self.kinds[node.name], None)
            for node in self.graph.nodes
        ]
        made = helper.make_graph(self.nodes, "plain", inputs, outputs, self.initializers)
        opset = [helper.make_opsetid("", OPSET)]
        return helper.make_model(made, opset_imports=opset, ir_version=10)

    # --- nodes --------------------------------------------------------------------------------

    def _conv(self, node: IntNode) -> None:
        (source,) = node.inputs
        ((name, weights),) = node.params.items()
        constant = self._constant(f"{node.name}_{name}", weights)
        bound = _total(node) * self.largest[source]
        _check(node, bound)
        self.largest[node.name] = min(bound, max(abs(node.lo), abs(node.hi)))
        if bound < FLOAT32_LIMIT:
            given = self._cast(source, _FLOAT, f"{node.name}_in")
            self._add(node.onnx_op, [given, constant], node.name, **node.attrs)
            self.kinds[node.name] = _FLOAT
            return
        bits = _part_bits(node)
        count = -(-(self.largest[source].bit_length() + 1) // bits)
        rest, terms = self._cast(source, _DOUBLE, f"{node.name}_in"), []
        for index in range(count):
            part, stem = rest, f"{node.name}_part{index}"
            if index + 1 < count:  # the lowest bits; the last part takes the sign
                divisor = self._constant(f"{stem}_size", np.float64(1 << bits))
                scaled = self._add("Div", [rest, divisor], f"{stem}_scaled")
                above = self._add("Floor", [scaled], f"{stem}_above")
                back = self._add("Mul", [above, divisor], f"{stem}_back")
                part, rest = self._add("Sub", [rest, back], f"{stem}_low"), above
            narrow = self._add("Cast", [part], f"{stem}_narrow", to=_FLOAT)
            sums = self._add(node.onnx_op, [narrow, constant], f"{stem}_sums", **node.attrs)
            wide = self._add("Cast", [sums], f"{stem}_wide", to=_DOUBLE)
            weight = self._constant(f"{stem}_weight", np.float64(1 << bits * index))
            terms.append(self._add("Mul", [wide, weight], f"{stem}_term"))
        self._add("Sum", terms, node.name)
        self.kinds[node.name] = _DOUBLE

    def _thresholds(self, node: IntNode) -> None:
        table, (source,) = node.params["thresholds"], node.inputs
        kind = np.float64 if self.kinds[source] == _DOUBLE else np.float32
        if kind == np.float32:  # no integer of the input is beyond
            table = np.clip(table, -FLOAT32_LIMIT, FLOAT32_LIMIT)
        self.kinds[node.name] = _FLOAT
        self.largest[node.name] = max(abs(node.lo), abs(node.hi))
        if table.shape[1] > self.most_compared:
            whole = np.broadcast_to(table, (node.shape[0], table.shape[1]))
            return self._search(node, whole.astype(kind))
        terms = []
        for level in range(table.shape[1]):
            value = self._constant(
                f"{node.name}_t{level}", table[:, level].reshape(1, -1, 1, 1).astype(kind)
            )
            reached = self._add("GreaterOrEqual", [source, value], f"{node.name}_ge{level}")
            terms.append(self._add("Cast", [reached], f"{node.name}_c{level}", to=_FLOAT))
        terms.append(self._constant(f"{node.name}_bias", [[[[node.attrs["out_bias"]]]]]))
        total = terms[0]
        for index, term in enumerate(terms[1:]):
            last = index == len(terms) - 2
            total = self._add("Add", [total, term], node.name if last else f"{node.name}_s{index}")
        return None

    def _search(self, node: IntNode, table: Any) -> None:
        """The count of thresholds bit by bit: table (C, n), of the input's type."""
        (source,), (channels, count) = node.inputs, table.shape
        bits = int(count).bit_length()
        size = 1 << bits  # those that are missing are reached by nothing
        filled = np.full((channels, size), np.inf, table.dtype)
        filled[:, :count] = table
        flat = self._constant(f"{node.name}_table", filled.reshape(-1))
        # the place of the threshold in front of which the count is, from that of the channel on
        place = self._integers(
            f"{node.name}_place", (np.arange(channels) * size - 1).reshape(1, -1, 1, 1)
        )
        start = place
        for bit in reversed(range(bits)):
            stem = f"{node.name}_bit{bit}"
            step = self._integers(f"{stem}_step", np.array(1 << bit))
            middle = self._add("Add", [place, step], f"{stem}_middle")
            value = self._add("Gather", [flat, middle], f"{stem}_value")
            reached = self._add("GreaterOrEqual", [source, value], f"{stem}_reached")
            place = self._add("Where", [reached, middle, place], f"{stem}_place")
        bias = self._integers(f"{node.name}_bias", np.array(node.attrs["out_bias"]))
        found = self._add("Sub", [place, start], f"{node.name}_count")
        level = self._add("Add", [found, bias], f"{node.name}_level")
        self._add("Cast", [level], node.name, to=_FLOAT)

    def _requant(self, node: IntNode) -> None:
        """Levels by int64: the product in two parts where its lowest bits are left out."""
        form, name = MultiplyShift.of_node(node), node.name
        self.kinds[name], self.largest[name] = _FLOAT, max(abs(node.lo), abs(node.hi))
        x = self._add("Cast", node.inputs, f"{name}_whole", to=TensorProto.INT64)
        factors = self._integers(f"{name}_factors", form.factors.reshape(1, -1, 1, 1))
        split = SPLIT if form.drop >= SPLIT else 0
        high = self._shifted(x, split, f"{name}_upper")
        product = self._add("Mul", [high, factors], f"{name}_product")
        if split:
            size = self._integers(f"{name}_split", np.array(1 << split))
            back = self._add("Mul", [high, size], f"{name}_back")
            low = self._add("Sub", [x, back], f"{name}_lower")
            low = self._add("Mul", [low, factors], f"{name}_lower_product")
            low = self._shifted(low, split, f"{name}_carry")
            product = self._add("Add", [product, low], f"{name}_both")
        product = self._shifted(product, form.drop - split, f"{name}_dropped")
        parts = []
        for part in range(form.offsets.shape[1]):
            stem = f"{name}_part{part}"
            offset = self._integers(f"{stem}_offset", form.offsets[:, part].reshape(1, -1, 1, 1))
            total = self._add("Add", [product, offset], f"{stem}_sum")
            parts.append(self._shifted(total, form.shift, f"{stem}_level"))
        level = parts[0] if len(parts) == 1 else self._add("Add", parts, f"{name}_level")
        # onnxruntime's Clip, Min and Max of int64 look at the lowest 32 bits alone
        wide = self._add("Cast", [level], f"{name}_wide", to=_DOUBLE)
        limits = [
            self._constant(f"{name}_{end}", np.float64(limit))
            for end, limit in (("least", form.low), ("most", form.high))
        ]
        held = self._add("Clip", [wide, *limits], f"{name}_held")
        self._add("Cast", [held], name, to=_FLOAT)

    def _shifted(self, tensor: str, bits: int, name: str) -> str:
        """An int64 tensor >> bits: ONNX shifts no signed numbers, and divides towards 0."""
        if not bits:
            return tensor
        size = self._integers(f"{name}_size", np.array(1 << bits))
        rest = self._add("Mod", [tensor, size], f"{name}_rest")  # of the divisor's sign
        even = self._add("Sub", [tensor, rest], f"{name}_even")
        return self._add("Div", [even, size], name)

    def _integers(self, name: str, value: Any) -> str:
        """A constant of int64."""
        self.initializers.append(numpy_helper.from_array(np.asarray(value, np.int64), name))
        return name

    def _numbers(self, node: IntNode) -> None:
        inputs = list(node.inputs)
        inputs += [self._integers(f"{node.name}_{name}", v) for name, v in node.params.items()]
        made = node.onnx_node(inputs)
        made.output[-1] = f"{node.name}_number"
        self.nodes.append(made)
        self._add("Cast", [made.output[-1]], node.name, to=_FLOAT)
        self.kinds[node.name], self.largest[node.name] = _FLOAT, node.hi

    def _other(self, node: IntNode) -> None:
        """Operators whose inputs are of one type: float64 where one is, or where a sum needs it."""
        kind = max((self.kinds[name] for name in node.inputs), key=(_FLOAT, _DOUBLE).index)
        bound = max(self.largest[name] for name in node.inputs)
        if node.op == "Add":
            bound = sum(self.largest[name] for name in node.inputs)
        if node.op == "Product":
            bound = prod(self.largest[name] for name in node.inputs)
        if node.op == "Mul":
            bound = abs(int(node.params["factors"].item())) * self.largest[node.inputs[0]]
        if node.op == "Places":
            bound = int(node.params["places"].max()) * self.largest[node.inputs[0]]
        if node.op == "PlaceSum":
            bound += int(np.abs(node.params["summands"]).max())
        if node.op == "PlaceProduct":
            bound *= max(1, int(np.abs(node.params["gains"]).max()))
        _check(node, bound)
        self.largest[node.name] = bound
        if bound >= FLOAT32_LIMIT:
            kind = _DOUBLE
        inputs = [
            self._cast(name, kind, f"{node.name}_in{index}")
            for index, name in enumerate(node.inputs)
        ]
        held = np.float64 if kind == _DOUBLE else np.float32
        for name, value in node.params.items():
            inputs.append(self._constant(f"{node.name}_{name}", value.astype(held)))
        self._add(node.onnx_op, inputs, node.name, **node.attrs)
        self.kinds[node.name] = kind

    def _upsample(self, node: IntNode) -> None:
        """onnxruntime's Resize takes no float64: integers, where float32 does not hold them."""
        (source,) = node.inputs
        bound, kind = self.largest[source], self.kinds[source]
        self.largest[node.name], self.kinds[node.name] = bound, kind
        scales = self._constant(f"{node.name}_scales", node.params["scales"].astype(np.float32))
        attrs = node.onnx_attributes()
        if kind == _FLOAT:
            self._add("Resize", [source, "", scales], node.name, **attrs)
            return
        if bound >= 1 << 31:
            raise FlowError(
                f"node {node.name}: integers up to {bound}; expected less than 2^31 where pixels "
                "are repeated"
            )
        whole = self._add("Cast", [source], f"{node.name}_whole", to=TensorProto.INT32)
        made = self._add("Resize", [whole, "", scales], f"{node.name}_repeated", **attrs)
        self._add("Cast", [made], node.name, to=kind)

    def _gather(self, node: IntNode) -> None:
        (source,) = node.inputs
        name = f"{node.name}_indices"
        indices = numpy_helper.from_array(node.params["indices"], name)
        self.initializers.append(indices)
        self._add("Gather", [source, name], node.name, **node.attrs)
        self.kinds[node.name], self.largest[node.name] = self.kinds[source], self.largest[source]

    def _shuffle(self, node: IntNode) -> None:
        (source,) = node.inputs
        for name, sizes in node.shuffle_sizes().items():
            self.initializers.append(numpy_helper.from_array(sizes, name))
        self.nodes += node.shuffle_nodes()
        self.kinds[node.name], self.largest[node.name] = self.kinds[source], self.largest[source]

    def _embedding(self, node: IntNode) -> None:
        """Rows of the table, their elements brought to the axis of channels."""
        (source,), name = node.inputs, node.name
        table = self._constant(f"{name}_table", node.params["table"])
        index = self._add("Cast", [source], f"{name}_whole", to=TensorProto.INT64)
        rows = len(node.params["table"])
        if self.largest[source] >= rows:  # an index of no row gives row 0
            end, first = (self._integers(f"{name}_{n}", np.array(n)) for n in (rows, 0))
            is_row = self._add("Less", [index, end], f"{name}_is_row")
            index = self._add("Where", [is_row, index, first], f"{name}_index")
        found = self._add("Gather", [table, index], f"{name}_rows", axis=0)
        moved = self._add("Transpose", [found], f"{name}_moved", perm=[0, 4, 2, 3, 1])
        axes = self._integers(f"{name}_axes", np.array([4]))
        self._add("Squeeze", [moved, axes], name)
        self.kinds[name], self.largest[name] = _FLOAT, max(abs(node.lo), abs(node.hi))

    # --- parts --------------------------------------------------------------------------------

    def _constant(self, name: str, value: Any) -> str:
        array = np.asarray(value)
        held = array if array.dtype == np.float64 else array.astype(np.float32)
        self.initializers.append(numpy_helper.from_array(held, name))
        return name

    def _cast(self, tensor: str, kind: int, name: str) -> str:
        """The tensor in a type."""
        if self.kinds[tensor] == kind:
            return tensor
        return self._add("Cast", [tensor], name, to=kind)

    def _add(self, op: str, inputs: list[str], result: str, **attrs: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [result], **attrs))
        return result
