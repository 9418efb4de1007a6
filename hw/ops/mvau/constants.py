"""A matrix-vector unit whose weights are constants of its logic: all of them at once, SF = NF = 1.

Its RTL is a graph of adders that the rows share (hw/matrix), its HLS C++ as of any other.
"""

from hw.errors import HardwareError
from hw.matrix.search import find_pipeline
from hw.matrix.stages import Pipeline
from hw.matrix.table import CELL_BITS, TERM_BITS, cell_word, literal, term_word
from hw.ops.mvau.loaded import Loaded
from hw.ops.wrapper import Verbatim

#: A register of nothing, for a matrix of zeros: there has to be a cell.
NO_CELL = 1 << 4


def matrix_graph(loaded: Loaded) -> Pipeline:
    """The graph of adders of a unit's weights. HardwareError where it takes too many clocks."""
    unit = loaded.unit
    weights = loaded.weights[unit.stream_order()]
    low, high = int(unit.input_type.min()), int(unit.input_type.max())
    return find_pipeline(weights, low, high, unit.matrix_latency)


def matrix_parameters(loaded: Loaded, graph: Pipeline, acc_bits: int) -> dict[str, int | str]:
    """Parameters of mvau.sv for the graph.

    Raises HardwareError, naming the node, where the weights need more clocks than weightDataType
    says.
    """
    try:
        cells = [cell_word(cell) for cell in graph.cells] or [NO_CELL]
        rows = [term_word(row) for row in graph.rows]
    except HardwareError as error:
        raise HardwareError(f"node {loaded.unit.name}: {error}") from error
    bits = [cell.bits for cell in graph.cells]
    return {
        "MatrixLatency": graph.latency,
        "MatrixCells": len(cells),
        "MatrixBits": max([acc_bits, loaded.unit.act_bits, *bits]),
        "CellTable": Verbatim(literal(cells, CELL_BITS)),
        "RowTable": Verbatim(literal(rows, TERM_BITS)),
    }
