"""Step 1, import: read any QONNX file, infer shapes, fold constants; nothing is renamed."""

from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.fold_constants import FoldConstants
from qonnx.transformation.general import (
    GiveUniqueParameterTensors,
    RemoveStaticGraphInputs,
    RemoveUnusedTensors,
    SortGraph,
)
from qonnx.transformation.infer_shapes import InferShapes
from toposort import CircularDependencyError

from flows.errors import FlowError

QUANTIZERS = ("Quant", "IntQuant", "BipolarQuant")
#: Where operators may come from: ONNX itself, QONNX, and its older name.
DOMAINS = ("", "ai.onnx", "qonnx.custom_op.general", "onnx.brevitas")


def load_qonnx(path: Path) -> ModelWrapper:
    """The model of a QONNX file; FlowError naming the file where it is none."""
    if not path.is_file():
        raise FlowError(f"{path}: no such file; expected a QONNX model (.onnx)")
    try:
        proto = onnx.load_model(str(path), format="protobuf")
    except (DecodeError, OSError) as error:
        raise FlowError(f"{path}: not an ONNX model, or a truncated one ({error})") from error
    if not proto.graph.node:
        raise FlowError(f"{path}: not an ONNX model, or an empty one")
    # qonnx takes the first entry for the opset of ONNX itself, which Brevitas does not put first
    imports = sorted(proto.opset_import, key=lambda opset: opset.domain not in ("", "ai.onnx"))
    del proto.opset_import[:]
    proto.opset_import.extend(imports)
    for node in proto.graph.node:
        if node.domain not in DOMAINS:
            name = node.name or node.output[0]
            raise FlowError(
                f"node {name} ({node.op_type}): operator {node.op_type} of domain "
                f"{node.domain} is not supported"
            )
        if node.op_type == "IntQuant":
            node.op_type = "Quant"  # its newer name
    return ModelWrapper(proto)


def prepare(model: ModelWrapper) -> ModelWrapper:
    """Shapes inferred, constants folded (quantizers stay), unnamed nodes named.

    qonnx's own cleanup is not called: its renaming loses the second of two equal inputs, which is
    just what a duplicated input is.
    """
    try:
        model = _transformed(model)
    except CircularDependencyError as error:
        names = [node.name or node.output[0] for node in model.graph.node]
        raise FlowError(f"the graph has a cycle, among nodes {', '.join(names)}") from error
    except onnx.shape_inference.InferenceError as error:
        raise FlowError(f"shapes cannot be inferred: {' '.join(str(error).split())}") from error
    for index, node in enumerate(model.graph.node):
        node.name = node.name or f"{node.op_type}_{index}"
    return model


def _transformed(model: ModelWrapper) -> ModelWrapper:
    for transformation in (
        GiveUniqueParameterTensors(),
        InferShapes(),
        FoldConstants(exclude_op_types=list(QUANTIZERS)),
        RemoveUnusedTensors(),
        RemoveStaticGraphInputs(),
        SortGraph(),
        InferShapes(),
    ):
        model = model.transform(transformation)
    return model
