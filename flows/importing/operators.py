"""The operators that this flow knows, and what their attributes may be."""

from typing import Any

import numpy as np
from onnx import AttributeProto, NodeProto, helper
from qonnx.custom_op.general.intquant import resolve_rounding_mode

from flows.errors import FlowError
from flows.graph.elementwise import FUNCTIONS
from flows.graph.integer_builder import where
from flows.importing import channels_last
from flows.importing.domains import CHANNELS_LAST, LOWERED, MICROSOFT, QONNX
from flows.importing.limits import MAX_SIZE

#: Operators on activations, by domain.
ON_ACTIVATIONS = """
    Conv ConvTranspose MaxPool Concat Add Sub Mul Div BatchNormalization Relu LeakyRelu PRelu Clip
    Identity Dropout Gemm MatMul Flatten Reshape Squeeze Unsqueeze Transpose Pad Cast
    QuantizeLinear DequantizeLinear Neg
    AveragePool GlobalAveragePool GlobalMaxPool Resize Upsample ReduceMean ReduceMax ReduceSum
    DepthToSpace SpaceToDepth Sum Mean Slice Split Gather Expand
"""
SUPPORTED = {
    "": frozenset(ON_ACTIVATIONS.split()) | FUNCTIONS,
    QONNX: LOWERED | {"Quant", "BipolarQuant", "MultiThreshold", "Trunc", "QuantAvgPool2d"},
    CHANNELS_LAST: channels_last.OPERATORS,
    MICROSOFT: frozenset({"QuantizeLinear", "DequantizeLinear"}),
}
#: Operators that may make constants out of constants: each gives the same every time.
ON_CONSTANTS = """
    Constant ConstantOfShape Shape Size Cast CastLike Reshape Flatten Transpose Squeeze Unsqueeze
    Slice Split Gather GatherElements GatherND ScatterElements ScatterND Compress Expand Tile Range
    Pad OneHot EyeLike NonZero Trilu CumSum Einsum
    Neg Abs Sign Sqrt Reciprocal Exp Log Pow Mod Erf Sin Cos Min Max Sum Mean
    Round Floor Ceil Sigmoid Tanh ArgMax ArgMin ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd
    ReduceL1 ReduceL2 ReduceSumSquare LpNormalization
    Where Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor Not
"""
FOLDABLE = frozenset(ON_CONSTANTS.split())
#: Operators of which more is to be said than that they are not supported: of node and operator.
REFUSED = {
    "DynamicQuantizeLinear": "{}: operator {} takes its scale from the numbers of each frame; "
    "expected scales that are constants (static quantization)",
}
#: Pools with windows of their own.
WINDOW_POOLS = ("MaxPool", "AveragePool")
#: Attributes that are a number for each axis of a window (two for pads), and the least of each.
WINDOW = {"kernel_shape": 1, "strides": 1, "dilations": 1, "pads": 0, "output_padding": 0}
#: Attributes of QONNX's quantizers: type, and value where it is left out.
QUANT_ATTRIBUTES: dict[str, tuple[Any, Any]] = {
    "signed": (AttributeProto.INT, 1),
    "narrow": (AttributeProto.INT, 0),
    "rounding_mode": (AttributeProto.STRING, "ROUND"),
}


def check_attributes(node: NodeProto) -> None:
    """FlowError, naming the node, for attributes that say nothing this flow could do.

    Quantizers get those that are left out.
    """
    names = [attribute.name for attribute in node.attribute]
    if len(names) != len(set(names)):
        raise FlowError(f"{where(node)}: an attribute is given twice")
    given = {attribute.name: attribute for attribute in node.attribute}
    if node.op_type in ("Conv", "ConvTranspose", *WINDOW_POOLS):
        _check_windows(node, given)
    if node.op_type == "Quant":
        _check_quant(node, given)
    if node.op_type in ("Quant", "BipolarQuant"):
        count = 4 if node.op_type == "Quant" else 2
        if len(node.input) != count or not all(node.input) or len(node.output) != 1:
            raise FlowError(f"{where(node)}: expected {count} inputs and one output")
    if node.op_type == "Trunc" and len(node.input) not in (5, 6):
        raise FlowError(f"{where(node)}: has {len(node.input)} inputs; expected 5 or 6")
    if node.op_type == "QuantAvgPool2d":
        _check_shifted_average(node, given)
    if node.op_type == "BatchNormalization":
        _check_normalization(node, given)


def _check_windows(node: NodeProto, given: dict[str, Any]) -> None:
    for name, least in WINDOW.items():
        if name in given:
            _check_window(node, given[name], least)
    sizes = {len(given[n].ints) // (2 if n == "pads" else 1) for n in WINDOW if n in given}
    if len(sizes) > 1:
        raise FlowError(
            f"{where(node)}: its attributes are of {' and '.join(map(str, sorted(sizes)))} axes"
        )
    if node.op_type in WINDOW_POOLS and "pads" in given and "kernel_shape" in given:
        kernel, pads = list(given["kernel_shape"].ints), list(given["pads"].ints)
        if any(pad >= size for pad, size in zip(pads, kernel * 2, strict=True)):
            raise FlowError(f"{where(node)}: pads {pads} are not smaller than kernel {kernel}")


def _check_window(node: NodeProto, attribute: Any, least: int) -> None:
    values = list(attribute.ints)
    counts = (2, 4) if attribute.name == "pads" else (1, 2)
    whole = attribute.type == AttributeProto.INTS and len(values) in counts
    if not whole or not all(least <= value <= MAX_SIZE for value in values):
        raise FlowError(
            f"{where(node)}: {attribute.name} = {values}; expected {counts[1]} numbers of {least} "
            f"to {MAX_SIZE} (or {counts[0]}, in a network of one dimension)"
        )


def _check_quant(node: NodeProto, given: dict[str, Any]) -> None:
    for name, (kind, default) in QUANT_ATTRIBUTES.items():
        if name not in given:
            node.attribute.append(helper.make_attribute(name, default))
        elif given[name].type != kind:
            raise FlowError(f"{where(node)}: attribute {name} is of a wrong type")
        elif kind == AttributeProto.INT and given[name].i not in (0, 1):
            raise FlowError(f"{where(node)}: {name} = {given[name].i}; expected 0 or 1")
    rounding = given["rounding_mode"].s if "rounding_mode" in given else b"ROUND"
    try:
        resolve_rounding_mode(rounding.decode("ascii"))
    except ValueError as error:
        mode = rounding[:40].decode("latin-1").encode("unicode_escape").decode()
        raise FlowError(f"{where(node)}: rounding mode {mode} is not known") from error


def _check_shifted_average(node: NodeProto, given: dict[str, Any]) -> None:
    for name in ("kernel", "stride", "ibits", "obits"):
        if name not in given or not 1 <= given[name].i <= MAX_SIZE:
            raise FlowError(f"{where(node)}: expected {name} as a number of 1 to {MAX_SIZE}")


def _check_normalization(node: NodeProto, given: dict[str, Any]) -> None:
    if "training_mode" in given and given["training_mode"].i != 0:
        raise FlowError(
            f"{where(node)}: training_mode = {given['training_mode'].i}: normalizes by each "
            "batch's own mean; export the network for inference"
        )
    if any(node.output[1:]):
        raise FlowError(
            f"{where(node)}: has {len(node.output)} outputs, as in training; export the network "
            "for inference"
        )
    if "spatial" in given and given["spatial"].i != 1:
        raise FlowError(
            f"{where(node)}: spatial = 0 is not supported; expected one number a channel"
        )
    if "epsilon" in given and not np.isfinite(given["epsilon"].f):
        raise FlowError(f"{where(node)}: epsilon = {given['epsilon'].f} is not finite")
