"""A dataflow graph in the making: its tensors, nodes, forks, and the model of them in the end."""

from collections import Counter
from typing import Any

from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.util.basic import qonnx_make_model

from flows.graph.integer_graph import OPSET, IntGraph, IntNode
from flows.graph.moves import move_of
from hw.datatypes import float_container, integer_type
from hw.ops.base import Role
from hw.ops.registry import DOMAIN, the_one


class DataflowBuilder:
    """Nodes in the order in which they are added; tensors keep the integer graph's names.

    A tensor that several nodes read goes through a fork; each reader takes an output of its own.
    """

    def __init__(self, graph: IntGraph) -> None:
        self.graph = graph
        self.nodes: list[Any] = []
        self.initializers: dict[str, Any] = {}
        self.shapes: dict[str, tuple[int, int, int, int]] = {}
        self.types: dict[str, str] = {}
        self.views: dict[str, tuple[str, tuple[int, int, int, int]]] = {}  # tensor, shape seen
        self.factors: dict[str, int] = {}  # of operands of sums
        self.strides: dict[str, list[int]] = {}  # of tensors that are spread apart
        self.readers = _readers(graph)
        self.forks: dict[str, list[str]] = {}  # streams of a forked tensor that nothing reads yet
        for name, (channels, height, width) in graph.inputs.items():
            self._tensor(name, (1, height, width, channels), graph.type_of(name).name)
            self._fork(name)

    def _seen(self, stream: str) -> tuple[str, tuple[int, int, int, int]]:
        """Tensor that a stream is, and its shape as the reader sees it."""
        return self.views.get(stream) or (stream, self.shapes[stream])

    def _tensor(self, name: str, shape: tuple[int, int, int, int], kind: str) -> None:
        self.shapes[name] = shape
        self.types[name] = kind

    def _constant(self, name: str, value: Any) -> str:
        self.initializers[name] = value
        return name

    def _fork(self, name: str) -> None:
        """Let a tensor of several readers go through a fork, one output for each."""
        count = self.readers.get(name, 0)
        if count < 2:
            return
        shape, kind = self.shapes[name], self.types[name]
        made = [f"{name}_dup{index}" for index in range(count)]
        node = helper.make_node(
            the_one(Role.FORK).kind,
            [name],
            made,
            name=f"{name}_dup",
            domain=DOMAIN,
            backend="fpgadataflow",
            inputShape=list(shape),
            inputDataType=kind,
            outputDataType=kind,
            NumOutputStreams=count,
            inFIFODepths=[2],
            outFIFODepths=[2] * count,
        )
        self.nodes.append(node)
        for tensor in made:
            self._tensor(tensor, shape, kind)
        self.forks[name] = made

    def _take(self, stream: str) -> str:
        """Tensor that a reader of a stream gets: that itself, or the next output of its fork."""
        source = self._seen(stream)[0]
        return self.forks[source].pop(0) if source in self.forks else source

    def _add(
        self,
        op: str,
        name: str,
        sources: str | list[str],
        result: str,
        shape: tuple[int, int, int, int],
        kind: str,
        parameters: list[str] | None = None,
        **attrs: Any,
    ) -> None:
        sources = [sources] if isinstance(sources, str) else sources
        self._put(
            op,
            name,
            sources,
            result,
            shape,
            kind,
            parameters,
            inputShape=list(self._seen(sources[0])[1]),
            inputDataType=self.types[sources[0]],
            outputDataType=kind,
            **attrs,
        )

    def _put(
        self,
        op: str,
        name: str,
        sources: list[str],
        result: str,
        shape: tuple[int, int, int, int],
        kind: str,
        parameters: list[str] | None = None,
        **attrs: Any,
    ) -> None:
        """A node of these attributes and no others."""
        node = helper.make_node(
            op,
            [*map(self._take, sources), *(parameters or [])],
            [result],
            name=name,
            domain=DOMAIN,
            backend="fpgadataflow",
            **attrs,
        )
        self.nodes.append(node)
        self._tensor(result, shape, kind)
        self._fork(result)

    def _model(self) -> ModelWrapper:
        def info(name: str) -> Any:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, self.shapes[name])

        outputs = [info(self._take(name)) for name in self.graph.outputs]
        inputs = [info(name) for name in self.graph.inputs]
        made = helper.make_graph(self.nodes, "dataflow", inputs, outputs)
        model = ModelWrapper(qonnx_make_model(made, opset_imports=[helper.make_opsetid("", OPSET)]))
        for name, shape in self.shapes.items():
            model.set_tensor_shape(name, list(shape))
            model.set_tensor_datatype(name, DataType[self.types[name]])
        for name, value in self.initializers.items():
            model.set_initializer(name, float_container(value))
            kind = integer_type(min(0, int(value.min())), int(value.max()))
            model.set_tensor_datatype(name, DataType[kind])
        for key, text in self.graph.metadata.items():
            model.set_metadata_prop(key, text)
        return model.transform(InferDataTypes())  # the operators note their widths


def _readers(graph: IntGraph) -> dict[str, int]:
    """How many streams each tensor has to give; who reads a view or a product reads its input."""
    same = {name: name for name in graph.inputs}
    read = list(graph.outputs)
    for node in graph.nodes:
        is_stream = node.op not in ("View", "Mul") and not _only_seen_otherwise(graph, node)
        same[node.name] = node.name if is_stream else same[node.inputs[0]]
        read += node.inputs if is_stream else []
    return Counter(same[name] for name in read)


def _only_seen_otherwise(graph: IntGraph, node: IntNode) -> bool:
    """Whether a node moves no number of its stream: a reader sees that in another shape."""
    return node.op == "Shuffle" and move_of(node).is_in_order(graph.shape(node.inputs[0]))
