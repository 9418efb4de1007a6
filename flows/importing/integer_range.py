"""An operator of our own for what ONNX's quantizers can and QONNX's Quant cannot: any range.

y = scale * round(x / scale) within lowest and highest. It stands in imported models alone.
"""

from typing import Any

from onnx import helper
from qonnx.custom_op.base import CustomOp
from qonnx.custom_op.registry import add_op_to_domain

from flows.importing.domains import QONNX

NAME = "IntegerRange"


class IntegerRange(CustomOp):  # type: ignore[misc]
    """As far as QONNX asks: of the shape of its input."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        return {"lowest": ("i", True, 0), "highest": ("i", True, 0)}

    def make_shape_compatible_op(self, model: Any) -> Any:
        return helper.make_node("Relu", [self.onnx_node.input[0]], [self.onnx_node.output[0]])

    def infer_node_datatype(self, model: Any) -> None:
        pass

    def execute_node(self, context: Any, graph: Any) -> None:
        raise NotImplementedError(f"{NAME} stands in for nodes of the file, which are executed")

    def verify_node(self) -> None:
        pass


add_op_to_domain(QONNX, IntegerRange)
