"""Words for the load bus of a stitched design: weights and thresholds that take others' place."""

from collections.abc import Sequence

from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.ops.registry import is_rtl, rtl_of
from hw.ops.writable import Table
from hw.sim.design import Design, LoadTable


def load_words(models: Sequence[ModelWrapper], design: Design) -> list[tuple[int, int]]:
    """(address, word) of every word of a design's tables, with what the models' nodes have in them.

    models: of the graphs that design was stitched of, with other weights and thresholds. Raises
    HardwareError, naming the node, where one does not fit its table.
    """
    return [pair for _, pairs in table_words(models, design) for pair in pairs]


def table_words(
    models: Sequence[ModelWrapper], design: Design
) -> list[tuple[LoadTable, list[tuple[int, int]]]]:
    """As ``load_words``, by table."""
    found = {
        table.memory.name: (node.name, table)
        for model in models
        for node in model.graph.node
        if is_rtl(node)
        for table in rtl_of(node).tables(model)
    }
    if set(found) != {place.name for place in design.tables}:
        raise HardwareError(f"design {design.top}: its tables are not those of the graph")
    return [(place, _words(place, *found[place.name])) for place in design.tables]


def _words(place: LoadTable, node: str, table: Table) -> list[tuple[int, int]]:
    size = (len(table.memory.words), table.memory.width, table.row_words)
    expected = (place.rows, place.width, place.row_words)
    if size != expected:
        raise HardwareError(
            f"node {node}: its {place.kind} take {size[0]} rows of {size[1]} bits; the hardware "
            f"has {place.rows} of {place.width}"
        )
    first = place.address - table.offset
    return [(first + address, word) for address, word in table.load_words()]
