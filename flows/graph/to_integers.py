"""QONNX network -> integer graph: scales, biases and normalization become thresholds.

The network is walked once in topological order. Each tensor is known as an integer tensor and a
per-channel monotone map from those integers to the tensor's real values (``ChannelMap``).
Convolutions and pools act on the integers; scales, biases, batch normalization and activation
functions only extend the map; a quantizer ends it: map and quantizer become the thresholds of a
``MultiThreshold``. Where a map falls, the producing convolution's weights of that channel change
sign. What is left of the map at each of the network's outputs is its decoding (``decodings.py``):
``output_scale`` and ``output_bias`` in the graph's metadata, real = scale * integer + bias.

The input integer k stands for the value k * input_scale (``input_scale.py`` says where that and
the integers' type are from): uint8 pixels go in as they are.
"""

import numpy as np
from onnx import NodeProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.general.intquant import resolve_rounding_mode

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, FloatArray, Levels, Quantizer, thresholds
from flows.graph.convolutions import Convolutions
from flows.graph.correspondence import Counterpart, candidates, kept
from flows.graph.decodings import Decoding, write_decodings
from flows.graph.elementwise import FUNCTIONS
from flows.graph.input_scale import scale_of_input
from flows.graph.input_type import MAX_BITS
from flows.graph.integer_builder import IntegerBuilder, Value, where
from flows.graph.integer_graph import IntGraph, IntNode
from flows.graph.quantize_any import quantize_any
from flows.graph.stand_ins import StandIns
from flows.graph.truncation import Truncations
from flows.obstacles import Obstacles


def to_integers(
    model: ModelWrapper, input_scale: float | None = None, input_type: str | None = None
) -> IntGraph:
    """Integer graph of a cleaned QONNX model with one image input (1, C, H, W).

    Raises FlowError with the node's name and the reason for whatever is not supported.
    """
    return to_integers_with_counterparts(model, input_scale, input_type)[0]


def to_integers_with_counterparts(
    model: ModelWrapper, input_scale: float | None = None, input_type: str | None = None
) -> tuple[IntGraph, list[Counterpart]]:
    """``to_integers``, and what in the integer graph stands for which tensor of the model."""
    walk = _Walk(model, input_scale, input_type)
    return walk.run(), walk.counterparts


def metadata_of(model: ModelWrapper) -> dict[str, str]:
    """The strings that a model carries, those of the file and those of its graph."""
    props = [*model.model.metadata_props, *model.graph.metadata_props]
    return {prop.key: prop.value for prop in props}


class _Walk(Convolutions, Truncations):
    def __init__(
        self, model: ModelWrapper, input_scale: float | None, input_type: str | None
    ) -> None:
        self.model = model
        if len(model.graph.input) != 1 or not len(model.graph.output):
            raise FlowError(
                f"the model has {len(model.graph.input)} inputs and {len(model.graph.output)} "
                "outputs; expected one image in, one tensor or more out"
            )
        self.input_name = model.graph.input[0].name
        shape = model.get_tensor_shape(self.input_name)
        if shape is None or len(shape) != 4 or shape[0] != 1 or min(shape) < 1:
            raise FlowError(
                f"input {self.input_name} has shape {shape}; expected (1, C, H, W), all fixed"
            )
        self.graph = IntGraph((int(shape[1]), int(shape[2]), int(shape[3])))
        self.graph.metadata = metadata_of(model)
        scale = scale_of_input(model, input_scale, input_type)
        self.graph.metadata |= scale.metadata()
        self.values = {self.input_name: Value("input", ChannelMap().then("mul", scale.scale))}
        self.builder = IntegerBuilder(self.graph)
        self.counterparts: list[Counterpart] = []

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
        value: Value = handler(node)
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
        found = candidates(self.values, self.builder)
        self.builder.finish(outputs)
        self.counterparts = kept(found, self.graph.nodes)
        write_decodings(self.graph.metadata, decodings)

    def _leaving(self, tensor: str) -> tuple[str, FloatArray, FloatArray]:
        """(integers, scale, bias) of an output, of each channel."""
        if tensor not in self.values:
            raise FlowError(f"output {tensor} does not depend on the input")
        value = self.builder.emit_pools(self.values[tensor], tensor)
        affine = value.map.affine()
        if affine is None:
            raise FlowError(
                f"output {tensor}: a function that is not affine follows the last layer; leave it "
                "out of the network and apply it when decoding"
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
        if np.any(scale <= 0) or bits.item() != int(bits.item()) or not 1 <= bits.item() <= 16:
            raise FlowError(f"{where(node)}: expected a positive scale and 1 to 8 bits")
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
        if not self._keeps_input(value, quantizer):
            if bits.item() > 8:
                raise FlowError(
                    f"{where(node)}: {bits.item():g} bits; expected 1 to 8, or 1 to {MAX_BITS} "
                    "where it quantizes the input itself"
                )
            if abs(zero.item()) > 255:
                raise FlowError(f"{where(node)}: zero point {zero.item():g}; expected -255 to 255")
        return self._quantize(node, value, quantizer)

    _on_intquant = _on_quant

    def _on_bipolarquant(self, node: NodeProto) -> Value:
        value = self._value(node)
        scale = self._column(node, 1, value)
        if np.any(scale <= 0):
            raise FlowError(f"{where(node)}: expected a positive scale")
        return self._quantize(node, value, Quantizer.bipolar_quant(scale))

    def _keeps_input(self, value: Value, quantizer: Levels) -> bool:
        """Whether value is the input, and the quantizer gives each of its integers itself."""
        kind = self.graph.input_type
        if value.name != "input" or (quantizer.lowest, quantizer.highest) != (kind.lo, kind.hi):
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
        if not 1 <= table.shape[1] < 256:
            raise FlowError(
                f"{where(node)}: {table.shape[1]} thresholds a channel; expected 1 to 255"
            )
        return self._quantize(node, value, Quantizer.multi_threshold(table, scale, bias))

    def _on_integerrange(self, node: NodeProto) -> Value:
        value = self._value(node)
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        lowest, highest = int(attrs["lowest"]), int(attrs["highest"])
        if highest - lowest > 255:
            raise FlowError(f"{where(node)}: {highest - lowest + 1} levels; expected at most 256")
        scale = self._column(node, 1, value)
        return self._quantize(node, value, Quantizer.integer_range(scale, lowest, highest))

    def _quantize(self, node: NodeProto, value: Value, quantizer: Levels) -> Value:
        if self._keeps_input(value, quantizer):
            return Value(value.name, quantizer.rescaled(), value.pools)
        if not value.map.is_monotone:
            return quantize_any(self.builder, node, value, quantizer)
        lo, hi = self.builder.range(value.name)
        value = self.builder.make_rising(value, lo, hi, where(node))
        lo, hi = self.builder.range(value.name)
        shape = self.builder.shape(value.name)
        table = thresholds(value.map, quantizer, lo, hi, shape[0])
        rescale = quantizer.rescaled()
        if quantizer.lowest == lo and quantizer.highest == hi:
            steps = np.arange(lo + 1, hi + 1)  # few: as many as levels
            if np.array_equal(table, np.tile(steps, (shape[0], 1))):
                return Value(value.name, rescale, value.pools)
        if np.all(table == table[:1]):
            table = table[:1]
        made = IntNode(
            "MultiThreshold",
            "",
            [value.name],
            shape,
            quantizer.lowest,
            quantizer.highest,
            node.name,
            {"out_bias": quantizer.lowest},
            {"thresholds": table},
        )
        return Value(self.builder.emit("act", made), rescale, value.pools)

    def _on_identity(self, node: NodeProto) -> Value:
        return self._value(node)

    _on_dropout = _on_identity
