"""Which nodes have weights and thresholds that are written while they run, and which fit."""

from math import gcd
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.config import BuildConfig, read_folding
from flows.folding.finn_names import translate
from flows.graph.integer_graph import IntGraph, IntNode
from flows.graph.weight_grids import read_grids
from hw.ops.mvau.copies import Copies, small_weights
from hw.ops.registry import operator_of
from hw.ops.weight_coding import WeightGrid, weight_grid
from hw.ops.writable import WRITABLE


def writable_nodes(config: BuildConfig, model: ModelWrapper) -> list[str]:
    """Nodes whose weights and thresholds a folding file says to be written while it runs."""
    file = config.folding_config_file
    if file is None:
        return []
    given = read_folding(file)
    if not any(WRITABLE in values for values in given.values()):
        return []
    ops = [operator_of(node) for node in model.graph.node]
    folding = translate(given, ops).folding
    return [op.name for op in ops if folding.get(op.name, {}).get(WRITABLE) == 1]


def written_weights(graph: IntGraph, conv: IntNode, matrix: Any) -> dict[str, Any]:
    """Attributes of a unit whose weights, (MW / groups, MH), are written while it runs."""
    declared = read_grids(graph.metadata).get(conv.origin)
    found: dict[str, Any] = {WRITABLE: 1}
    if "copies" in conv.attrs:
        copies = Copies.of(conv.name, tuple(conv.attrs["copies"]), *matrix.shape)
        small = weight_grid(small_weights(conv.name, copies, matrix), declared)
        found["copyGrid"] = [small.least, small.step, small.greatest]
        # with zeros where a copy has no weight
        step = gcd(small.least, small.step)
        whole = WeightGrid(min(0, small.least), step, max(0, small.greatest))
    else:
        whole = weight_grid(matrix, declared)
    return {**found, "weightGrid": [whole.least, whole.step, whole.greatest]}
