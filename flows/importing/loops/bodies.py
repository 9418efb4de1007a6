"""The body of a loop written out, once a step."""

from collections.abc import Callable, Mapping

from onnx import GraphProto, NodeProto

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.importing.loops.names import graphs_of, reads, rename
from flows.importing.loops.writer import Writer
from flows.importing.node_order import in_order

Write = Callable[[NodeProto], None]


class Body:
    """A loop's graph. Nodes that no step changes are written once, and serve all steps."""

    def __init__(self, node: NodeProto, graph: GraphProto, writer: Writer, write: Write) -> None:
        self.label, self.graph, self.writer, self.write = where(node), graph, writer, write
        ordered, left = in_order(graph.node)
        self.nodes = ordered + left
        self.inputs = [info.name for info in graph.input]
        self.outputs = [info.name for info in graph.output]
        #: Tensors that are other ones each step.
        self.varying = set(self.inputs)
        for made in self.nodes:
            if self.varying & reads(made):
                self.varying.update(name for name in made.output if name)
        #: What the body calls tensors, and what they are called in the whole graph.
        self.shared: dict[str, str] = {}

    def begin(self) -> None:
        """Write what serves all steps."""
        for tensor in self.graph.initializer:
            if tensor.name not in self.inputs:
                self.shared[tensor.name] = self.writer.constant(tensor.name, tensor)
        for node in self.nodes:
            if not self.varying & reads(node):
                self._node(node, self.shared, "")

    def step(self, given: Mapping[str, str], number: int) -> list[str]:
        """Write a step; given: the tensors that its inputs are. Returns those its outputs are."""
        names = {**self.shared, **given}
        for node in self.nodes:
            if self.varying & reads(node):
                self._node(node, names, f"_step{number}")
        return [names.get(name, name) for name in self.outputs]

    def _node(self, node: NodeProto, names: dict[str, str], suffix: str) -> None:
        made = NodeProto()
        made.CopyFrom(node)
        made.name = f"{node.name or (node.output or [''])[0]}{suffix}"
        made.input[:] = [names.get(name, name) for name in node.input]
        for graph in graphs_of(made):
            rename(graph, names)
        for place, name in enumerate(node.output):
            if name:
                if suffix and name in self.inputs:
                    raise FlowError(f"{self.label}: its body makes {name}, which is its input")
                made.output[place] = self.writer.fresh(f"{name}{suffix}")
        names.update((n, m) for n, m in zip(node.output, made.output, strict=True) if n)
        self.write(made)
