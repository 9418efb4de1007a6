"""Step to_hardware: the integer graph becomes a dataflow graph of FINN operators, NHWC.

Each convolution becomes padding, sliding window and MVAU (as far as it needs them), a threshold
behind it goes into the MVAU, a grouped convolution of ones becomes the group sum. A tensor of
several readers goes through a fork. Tensors keep the names of the integer graph, so that every
layer boundary can be compared by name.
"""

from collections.abc import Callable, Collection
from math import gcd, prod
from typing import Any

import numpy as np
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.step import Step
from flows.errors import FlowError
from flows.graph.dataflow_moves import DataflowMoves
from flows.graph.integer_graph import (
    EMBEDDING,
    FACTORED,
    NUMBERING,
    REQUANT,
    IntNode,
    from_onnx,
)
from flows.graph.pack_pixels import pack_pixels
from flows.graph.windows import windows_of
from flows.graph.writable import writable_nodes, written_weights
from hw.datatypes import integer_type
from hw.ops.add_streams import exact_sum
from hw.ops.elementwise_binary import held_by
from hw.ops.elementwise_constant import made_datatype
from hw.ops.mvau.loaded import any_acc_range
from hw.ops.pixel_scale import scaled_datatype
from hw.ops.stream_pool import MAXIMUM, SUM, joined_datatype
from hw.ops.weight_coding import WeightGrid
from hw.ops.writable import WRITABLE

#: Operators of two tensors but the sum: the hardware's, and what it does.
_OF_TWO = {
    "Product": ("ElementwiseMul", "mul"),
    "Max": ("ElementwiseMax", "max"),
    "Min": ("ElementwiseMin", "min"),
}


def to_hardware(
    model: ModelWrapper, pixels_per_clock: float = 1, writable: Collection[str] = ()
) -> ModelWrapper:
    """Dataflow graph of abstract operators (FINN's SpecializeLayers comes later), all lanes 1.

    pixels_per_clock: above 1, the first layers work on packed pixels (``pack_pixels``). writable:
    names of nodes whose weights and thresholds are written while it runs: types are as wide as any
    of them need.
    Raises FlowError, naming the node, for what has no operator.
    """
    mapper = _Mapper(pack_pixels(from_onnx(model), pixels_per_clock))
    mapper.writable = frozenset(writable)
    return mapper.run()


class _Mapper(DataflowMoves):
    writable: frozenset[str] = frozenset()

    def run(self) -> ModelWrapper:
        makers: dict[str, Callable[[IntNode], None]] = {
            "Add": self._sum,
            **dict.fromkeys(NUMBERING, self._numbers),
            "ChannelSum": self._group_sum,
            "Spread": self._spread,
            "Concat": self._concat,
            "Conv": self._layer,
            EMBEDDING: self._embedding,
            "Gather": self._part,
            "Max": self._of_two,
            "MaxPool": self._pool,
            "Min": self._of_two,
            "Mul": self._factor,
            "PlaceProduct": self._with_constants,
            "Places": self._places,
            "PlaceSum": self._with_constants,
            "Product": self._of_two,
            "Shuffle": self._shuffle,
            "SumPool": self._pool,
            "Upsample": self._upsample,
            "MultiThreshold": self._threshold,
            REQUANT: self._requant,
            "View": self._view,
        }
        for node in self.graph.nodes:
            if node.op not in makers:
                raise FlowError(f"node {node.origin} ({node.op}): has no hardware operator")
            if node.name not in self.shapes:  # thresholds may be a part of a unit
                makers[node.op](node)
        if not self.nodes:
            raise FlowError("the network has no layer to build")
        return self._model()

    def _layer(self, conv: IntNode) -> None:
        self._convolution(conv, self._threshold_behind(conv))

    def _threshold_behind(self, conv: IntNode) -> IntNode | None:
        """Thresholds that are all that reads a convolution: they become a part of its unit."""
        if self.readers.get(conv.name) != 1 or conv.name in self.graph.outputs:
            return None
        reader = next(node for node in self.graph.nodes if conv.name in node.inputs)
        return reader if reader.op == "MultiThreshold" else None

    # --- one layer each -----------------------------------------------------------------------

    def _convolution(self, conv: IntNode, threshold: IntNode | None) -> None:
        weights = conv.params["weights"]
        rows, _, height, width = weights.shape
        groups = conv.attrs.get("group", 1)
        of_groups = {"Groups": groups, "Kernel": [height, width]} if groups > 1 else {}
        stream = self._padded(conv.name, conv.inputs[0], conv.attrs["pads"])
        seen = self._seen(stream)[1]
        if groups == 1 and conv.shape[1:] == (1, 1) and seen[1:3] == (height, width):
            # one output pixel of the whole stream, which holds it in the order of the weights
            view = f"{conv.name}_whole"
            count = height * width * weights.shape[1]
            self.views[view] = (self._seen(stream)[0], (1, 1, 1, count))
            self.types[view] = self.types[stream]
            stream = view
        elif (height, width) != (1, 1) or conv.attrs["strides"] != [1, 1]:
            window = f"{conv.name}_window"
            shape = (1, *conv.shape[1:], height * width * weights.shape[1] * groups)
            if groups > 1:  # a group's channels come together
                of_groups |= {"window_taps": height * width, "window_simd": 1}
            self._add(
                "SlidingWindow", window, stream, window, shape, self.types[stream],
                KernelSize=[height, width], Stride=conv.attrs["strides"],
                Dilation=conv.attrs.get("dilations", [1, 1]), depthwise=int(groups > 1),
                SIMD=1, parallel_window=0,
            )  # fmt: skip
            stream = window
        matrix = weights.transpose(2, 3, 1, 0).reshape(-1, rows)
        inputs = [self._constant(f"{conv.name}_weights", matrix)]
        last = threshold or conv
        kind = integer_type(last.lo, last.hi)
        name, given = f"{conv.name}_mvau", DataType[self.types[stream]]
        grids = written_weights(self.graph, conv, matrix) if name in self.writable else {}
        if threshold:
            inputs.append(
                self._constant(f"{threshold.name}_thresholds", threshold.params["thresholds"])
            )
        elif grids:
            low, high = min(0, int(given.min())), max(0, int(given.max()))
            whole = WeightGrid(*grids["weightGrid"])
            kind = integer_type(*any_acc_range(whole, len(matrix), low, high))
        else:
            kind = integer_type(*_bounds(matrix, given))
        self._add(
            "MultiLevelMVAU",
            name,
            stream,
            last.name,
            (1, *conv.shape[1:], rows),
            kind,
            inputs,
            MW=matrix.shape[0] * groups,
            MH=rows,
            SIMD=1,
            PE=1,
            weightDataType=integer_type(min(0, int(matrix.min())), int(matrix.max())),
            noActivation=int(threshold is None),
            ActVal=threshold.attrs["out_bias"] if threshold else 0,
            **({"copies": conv.attrs["copies"]} if "copies" in conv.attrs else {}),
            **of_groups,
            **grids,
        )

    def _embedding(self, node: IntNode) -> None:
        (source,), table = node.inputs, node.params["table"]
        shape = (1, *node.shape[1:], node.shape[0])
        kind = integer_type(node.lo, node.hi)
        rows = [self._constant(f"{node.name}_table", table)]
        self._put(
            "Lookup", node.name, [source], node.name, shape, kind, rows, PE=1,
            NumEmbeddings=len(table), EmbeddingDim=table.shape[1], EmbeddingType=kind,
            InputType=self.types[source], InputShape=list(shape[:-1]), inFIFODepths=[2],
        )  # fmt: skip

    def _group_sum(self, node: IntNode) -> None:
        group = node.params["ones"].shape[1]
        channels, height, width = node.shape
        dtype = DataType[self.types[node.inputs[0]]]
        kind = integer_type(int(dtype.min()) * group, int(dtype.max()) * group)
        self._add(
            "GroupSum",
            node.name,
            node.inputs[0],
            node.name,
            (1, height, width, channels),
            kind,
            Group=group,
            SIMD=group,
        )

    def _threshold(self, node: IntNode) -> None:
        channels, height, width = node.shape
        table = self._constant(f"{node.name}_thresholds", node.params["thresholds"])
        self._add(
            "StreamThresholding",
            node.name,
            node.inputs[0],
            node.name,
            (1, height, width, channels),
            integer_type(node.lo, node.hi),
            [table],
            PE=1,
            ActVal=node.attrs["out_bias"],
            **({WRITABLE: 1} if node.name in self.writable else {}),
        )

    def _requant(self, node: IntNode) -> None:
        (channels, height, width), settings = node.shape, node.attrs
        line = [self._constant(f"{node.name}_{key}", value) for key, value in node.params.items()]
        self._add(
            "StreamRequant", node.name, node.inputs[0], node.name, (1, height, width, channels),
            integer_type(settings["low"], settings["high"]), line, PE=1,
            **{key.capitalize(): int(settings[key]) for key in ("drop", "shift", "low", "high")},
        )  # fmt: skip

    def _sum(self, node: IntNode) -> None:
        channels, height, width = node.shape
        kinds = [DataType[self.types[name]] for name in node.inputs]
        factors = [self.factors.get(name, 1) for name in node.inputs]
        self._add(
            "AddStreams",
            node.name,
            node.inputs,
            node.name,
            (1, height, width, channels),
            exact_sum(kinds[0], kinds[1], (factors[0], factors[1])).name,
            PE=1,
            secondDataType=kinds[1].name,
            Factors=factors,
        )

    def _of_two(self, node: IntNode) -> None:
        """A product, maximum or minimum."""
        channels, height, width = node.shape
        shape = (1, height, width, channels)
        kinds = [self.types[name] for name in node.inputs]
        factors = [self.factors.get(name, 1) for name in node.inputs]
        op, what = _OF_TWO[node.op]
        kind = held_by(what, [DataType[name] for name in kinds], (factors[0], factors[1])).name
        self._put(
            op, node.name, node.inputs, node.name, shape, kind, PE=1, lhs_shape=shape,
            rhs_shape=shape, out_shape=shape, lhs_dtype=kinds[0], rhs_dtype=kinds[1],
            out_dtype=kind, Factors=factors, inFIFODepths=[2, 2],
        )  # fmt: skip

    def _concat(self, node: IntNode) -> None:
        shapes = [self._seen(name)[1] for name in node.inputs]
        kinds = [DataType[self.types[name]] for name in node.inputs]
        low, high = min(int(k.min()) for k in kinds), max(int(k.max()) for k in kinds)
        _, height, width, _ = shapes[0]
        shape = (1, height, width, sum(shape[-1] for shape in shapes))
        self._put(
            "StreamingConcat", node.name, node.inputs, node.name, shape, integer_type(low, high),
            SIMD=1, ChannelsPerStream=[shape[-1] for shape in shapes],
            inputDataTypes=[kind.name for kind in kinds], numInputVectors=list(shapes[0][:-1]),
            inFIFODepths=[2] * len(shapes),
        )  # fmt: skip

    def _factor(self, node: IntNode) -> None:
        """Let the one that reads a tensor times a factor read the tensor itself, and multiply."""
        (source,) = node.inputs
        if any(n.op not in FACTORED for n in self.graph.nodes if node.name in n.inputs):
            raise FlowError(f"node {node.origin}: a product that is no operand of a sum")
        self.factors[node.name] = int(node.params["factors"].item())
        self.views[node.name] = self._seen(source)
        self.types[node.name] = self.types[source]

    def _numbers(self, node: IntNode) -> None:
        source, kind = node.inputs[0], integer_type(node.lo, node.hi)
        least = int(node.op == "ArgMin" or not node.attrs.get("largest", 1))
        asked = {"Labels": self._seen(source)[1][3], "K": node.shape[0], "Least": least}
        self._alone("LabelSelect", node, source, kind, PE=1, **asked)

    def _pool(self, node: IntNode) -> None:
        """A maximum, or a sum, over windows; one operator for windows side by side."""
        source, is_maximum = node.inputs[0], node.op == "MaxPool"
        _, height, width, _ = self._seen(source)[1]
        windows, pixels = windows_of(node.attrs, (height, width)), node.attrs.get("pixels", 1)
        pads = windows.fitting_pads if pixels == 1 else tuple(node.attrs["pads"])
        # a border of the least number never is a window's maximum
        fill = int(DataType[self.types[source]].min()) if is_maximum else 0
        stream = self._padded(node.name, source, list(pads), fill)
        given = DataType[self.types[stream]]
        function, count = MAXIMUM if is_maximum else SUM, prod(windows.kernel)
        kind = joined_datatype(given, function, count).name
        # of one window alone it does not matter how far the next one would be
        apart = windows.kernel == windows.strides or windows.is_whole
        side_by_side = apart and windows.dilations == (1, 1)
        if is_maximum and side_by_side:
            attrs = {"KernelSize": windows.kernel, "Pixels": pixels}
            self._alone("StreamMaxPool", node, stream, kind, PE=1, **attrs)
        elif windows.is_whole:
            self._alone("GlobalAccPool", node, stream, kind, PE=1)
        else:
            attrs = {"KernelSize": windows.kernel, "Stride": windows.strides}
            attrs |= {"Dilation": windows.dilations, "Function": function}
            self._alone("StreamPool", node, stream, kind, PE=1, **attrs)

    def _places(self, node: IntNode) -> None:
        """Factors of rows and columns, whose products are those of the pixels."""
        places = node.params["places"][0, 0]
        columns = places[0] // gcd(*places[0].tolist())
        rows = places[:, 0] // columns[0]
        given = DataType[self.types[node.inputs[0]]]
        kind = scaled_datatype(given, rows, columns).name
        rows, columns = rows.tolist(), columns.tolist()
        self._alone("PixelScale", node, node.inputs[0], kind, PE=1, Rows=rows, Columns=columns)

    def _with_constants(self, node: IntNode) -> None:
        """A sum or product with a constant of each place, or of each place of every row."""
        (source,), (table,) = node.inputs, node.params.values()
        rows = table[0].transpose(1, 2, 0)
        rows = rows[:1] if np.all(rows == rows[:1]) else rows
        constants = DataType[integer_type(min(0, int(rows.min())), int(rows.max()))]
        operation = "add" if node.op == "PlaceSum" else "mul"
        factor = self.factors.get(source, 1)
        kind = made_datatype(operation, DataType[self.types[source]], constants, factor).name
        channels, height, width = node.shape
        self._add(
            "ElementwiseConstant", node.name, source, node.name, (1, height, width, channels),
            kind, [self._constant(f"{node.name}_table", rows)], PE=1, Operation=operation,
            Factor=factor, constantDataType=constants.name,
        )  # fmt: skip

    def _padded(self, layer: str, stream: str, pads: list[int], fill: int = 0) -> str:
        """Stream with a border (top, left, bottom, right) of fill in front of layer, if any.

        A stream that is spread apart gets the zeros between its pixels too.
        """
        stride = self.strides.get(stream, [1, 1])
        if not any(pads) and stride == [1, 1]:
            return stream
        batch, height, width, channels = self._seen(stream)[1]
        height, width = (height - 1) * stride[0] + 1, (width - 1) * stride[1] + 1
        top, left, bottom, right = pads
        shape = (batch, height + top + bottom, width + left + right, channels)
        self._add(
            "StreamPad",
            f"{layer}_pad",
            stream,
            f"{layer}_pad",
            shape,
            self.types[stream],
            None,
            Padding=pads,
            Stride=stride,
            SIMD=1,
            **({"Fill": fill} if fill else {}),
        )
        return f"{layer}_pad"


def _bounds(matrix: Any, dtype: Any) -> tuple[int, int]:
    """Range of x @ matrix for x of dtype (zero included, for padding)."""
    lo, hi = min(0, int(dtype.min())), max(0, int(dtype.max()))
    positive, negative = matrix.clip(min=0).sum(0), matrix.clip(max=0).sum(0)
    return (
        int((positive * lo + negative * hi).min()),
        int((positive * hi + negative * lo).max()),
    )


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    made = to_hardware(model, build.config.pixels_per_clock)
    if writable := writable_nodes(build.config, made):
        made = to_hardware(model, build.config.pixels_per_clock, writable)
    return made


STEP = Step(StepName.TO_HARDWARE, _run)
