"""The streamlined network as FINN maps it by itself: its own operators and passes, none of ours.

FINN knows neither duplicated inputs nor duplicated weights, so it starts from the graph of step
``streamline``, with all duplicates. Left out, in FINN's favour: the nodes that would double the
image (a Concat of copies of the input), and FIFOs (FINN sizes them by Vivado's simulation).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from finn.transformation.fpgadataflow.convert_to_hw.concat import InferConcatLayer
from finn.transformation.fpgadataflow.convert_to_hw.conv_inp_gen import InferConvInpGen
from finn.transformation.fpgadataflow.convert_to_hw.duplicate_streams import (
    InferDuplicateStreamsLayer,
)
from finn.transformation.fpgadataflow.convert_to_hw.elementwise_binary_operation import (
    InferElementwiseBinaryOperation,
)
from finn.transformation.fpgadataflow.convert_to_hw.pool import InferPool
from finn.transformation.fpgadataflow.convert_to_hw.quantized_matrix_vector_activation import (
    InferQuantizedMatrixVectorActivation,
)
from finn.transformation.fpgadataflow.convert_to_hw.thresholding import InferThresholdingLayer
from finn.transformation.fpgadataflow.convert_to_hw.upsample import InferUpsample
from finn.transformation.fpgadataflow.convert_to_hw.vector_vector_activation import (
    InferVectorVectorActivation,
)
from finn.transformation.fpgadataflow.insert_dwc import InsertDWC
from finn.transformation.fpgadataflow.minimize_accumulator_width import MinimizeAccumulatorWidth
from finn.transformation.fpgadataflow.minimize_weight_bit_width import MinimizeWeightBitWidth
from finn.transformation.fpgadataflow.set_folding import SetFolding
from finn.transformation.fpgadataflow.specialize_layers import SpecializeLayers
from finn.transformation.streamline.absorb import (
    AbsorbConsecutiveTransposes,
    AbsorbTransposeIntoMultiThreshold,
)
from finn.transformation.streamline.reorder import (
    MakeMaxPoolNHWC,
    MakeScaleResizeNHWC,
    MoveTransposePastFork,
    MoveTransposePastJoinAdd,
    MoveTransposePastJoinConcat,
)
from finn.util.logging import log
from onnx import TensorProto, helper
from qonnx.core.data_layout import NHWC
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation
from qonnx.transformation.general import GiveUniqueNodeNames
from qonnx.transformation.infer_data_layouts import InferDataLayouts
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes
from qonnx.transformation.lower_convs_to_matmul import LowerConvsToMatMul

from flows.errors import FlowError

#: FINN's own limit of a matrix-vector unit's weight bits a PE and clock (SetFolding's default).
STOCK_WIDTH = 36


@dataclass(frozen=True)
class Choice:
    """How FINN is asked to map. rtl: its matrix-vector units in RTL, which need weights of 2 bits
    and DSPs (else FINN's own choice for such narrow types: HLS). weight_width: as SetFolding's
    ``mvau_wwidth_max``."""

    rtl: bool = True
    weight_width: int = STOCK_WIDTH


def finn_mapping(streamlined: ModelWrapper, part: str, clocks: int, choice: Choice) -> ModelWrapper:
    """FINN's dataflow graph of a streamlined graph, folded for a number of clocks a frame.

    Raises FlowError where FINN leaves a node that is none of its dataflow operators.
    """
    with _quiet():
        model = _bare(streamlined, choice.rtl)
        thresholds = [InferThresholdingLayer()] if choice.rtl else []
        model = _apply(
            _channels_last(_apply(model, LowerConvsToMatMul())),
            InferShapes(),
            InferDataLayouts(),
            InferDataTypes(),
            GiveUniqueNodeNames(),
            *thresholds,
            InferPool(),
            InferConvInpGen(),
            InferVectorVectorActivation(),
            InferQuantizedMatrixVectorActivation(),
            InferThresholdingLayer(),
            InferElementwiseBinaryOperation(),
            InferConcatLayer(),
            InferUpsample(),
            InferDuplicateStreamsLayer(),
        )
        model = _dataflow_alone(model)
        for node in model.graph.node:
            if node.op_type == "MVAU" and choice.rtl:
                getCustomOp(node).set_nodeattr("preferred_impl_style", "rtl")
        model = _apply(
            model,
            SpecializeLayers(part),
            GiveUniqueNodeNames(),
            SetFolding(clocks, mvau_wwidth_max=choice.weight_width),
            MinimizeWeightBitWidth(),
            MinimizeAccumulatorWidth(),
            InferDataTypes(),
            InsertDWC(),
            SpecializeLayers(part),
            GiveUniqueNodeNames(),
        )
    return model


def slowest(model: ModelWrapper) -> tuple[str, int]:
    """FINN's own estimate: its slowest node and the clocks that this one takes a frame."""
    cycles = {node.name: int(getCustomOp(node).get_exp_cycles()) for node in model.graph.node}
    name = max(cycles, key=lambda node: cycles[node])
    return name, cycles[name]


def weight_bits(model: ModelWrapper) -> int:
    """Bits of all weight matrices in the types that FINN stores them in."""
    bits = 0
    for node in model.graph.node:
        if node.op_type.startswith("MVAU"):
            op = getCustomOp(node)
            size = int(op.get_nodeattr("MW")) * int(op.get_nodeattr("MH"))
            bits += size * int(op.get_input_datatype(1).bitwidth())
    return bits


@contextmanager
def _quiet() -> Iterator[None]:
    """FINN warns of each node that misses the target; the section says so in its own words."""
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _apply(model: ModelWrapper, *passes: Transformation) -> ModelWrapper:
    for each in passes:
        model = model.transform(each)
    return model


def _channels_last(model: ModelWrapper) -> ModelWrapper:
    """FINN's passes that take out transpositions, as often as they find some."""
    count = None
    while count != (found := len(model.get_nodes_by_op_type("Transpose"))):
        count = found
        model = _apply(
            model,
            MakeMaxPoolNHWC(),
            AbsorbTransposeIntoMultiThreshold(),
            MakeMaxPoolNHWC(),
            InferShapes(),
            InferDataLayouts(),
            MakeScaleResizeNHWC(),
            MoveTransposePastFork(),
            MoveTransposePastJoinAdd(),
            MoveTransposePastJoinConcat(),
            AbsorbConsecutiveTransposes(),
        )
    return model


def _bare(streamlined: ModelWrapper, rtl: bool) -> ModelWrapper:
    """The graph between the outer transpositions; its input is what the first layer takes.

    The first transposition stays in front of thresholds, for FINN's passes absorb it into them.
    """
    model = ModelWrapper(streamlined.model, make_deepcopy=True)
    graph = model.graph
    first = next(n for n in graph.node if n.input[0] == graph.input[0].name)
    consumer = model.find_consumer(first.output[0])
    levels = consumer is not None and consumer.op_type == "MultiThreshold"
    name = str(first.input[0] if levels else first.output[0])
    result = str(next(n for n in graph.node if n.output[0] == graph.output[0].name).input[0])
    for node in list(graph.node):
        if node.op_type == "Transpose":
            if not levels or node.output[0] != first.output[0]:
                graph.node.remove(node)
        elif node.op_type == "Concat" and set(node.input) == {name}:
            name = str(node.output[0])
            graph.node.remove(node)
    _set_ends(model, name, result)
    if levels:
        model.set_tensor_layout(name, NHWC)
    for node in graph.node:
        if node.op_type == "Conv" and not rtl:
            weights = model.get_initializer(node.input[1])
            if set(np.unique(weights)) == {-1.0, 1.0}:
                model.set_tensor_datatype(node.input[1], DataType["BIPOLAR"])
    return model


def _set_ends(model: ModelWrapper, first: str, last: str) -> None:
    """Make tensors the graph's only input and output."""
    graph = model.graph
    for name, place in ((first, graph.input), (last, graph.output)):
        shape, kind = model.get_tensor_shape(name), model.get_tensor_datatype(name)
        for info in [info for info in graph.value_info if info.name == name]:
            graph.value_info.remove(info)
        del place[:]
        place.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        model.set_tensor_datatype(name, kind)


def _dataflow_alone(model: ModelWrapper) -> ModelWrapper:
    """Take off the transpositions at both ends; FlowError for other nodes that are not FINN's."""
    graph = model.graph
    first, last = graph.node[0], graph.node[-1]
    ends = [str(first.input[0]), str(last.output[0])]
    if first.op_type == "Transpose":
        ends[0] = str(first.output[0])
        graph.node.remove(first)
    if last.op_type == "Transpose":
        ends[1] = str(last.input[0])
        graph.node.remove(last)
    _set_ends(model, *ends)
    for node in graph.node:
        if not node.domain.startswith("finn.custom_op.fpgadataflow"):
            raise FlowError(f"FINN's passes leave a node {node.op_type} ({node.name}) as it was")
    return model.transform(GiveUniqueNodeNames())
