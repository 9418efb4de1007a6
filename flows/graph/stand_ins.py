"""Going on behind a node that cannot be mapped, so that all such nodes are found at once.

Behind it stands an integer tensor of 8 bits that nothing is known of. Until the next quantizer a
fault may come of that alone, so operators of several tensors are passed over there.
"""

from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

from flows.graph.channel_map import ChannelMap
from flows.graph.integer_builder import UNKNOWN, IntegerBuilder, Value
from flows.graph.integer_graph import IntNode

QUANTIZERS = ("Quant", "BipolarQuant", "MultiThreshold", "IntegerRange", "Trunc")


class StandIns:
    """The tensors that stand in for others."""

    def __init__(self, model: ModelWrapper, builder: IntegerBuilder) -> None:
        self.model, self.builder = model, builder
        self.names: set[str] = set()
        self.missing: set[str] = set()  # not even their shape is known

    def skips(self, node: NodeProto, values: dict[str, Value]) -> bool:
        """Whether nothing can be said of a node; then its results stand in for themselves."""
        sources = [name for name in node.input if name in values]
        guessed = self.names.intersection(sources)
        if self.missing.intersection(node.input) or (guessed and len(sources) > 1):
            self.settle(node, None, values)
            return True
        return False

    def settle(self, node: NodeProto, value: Value | None, values: dict[str, Value]) -> None:
        """Take what was made of a node, or a stand-in where value is None."""
        name = node.output[0]
        guessed = bool(self.names.intersection(node.input))
        if value is not None:
            values[name] = value
            if guessed and node.op_type not in QUANTIZERS:
                self.names.add(name)
            return
        shape = self.model.get_tensor_shape(name)
        if shape is None or len(shape) != 4 or min(shape) < 1:
            self.missing.add(name)
            return
        dims = (int(shape[1]), int(shape[2]), int(shape[3]))
        made = IntNode(UNKNOWN, "", [], dims, -128, 127, node.name, {"of": name})
        values[name] = Value(self.builder.emit("unknown", made), ChannelMap().then("mul", 1.0))
        self.names.add(name)
