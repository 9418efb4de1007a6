"""Graphs of RTL operators by hand: nodes with named tensors; operators say shapes and types."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.util.basic import qonnx_make_model

import hw.ops  # noqa: F401 (registers the operators)
from hw.dataflow.graph import place
from hw.ops.registry import RTL_DOMAIN, operator_of


class GraphModel:
    """A graph that grows node by node; ``model`` makes it whole."""

    def __init__(
        self, shape: Sequence[int], datatype: str = "UINT4", inputs: Sequence[str] = ("x",)
    ):
        self.inputs = list(inputs)
        self.shapes = {name: tuple(shape) for name in inputs}
        self.types = dict.fromkeys(inputs, datatype)
        self.constants: dict[str, tuple[Any, str]] = {}
        self.nodes: list[Any] = []
        self.lanes: dict[str, int] = {}

    def add(
        self,
        op_type: str,
        sources: str | Sequence[str],
        name: str,
        *,
        outputs: Sequence[str] = (),
        constants: Sequence[tuple[Any, str]] = (),
        **params: Any,
    ) -> str:
        """Add a node of this name; its output is called as the node, unless outputs says more."""
        sources = [sources] if isinstance(sources, str) else list(sources)
        made = list(outputs) or [name]
        tables = [f"{name}_param{i}" for i in range(len(constants))]
        self.constants |= dict(zip(tables, constants, strict=True))
        node = helper.make_node(
            f"{op_type}_rtl", [*sources, *tables], made, name=name, domain=RTL_DOMAIN,
            backend="fpgadataflow", **params,
        )  # fmt: skip
        op = getCustomOp(node)
        known = op.get_nodeattr_types()
        if "inputShape" in known and "inputShape" not in params:
            op.set_nodeattr("inputShape", list(self.shapes[sources[0]]))
        if "inputDataType" in known and "inputDataType" not in params:
            op.set_nodeattr("inputDataType", self.types[sources[0]])
        if "secondDataType" in known:
            op.set_nodeattr("secondDataType", self.types[sources[1]])
        if "outputDataType" in known and "outputDataType" not in params:
            exact = getattr(op, "minimal_output_datatype", None)
            op.set_nodeattr("outputDataType", exact().name if exact else self.types[sources[0]])
        for index, tensor in enumerate(made):
            self.shapes[tensor] = tuple(op.get_normal_output_shape(index))
            self.types[tensor] = op.get_output_datatype(index).name
        self.nodes.append(node)
        return made[0]

    def fork(self, source: str, name: str, count: int = 2, lanes: int = 1) -> list[str]:
        """Add a DuplicateStreams; returns its outputs."""
        made = [f"{name}_{index}" for index in range(count)]
        self.add("DuplicateStreams", source, name, outputs=made, NumOutputStreams=count, PE=lanes)
        return made

    def join(self, first: str, second: str, name: str, lanes: int = 1) -> str:
        """Add an AddStreams."""
        return self.add("AddStreams", [first, second], name, PE=lanes)

    def fifo(self, source: str, name: str, depth: int, lanes: int = 1) -> str:
        """Add a StreamFIFO."""
        shape = self.shapes[source]
        folded = [*shape[:-1], shape[-1] // lanes, lanes]
        return self.add(
            "StreamFIFO", source, name, depth=depth, folded_shape=folded, normal_shape=list(shape),
            dataType=self.types[source],
        )  # fmt: skip

    def converter(self, source: str, name: str, lanes: int, wanted: int) -> str:
        """Add a StreamWidthConverter from beats of some lanes to beats of others."""
        shape, bits = list(self.shapes[source]), DataType[self.types[source]].bitwidth()
        return self.add(
            "StreamWidthConverter", source, name, inShape=shape, outShape=shape,
            inWidth=lanes * bits, outWidth=wanted * bits, dataType=self.types[source],
        )  # fmt: skip

    def window_sum(self, source: str, name: str, side: int = 3) -> str:
        """Add padding, a parallel window and the sum of its taps, of a tensor of one channel."""
        self.add("StreamPad", source, f"{name}_pad", Padding=[side // 2] * 4, SIMD=1)
        self.add("SlidingWindow", f"{name}_pad", f"{name}_window", KernelSize=[side] * 2,
                 Stride=[1, 1], SIMD=1, parallel_window=1)  # fmt: skip
        return self.add("GroupSum", f"{name}_window", name, Group=side**2, SIMD=side**2)

    def layer(
        self,
        source: str,
        name: str,
        lanes: int = 1,
        pe: int = 1,
        parallel: int = 0,
        rng: Any = None,
    ) -> str:
        """Add a padded 3 x 3 window and a unit of weights -1 and 1, as many rows as channels."""
        channels, datatype = self.shapes[source][3], DataType[self.types[source]]
        self.add("StreamPad", source, f"{name}_pad", Padding=[1] * 4, SIMD=lanes)
        self.add("SlidingWindow", f"{name}_pad", f"{name}_window", KernelSize=[3, 3],
                 Stride=[1, 1], SIMD=lanes, parallel_window=parallel)  # fmt: skip
        rng = np.random.default_rng(0) if rng is None else rng
        weights = rng.choice([-1, 1], (9 * channels, channels))
        reach = 9 * channels * max(abs(int(datatype.min())), int(datatype.max()))
        wide = f"INT{reach.bit_length() + 1}"
        return self.add(
            "MultiLevelMVAU", f"{name}_window", name, MW=9 * channels, MH=channels,
            SIMD=9 * lanes if parallel else lanes, PE=pe, noActivation=1, weightDataType="INT2",
            accDataType=wide, outputDataType=wide, weightCodeBits=1,
            window_taps=9 if parallel else 0, window_simd=lanes if parallel else 0,
            constants=[(weights, "BIPOLAR")],
        )  # fmt: skip

    def model(self, *outputs: str) -> ModelWrapper:
        """The whole graph."""

        def infos(names: Sequence[str]) -> list[Any]:
            return [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, list(self.shapes[name]))
                for name in names
            ]

        graph = helper.make_graph(self.nodes, "graph", infos(self.inputs), infos(outputs))
        model = ModelWrapper(qonnx_make_model(graph))
        for name, shape in self.shapes.items():
            model.set_tensor_shape(name, list(shape))
            model.set_tensor_datatype(name, DataType[self.types[name]])
        for name, (values, datatype) in self.constants.items():
            model.set_initializer(name, np.asarray(values, np.float32))
            model.set_tensor_datatype(name, DataType[datatype])
        return model


def with_fifos(model: ModelWrapper, depths: Mapping[str, int]) -> ModelWrapper:
    """A copy with a StreamFIFO in each place (hw.dataflow.graph.place) that depths names."""
    proto = ModelProto()
    proto.CopyFrom(model.model)
    copy = ModelWrapper(proto)
    for node in list(copy.graph.node):
        op = operator_of(node)
        for port in range(op.stream_inputs()):
            depth = depths.get(place(node.name, port), 0)
            if not depth:
                continue
            tensor, name = node.input[port], f"{node.name}_fifo{port}"
            shape = [int(size) for size in op.get_normal_input_shape(port)]
            fifo = helper.make_node(
                "StreamFIFO_rtl", [tensor], [name], name=name, domain=RTL_DOMAIN,
                backend="fpgadataflow", depth=depth, normal_shape=shape,
                folded_shape=[int(size) for size in op.get_folded_input_shape(port)],
                dataType=op.get_input_datatype(port).name,
            )  # fmt: skip
            if "window_taps" in op.get_nodeattr_types():  # the order of a window's beats
                for attribute in ("window_taps", "window_simd"):
                    operator_of(fifo).set_nodeattr(attribute, op.get_nodeattr(attribute))
            copy.graph.node.insert(list(copy.graph.node).index(node), fifo)
            copy.set_tensor_shape(name, shape)
            copy.set_tensor_datatype(name, op.get_input_datatype(port))
            node.input[port] = name
    return copy
