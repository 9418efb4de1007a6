"""Which weights the quantizer of a layer can give, whatever values it was trained to.

Kept in the graph's metadata, by the name of the layer in the model's file (``IntNode.origin``): a
layer whose weights are written while it runs takes all of them (hw.ops.weight_coding.WeightGrid).
"""

import json
from collections.abc import Mapping, Sequence

from qonnx.core.datatype import BaseDataType

from flows.metadata import read
from hw.ops.weight_coding import WeightGrid

_KEY = "weight_grids"
_Entry = tuple[int, int, int]


def grid_of_type(kind: BaseDataType) -> WeightGrid | None:
    """Weights of a data type; None where it is no integer type."""
    if kind.name == "BIPOLAR":
        return WeightGrid(-1, 2, 1)
    if not kind.is_integer() or kind.bitwidth() > 16:
        return None
    return WeightGrid(int(kind.min()), 1, int(kind.max()))


def write_grids(metadata: dict[str, str], grids: Mapping[str, WeightGrid]) -> None:
    """Put grids, by layer, into a graph's metadata."""
    known = read_grids(metadata) | dict(grids)
    entries = {name: (g.least, g.step, g.greatest) for name, g in known.items()}
    metadata[_KEY] = json.dumps(entries)


def read_grids(metadata: Mapping[str, str]) -> dict[str, WeightGrid]:
    """The grids of a graph's metadata, by layer."""
    entries = read(metadata, _KEY, dict[str, _Entry], "{}")
    return {name: WeightGrid(*entry) for name, entry in entries.items()}


def sum_grids(metadata: dict[str, str], parts: Sequence[str], whole: str) -> None:
    """Note that each weight of layer whole is a sum of one of each of parts, by layer."""
    grids = read_grids(metadata)
    if not all(part in grids for part in parts):
        return
    given = [grids[part] for part in parts]
    if len({grid.step for grid in given}) == 1:
        least = sum(grid.least for grid in given)
        greatest = sum(grid.greatest for grid in given)
        write_grids(metadata, {whole: WeightGrid(least, given[0].step, greatest)})
