"""Averages of which onnxruntime and ONNX's definition say different numbers."""

from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.windows import windows_of_node

#: Version of ONNX's operators from which on both count alike.
ALIKE = 19


def check_average(node: NodeProto, size: tuple[int, int], opset: int) -> None:
    """FlowError for an average whose border counts, where windows are rounded up beyond it.

    By ONNX's definition what is beyond the border does not count; up to version 18 onnxruntime
    divides by the whole kernel there. size: rows and columns in front of the node.
    """
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    counted = attrs.get("ceil_mode", 0) and attrs.get("count_include_pad", 0)
    if node.op_type != "AveragePool" or opset >= ALIKE or not counted:
        return
    windows = windows_of_node(node, size)
    if any(a > b for a, b in zip(windows.fitting_pads[2:], windows.pads[2:], strict=True)):
        raise FlowError(
            f"{where(node)}: ceil_mode = 1 with count_include_pad = 1: of windows that reach "
            "beyond the border onnxruntime and ONNX's definition say different averages in opset "
            f"{opset}; expected opset {ALIKE} or later, or count_include_pad = 0"
        )
