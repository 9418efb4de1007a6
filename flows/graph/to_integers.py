"""QONNX network -> integer graph: scales, biases and normalization become thresholds.

The network is walked once in topological order. Each tensor is known as an integer tensor and a
per-channel monotone map from those integers to the tensor's real values (``ChannelMap``).
Convolutions and pools act on the integers; scales, biases, batch normalization and activation
functions only extend the map; a quantizer ends it: map and quantizer become the thresholds of a
``MultiThreshold``. Where a map falls, the producing convolution's weights of that channel change
sign. What is left of the map at each of the network's outputs is its decoding (``decodings.py``):
``output_scale`` and ``output_bias`` in the graph's metadata, real = scale * integer + bias.

An input's integer k stands for the value k * input_scale (``input_scale.py`` says where that and
the integers' type are from): uint8 pixels go in as they are. Each input has its own.
"""

import numpy as np
from onnx import NodeProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.general.intquant import resolve_rounding_mode

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, FloatArray, IntArray, Levels, Quantizer, thresholds
from flows.graph.convolutions import Convolutions
from flows.graph.correspondence import Counterpart, candidates, kept
from flows.graph.decodings import Decoding, write_decodings
from flows.graph.elementwise import FUNCTIONS
from flows.graph.embeddings import Embeddings, quantized_table
from flows.graph.input_scale import Scales, Types, of_inputs, scale_of_input
from flows.graph.input_type import MAX_BITS
from flows.graph.inputs import NAMES, file_names, names_entry, suffix, tensor_name
from flows.graph.integer_builder import IntegerBuilder, Value, where
from flows.graph.integer_graph import IntGraph, IntNode
from flows.graph.many_levels import FEW_LEVELS, MAX_LEVELS, many_levels
from flows.graph.places import quantized, settled
from flows.graph.quantize_any import quantize_any
from flows.graph.stand_ins import StandIns
from flows.graph.truncation import Truncations
from flows.obstacles import Obstacles

#: Levels from which on a constant is added by a sum and not by thresholds.
MANY_MOVED = 31
#: Greatest zero point of a quantizer behind the input.
MOST_ZERO = 1 << MAX_BITS


def to_integers(
    model: ModelWrapper, input_scale: Scales = None, input_type: Types = None
) -> IntGraph:
    """Integer graph of a cleaned QONNX model with image inputs (1, C, H, W).

    Raises FlowError with the node's name and the reason for whatever is not supported.
    """
    return to_integers_with_counterparts(model, input_scale, input_type)[0]


def to_integers_with_counterparts(
    model: ModelWrapper, input_scale: Scales = None, input_type: Types = None
) -> tuple[IntGraph, list[Counterpart]]:
    """``to_integers``, and what in the integer graph stands for which tensor of the model."""
    walk = _Walk(model, input_scale, input_type)
    return walk.run(), walk.counterparts


def metadata_of(model: ModelWrapper) -> dict[str, str]:
    """The strings that a model carries, those of the file and those of its graph."""
    props = [*model.model.metadata_props, *model.graph.metadata_props]
    return {prop.key: prop.value for prop in props}


class _Walk(Convolutions, Embeddings, Truncations):
    def __init__(self, model: ModelWrapper, input_scale: Scales, input_type: Types) -> None:
        self.model = model
        names = [info.name for info in model.graph.input]
        if not names or not len(model.graph.output):
            raise FlowError(
                f"the model has {len(names)} inputs and {len(model.graph.output)} outputs; "
                "expected one or more of each"
            )
        self.graph = IntGraph({})
        self.graph.metadata = metadata_of(model)
        self.graph.metadata.pop(NAMES, None)  # what a file of other hands says means nothing
        self.graph.metadata |= names_entry(names)
        self.values: dict[str, Value] = {}
        scales = of_inputs("input_scale", input_scale, names)
        types = of_inputs("input_type", input_type, names)
        obstacles = Obstacles()
        for index, name in enumerate(names):
            with obstacles.noting():
                self._enter(name, tensor_name(index), scales.get(name), types.get(name))
        obstacles.check()
        self.builder = IntegerBuilder(self.graph)
        self.counterparts: list[Counterpart] = []

    def _enter(self, name: str, tensor: str, scale: float | None, kind: str | None) -> None:
        """Take an input of the file as a tensor of the graph. scale, kind: as configured."""
        shape = self.model.get_tensor_shape(name)
        if shape is None or len(shape) != 4 or shape[0] != 1 or min(shape) < 1:
            raise FlowError(f"input {name} has shape {shape}; expected (1, C, H, W), all fixed")
        self.graph.inputs[tensor] = (int(shape[1]), int(shape[2]), int(shape[3]))
        found = scale_of_input(self.model, scale, kind, name)
        self.graph.metadata |= found.metadata(suffix(tensor))
        self.values[name] = Value(tensor, ChannelMap().then("mul", found.scale))

    # --- the walk -----------------------------------------------------------------------------

    def run(self) -> IntGraph:
        """The integer graph. FlowError with every node that stands in the way."""
        obstacles = Obstacles()
        standing_in = StandIns(self.model, self.builder)
        for node in self.model.graph.node:
            if all(self.model.get_initializer(name) is not None for name in node.input):
                continue  # constants are folded by their consumers
            if standing_in.skips(node, self.values):
                continue
            value = None
            with obstacles.noting():
                value = self._handled(node)
            standing_in.settle(node, value, self.values)
        obstacles.check()
        self._finish(obstacles)
        return self.graph

    def _handled(self, node: NodeProto) -> Value:
        handler = getattr(self, f"_on_{node.op_type.lower()}", None)
        if handler is None and node.op_type in FUNCTIONS:
            handler = self._function
        if handler is None:
            raise FlowError(f"{where(node)}: operator {node.op_type} is not supported")
        waiting = self._settle_places(node)
        try:
            value: Value = handler(node)
        finally:
            self.values.update(waiting)
        return value

    def _finish(self, obstacles: Obstacles) -> None:
        outputs: list[str] = []
        decodings: list[Decoding] = []
        for info in self.model.graph.output:
            with obstacles.noting():
                name, scale, bias = self._leaving(info.name)
                if name not in outputs:
                    outputs.append(name)
                decodings.append(
                    Decoding(info.name, outputs.index(name), tuple(scale), tuple(bias))
                )
        obstacles.check()
        self._check_inputs(outputs)
        outputs = [self._passed(name) for name in outputs]
        found = candidates(self.values, self.builder)
        self.builder.finish(outputs)
        self.counterparts = kept(found, self.graph.nodes)
        write_decodings(self.graph.metadata, decodings)

    def _check_inputs(self, outputs: list[str]) -> None:
        """FlowError for an input beside others of which no integer of an output is made."""
        read = {*outputs, *(source for node in self.graph.nodes for source in node.inputs)}
        for tensor, name in file_names(self.graph.metadata).items():
            if len(self.graph.inputs) > 1 and tensor not in read:
                raise FlowError(f"input {name}: no output is made of it; leave it out of the file")

    def _passed(self, name: str) -> str:
        """An input beside others that leaves as it is: through a window of one pixel, so that a
        stream comes in and another goes out.
        """
        read = {source for node in self.graph.nodes for source in node.inputs}
        if len(self.graph.inputs) < 2 or name not in self.graph.inputs or name in read:
            return name
        attrs = {"kernel_shape": [1, 1], "strides": [1, 1], "pads": [0, 0, 0, 0]}
        low, high = self.graph.range(name)
        origin = file_names(self.graph.metadata)[name]
        shape = self.graph.shape(name)
        return self.builder.emit(
            "pass", IntNode("MaxPool", "", [name], shape, low, high, origin, attrs)
        )

    def _leaving(self, tensor: str) -> tuple[str, FloatArray, FloatArray]:
        """(integers, scale, bias) of an output, of each channel."""
        if tensor not in self.values:
            raise FlowError(f"output {tensor} does not depend on the input")
        value = self.builder.emit_pools(self.values[tensor])
        if value.places:
            value = settled(self.builder, None, value)
        affine = value.map.affine()
        if affine is None:
            raise FlowError(
                value.map.reason
                or f"output {tensor}: a function that is not affine follows the last layer; leave "
                "it out of the network and apply it when decoding"
            )
        channels = self.builder.shape(value.name)[0]
        scale, bias = (np.broadcast_to(part, (channels,)) for part in affine)
        return value.name, scale, bias

    # --- handlers -----------------------------------------------------------------------------

    def _on_quant(self, node: NodeProto) -> Value:
        value = self._value(node)
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        scale = self._column(node, 1, value)
        zero, bits = self._constant(node, 2), self._constant(node, 3)
        if zero.size != 1 or bits.size != 1 or zero.item() != int(zero.item()):
            raise FlowError(f"{where(node)}: zero point and bit width have to be one integer each")
        if (
            np.any(scale <= 0)
            or bits.item() != int(bits.item())
            or not 1 <= bits.item() <= MAX_BITS
        ):
            raise FlowError(
                f"{where(node)}: {bits.item():g} bits; expected a positive scale and whole numbers "
                f"of 1 to {MAX_BITS} bits"
            )
        if bits.item() == 1 and attrs.get("narrow", 0):
            raise FlowError(f"{where(node)}: a narrow quantizer of 1 bit has only one level")
        rounding = attrs.get("rounding_mode", b"ROUND").decode()
        try:
            resolve_rounding_mode(rounding)
        except ValueError as error:
            raise FlowError(f"{where(node)}: rounding mode {rounding} is not known") from error
        quantizer = Quantizer.quant(
            scale,
            int(zero.item()),
            int(bits.item()),
            bool(attrs.get("signed", 1)),
            bool(attrs.get("narrow", 0)),
            rounding,
        )
        if abs(zero.item()) > MOST_ZERO and not self._keeps_input(value, quantizer):
            raise FlowError(
                f"{where(node)}: zero point {zero.item():g}; expected -{MOST_ZERO} to {MOST_ZERO}"
            )
        return self._quantize(node, value, quantizer)

    _on_intquant = _on_quant

    def _on_bipolarquant(self, node: NodeProto) -> Value:
        value = self._value(node)
        scale = self._column(node, 1, value)
        if np.any(scale <= 0):
            raise FlowError(f"{where(node)}: expected a positive scale")
        return self._quantize(node, value, Quantizer.bipolar_quant(scale))

    def _keeps_input(self, value: Value, quantizer: Levels) -> bool:
        """Whether value is an input, and the quantizer gives each of its integers itself."""
        if value.name not in self.graph.inputs or value.places:
            return False
        kind = self.graph.type_of(value.name)
        if (quantizer.lowest, quantizer.highest) != (kind.lo, kind.hi):
            return False
        integers = np.arange(kind.lo, kind.hi + 1, kind.step)
        each = np.broadcast_to(integers, (self._shape(value)[0], len(integers)))
        return bool(np.all(quantizer(value.map(each)) == integers))

    def _on_multithreshold(self, node: NodeProto) -> Value:
        value = self._value(node)
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        table = self._constant(node, 1)
        scale, bias = float(attrs.get("out_scale", 1.0)), float(attrs.get("out_bias", 0.0))
        if scale == 0 or not np.isfinite([scale, bias]).all():
            raise FlowError(f"{where(node)}: out_scale {scale:g}, out_bias {bias:g}")
        if not 1 <= table.shape[1] < MAX_LEVELS:
            raise FlowError(
                f"{where(node)}: {table.shape[1]} thresholds a channel; expected 1 to "
                f"{MAX_LEVELS - 1}"
            )
        return self._quantize(node, value, Quantizer.multi_threshold(table, scale, bias))

    def _on_integerrange(self, node: NodeProto) -> Value:
        value = self._value(node)
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        lowest, highest = int(attrs["lowest"]), int(attrs["highest"])
        if highest - lowest >= MAX_LEVELS:
            raise FlowError(
                f"{where(node)}: {highest - lowest + 1} levels; expected at most {MAX_LEVELS}"
            )
        scale = self._column(node, 1, value)
        return self._quantize(node, value, Quantizer.integer_range(scale, lowest, highest))

    def _quantize_places(self, node: NodeProto, value: Value, quantizer: Levels) -> Value:
        """Thresholds behind a constant that differs by place."""
        is_few = quantizer.highest - quantizer.lowest < FEW_LEVELS and value.map.is_monotone
        found = quantized(self.builder, node, value, quantizer) if is_few else None
        if found is None:
            return self._quantize(node, settled(self.builder, node, value), quantizer)
        return Value(self._levels(node, *found, quantizer), quantizer.rescaled())

    def _quantize(self, node: NodeProto, value: Value, quantizer: Levels) -> Value:
        if value.places:
            return self._quantize_places(node, value, quantizer)
        if self._keeps_input(value, quantizer):
            return Value(value.name, quantizer.rescaled(), value.pools)
        if not value.pools and (found := quantized_table(self.builder, node, value, quantizer)):
            return found
        if not value.map.is_monotone:
            return quantize_any(self.builder, node, value, quantizer)
        lo, hi = self.builder.range(value.name)
        value = self.builder.make_rising(value, lo, hi)
        if found := quantized_table(self.builder, node, value, quantizer):
            return found
        if quantizer.highest - quantizer.lowest >= FEW_LEVELS:
            return many_levels(self.builder, node, value, quantizer)
        lo, hi = self.builder.range(value.name)
        shape = self.builder.shape(value.name)
        table = thresholds(value.map, quantizer, lo, hi, shape[0])
        rescale = quantizer.rescaled()
        if quantizer.lowest == lo and quantizer.highest == hi:
            steps = np.arange(lo + 1, hi + 1)  # few: as many as levels
            if np.array_equal(table, np.tile(steps, (shape[0], 1))):
                return Value(value.name, rescale, value.pools)
        if quantizer.highest - quantizer.lowest >= MANY_MOVED and self._moves(table, lo):
            return many_levels(self.builder, node, value, quantizer)
        return Value(self._levels(node, value.name, table, quantizer), rescale, value.pools)

    def _levels(self, node: NodeProto, name: str, table: IntArray, quantizer: Levels) -> str:
        """The levels of a tensor by thresholds (C, n); the name of what holds them."""
        if np.all(table == table[:1]):
            table = table[:1]
        made = IntNode(
            "MultiThreshold", "", [name], self.builder.shape(name), quantizer.lowest,
            quantizer.highest, node.name, {"out_bias": quantizer.lowest}, {"thresholds": table},
        )  # fmt: skip
        return self.builder.emit("act", made)

    def _moves(self, table: IntArray, lo: int) -> bool:
        """Whether thresholds count each integer: what they do is to add a constant."""
        return bool(np.all(table == lo + 1 + np.arange(table.shape[1])))

    def _on_identity(self, node: NodeProto) -> Value:
        return self._value(node)

    _on_dropout = _on_identity
