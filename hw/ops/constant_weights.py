"""A MultiLevelMVAU whose weights are constants of its logic: all of them at once, SF = NF = 1.

Its RTL is a graph of adders that the rows share (hw/matrix), its HLS C++ as of any other.
"""

from typing import TYPE_CHECKING

from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.matrix.search import find_pipeline, least_latency
from hw.matrix.stages import Pipeline
from hw.matrix.table import CELL_BITS, TERM_BITS, cell_word, literal, term_word
from hw.ops.wrapper import Verbatim

if TYPE_CHECKING:
    from hw.ops.multi_level_mvau import MultiLevelMVAU, MultiLevelMVAU_rtl

#: A register of nothing, for a matrix of zeros: there has to be a cell.
NO_CELL = 1 << 4
#: Weights of the largest matrix for which a graph is searched.
MOST_WEIGHTS = 1 << 14


def matrix_latency(op: "MultiLevelMVAU") -> int:
    """Clocks of the graph of adders; 0 where the node is not built as one."""
    if op.folds() != (1, 1) or op.stored_weights() > MOST_WEIGHTS:
        return 0
    return least_latency(op.tree_lanes(), int(op.get_input_datatype(1).bitwidth()))


def matrix_graph(op: "MultiLevelMVAU", model: ModelWrapper) -> Pipeline:
    """The graph of adders of a node's weights. HardwareError where it takes too many clocks."""
    datatype = op.get_input_datatype()
    weights = op.weights(model)[op.stream_order()]
    return find_pipeline(weights, int(datatype.min()), int(datatype.max()), op.matrix_latency())


def matrix_parameters(
    op: "MultiLevelMVAU_rtl", model: ModelWrapper, acc_bits: int
) -> dict[str, int | str]:
    """Parameters of mvau.sv for the graph; none where the node is not built as one.

    Raises HardwareError, naming the node, where the weights need more clocks than weightDataType
    says.
    """
    if not op.matrix_latency():
        return {}
    datatype = op.get_input_datatype()
    try:
        graph = op.matrix_graph(model)
        cells = [cell_word(cell) for cell in graph.cells] or [NO_CELL]
        rows = [term_word(row) for row in graph.rows]
    except HardwareError as error:
        raise HardwareError(f"node {op.onnx_node.name}: {error}") from error
    bits = [cell.bits for cell in graph.cells]
    return {
        "MatrixLatency": graph.latency,
        "MatrixCells": len(cells),
        "MatrixBits": max([acc_bits, int(datatype.bitwidth()), *bits]),
        "CellTable": Verbatim(literal(cells, CELL_BITS)),
        "RowTable": Verbatim(literal(rows, TERM_BITS)),
    }
