"""Several copies of one small matrix in a large one: what packing pixels makes of a convolution.

``copies`` of a matrix-vector unit = (number, rows, first, step, run) says: the vector is rows equal
parts; copy i has a non-zero weight only at the run elements from first + i * step on of each part,
and there all copies have the same weights, and the same thresholds. With the whole matrix at once
(SF = NF = 1) the RTL is as many small ``mvau`` side by side, in step, as there are copies: none
adds up what it has no weight for.
"""

from dataclasses import dataclass

import numpy as np

from hw.errors import HardwareError
from hw.ops.base import IntArray, require_divides


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

    @classmethod
    def of(cls, node: str, sizes: tuple[int, ...], width: int, rows: int) -> "Copies":
        """From the attribute of a node with a matrix of width x rows. HardwareError if wrong."""
        if len(sizes) != 5 or min(sizes) < 0 or not all((sizes[0], sizes[1], sizes[4])):
            raise HardwareError(
                f"node {node}: copies = {list(sizes)}; expected number, rows, first, step, run"
            )
        copies = cls(*sizes)
        require_divides(node, "rows of copies", copies.rows, width)
        require_divides(node, "number of copies", copies.number, rows)
        last = copies.first + (copies.number - 1) * copies.step + copies.run
        if last > width // copies.rows:
            raise HardwareError(
                f"node {node}: copies = {list(sizes)} reach element {last} of parts of "
                f"{width // copies.rows}"
            )
        return copies


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


def copies_body(copies: Copies, sizes: tuple[int, int, int], instance: str) -> str:
    """SystemVerilog of all copies, instance the text of one (named i_core, on in_* and out_*).

    sizes: elements of a vector, bits of one, bits of an output beat. They take and give beats in
    step, so the handshakes of the first are those of all.
    """
    width, bits, out_bits = sizes
    small, wide = copies.elements * bits, out_bits // copies.number
    lanes = {
        "Copies": copies.number,
        "Rows": copies.rows,
        "RowLanes": width // copies.rows,
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
        mine = mine.replace("unused_load", f"unused_load{index}")
        if "(load_word)" in mine and index:  # a write goes to all, what is read is the first's
            mine = f"  logic [31:0] unused_word{index};\n" + mine.replace(
                "(load_word)", f"(unused_word{index})"
            )
        mine = mine.replace("(in_data)", f"(run_data[{index * small} +: {small}])")
        text += mine.replace("(out_data)", f"(out_data[{index * wide} +: {wide}])")
    return text
