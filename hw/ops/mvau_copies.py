"""Several copies of one small matrix in a large one: what packing pixels makes of a convolution.

``copies`` of a MultiLevelMVAU = (number, rows, first, step, run) says: the vector is rows equal
parts; copy i has a non-zero weight only at the run elements from first + i * step on of each part,
and there all copies have the same weights, and the same thresholds. With the whole matrix at once
(SF = NF = 1) the RTL is as many small ``mvau`` side by side, in step, as there are copies: none
adds up what it has no weight for.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from onnx import NodeProto, TensorProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.util.basic import qonnx_make_model

from hw.errors import HardwareError
from hw.ops.base import IntArray, StreamOp

if TYPE_CHECKING:
    from hw.ops.multi_level_mvau import MultiLevelMVAU_rtl


@dataclass(frozen=True)
class Copies:
    """number of copies; rows: parts of the vector; first, step, run: see the module."""

    number: int
    rows: int
    first: int
    step: int
    run: int

    @property
    def elements(self) -> int:
        """Elements of the vector that one copy takes."""
        return self.rows * self.run

    def columns(self, length: int) -> IntArray:
        """(number, elements) index in a vector of length elements of each that a copy takes."""
        parts = np.arange(self.rows)[:, None] * (length // self.rows)
        first = (parts + np.arange(self.run)).reshape(-1) + self.first
        found: IntArray = first + np.arange(self.number)[:, None] * self.step
        return found


def copies_of(op: StreamOp) -> Copies | None:
    """The copies that a node's attribute says; None where it says none. HardwareError if wrong."""
    values = op.ints_attr("copies")
    if not values:
        return None
    name, width = op.onnx_node.name, op.int_attr("MW")
    if len(values) != 5 or min(values) < 0 or not all((values[0], values[1], values[4])):
        raise HardwareError(
            f"node {name}: copies = {list(values)}; expected number, rows, first, step, run"
        )
    copies = Copies(*values)
    op.require_divides("rows of copies", copies.rows, width)
    op.require_divides("number of copies", copies.number, op.int_attr("MH"))
    last = copies.first + (copies.number - 1) * copies.step + copies.run
    if last > width // copies.rows:
        raise HardwareError(
            f"node {name}: copies = {list(values)} reach element {last} of parts of "
            f"{width // copies.rows}"
        )
    return copies


class InCopies(StreamOp):
    """A stream operator with copies: what a MultiLevelMVAU says of them."""

    @abstractmethod
    def folds(self) -> tuple[int, int]:
        """(SF, NF): input beats of a vector, output beats of a vector."""

    def in_copies(self) -> bool:
        """Whether it is built as copies of a small matrix: only with the whole matrix at once."""
        return bool(self.ints_attr("copies")) and self.folds() == (1, 1)

    def tree_lanes(self) -> int:
        """Activations that one adder tree sums up at once."""
        copies = copies_of(self) if self.in_copies() else None
        return self.lanes_in() if copies is None else copies.elements

    def copies(self) -> int:
        """Copies of the weights that are built; they are constants, so that one is stored."""
        return self.ints_attr("copies")[0] if self.in_copies() else 1

    def stored_weights(self) -> int:
        """Weights that are stored."""
        width = self.tree_lanes() if self.in_copies() else self.int_attr("MW")
        return width * self.int_attr("MH") // self.copies()


def small_weights(name: str, copies: Copies, weights: IntArray) -> IntArray:
    """(elements, MH / number) weights of one copy; HardwareError where weights are not copies."""
    columns = copies.columns(len(weights))
    rows = weights.shape[1] // copies.number
    small: IntArray = weights[columns[0], :rows]
    for index in range(copies.number):
        mine = weights[:, index * rows : (index + 1) * rows]
        others = np.delete(mine, columns[index], axis=0)
        if others.any() or not np.array_equal(mine[columns[index]], small):
            raise HardwareError(
                f"node {name}: rows {index * rows} to {(index + 1) * rows - 1} of the matrix are "
                f"not copy {index} of the first {rows}"
            )
    return small


def one_copy(
    op: "MultiLevelMVAU_rtl", model: ModelWrapper
) -> tuple["MultiLevelMVAU_rtl", ModelWrapper]:
    """The node that one copy is, with a model of its own.

    Raises HardwareError where the matrix or the thresholds are not copies.
    """
    copies, name = copies_of(op), op.onnx_node.name
    if copies is None:
        raise HardwareError(f"node {name}: has no copies")
    node = NodeProto()
    node.CopyFrom(op.onnx_node)
    small = getCustomOp(node)
    rows = op.int_attr("MH") // copies.number
    values = {"MW": copies.elements, "SIMD": copies.elements, "MH": rows, "PE": rows}
    for key, value in values.items():
        small.set_nodeattr(key, value)
    for key in ("window_taps", "window_simd"):
        small.set_nodeattr(key, 0)
    small.set_nodeattr("copies", [])
    small.set_nodeattr("inputShape", [*op.input_shape()[:-1], copies.elements])
    sides = [
        helper.make_tensor_value_info(tensor, TensorProto.FLOAT, list(shape))
        for tensor, shape in (
            (node.input[0], small.input_shape()),
            (node.output[0], small.output_shape()),
        )
    ]
    graph = helper.make_graph([node], "copy", sides[:1], sides[1:])
    alone = ModelWrapper(qonnx_make_model(graph))
    weights = small_weights(name, copies, op.weights(model))
    alone.set_initializer(node.input[1], weights.astype(np.float32))
    thresholds = op.thresholds(model)
    if thresholds is not None:
        parts = thresholds.reshape(copies.number, rows, -1)
        if np.any(parts != parts[0]):
            raise HardwareError(f"node {name}: thresholds are not the same for all copies")
        alone.set_initializer(node.input[2], parts[0].astype(np.float32))
    found = getCustomOp(alone.graph.node[0])
    found.infer_node_datatype(alone)
    return found, alone


def copies_body(op: "MultiLevelMVAU_rtl", instance: str) -> str:
    """SystemVerilog of all copies, instance the text of one (named i_core, on in_* and out_*).

    They take and give beats in step, so the handshakes of the first are those of all.
    """
    copies = copies_of(op)
    assert copies is not None
    bits = int(op.get_input_datatype().bitwidth())
    small = copies.elements * bits
    wide = op.get_outstream_width() // copies.number
    lanes = {
        "Copies": copies.number,
        "Rows": copies.rows,
        "RowLanes": op.int_attr("MW") // copies.rows,
        "First": copies.first,
        "Step": copies.step,
        "Run": copies.run,
        "Bits": bits,
    }
    parameters = ",\n".join(f"    .{key}({value})" for key, value in lanes.items())
    text = (
        f"  logic [{copies.number * small - 1}:0] run_data;\n"
        f"  logic [{copies.number - 1}:0] readies, valids;\n"
        "  assign in_ready = readies[0];\n  assign out_valid = valids[0];\n"
        "  logic unused_handshakes;\n  assign unused_handshakes = ^{readies, valids};\n"
        f"  lane_runs #(\n{parameters}\n  ) i_lanes (\n"
        "    .in_data_i(in_data),\n    .out_data_o(run_data)\n  );\n"
    )
    for index in range(copies.number):
        mine = instance.replace(" i_core (", f" i_core{index} (")
        mine = mine.replace("(in_ready)", f"(readies[{index}])")
        mine = mine.replace("(out_valid)", f"(valids[{index}])")
        mine = mine.replace("(in_data)", f"(run_data[{index * small} +: {small}])")
        text += mine.replace("(out_data)", f"(out_data[{index * wide} +: {wide}])")
    return text
