"""The tensors of a file that integers stand for, and the file's inputs that frames stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from flows.graph.correspondence import Counterpart
from flows.graph.decodings import decodings_of
from flows.graph.host_tail import DIMS
from flows.graph.inputs import suffix
from flows.graph.integer_graph import IntGraph
from flows.graph.layout_metadata import layouts_of
from flows.reference.execution import ImportedModel


def ends_of(graph: IntGraph) -> list[str]:
    """The last tensors of the file that integers stand for: its outputs, or what the host reads."""
    return [each.tensor for each in decodings_of(graph.metadata)]


def known_tensors(graph: IntGraph, counterparts: Sequence[Counterpart]) -> dict[str, Counterpart]:
    """Counterparts by tensor, as the tensors lie in the file; the ends as users decode them.

    The end is left out where its integers are numbers of channels, which are not decoded.
    """
    layouts = layouts_of(graph.metadata)
    known = {c.tensor: replace(c, layout=layouts.get(c.tensor)) for c in counterparts}
    if DIMS not in graph.metadata:
        for each in decodings_of(graph.metadata):
            known[each.tensor] = Counterpart(
                each.tensor,
                graph.outputs[each.output],
                np.array(each.scale),
                np.array(each.bias),
                layouts.get(each.tensor),
            )
    return known


def input_scale(graph: IntGraph, name: str) -> float:
    """The real value of a step of an input's integers."""
    return float(graph.metadata[f"input_scale{suffix(name)}"])


def file_inputs(
    model: ImportedModel, graph: IntGraph, integers: Mapping[str, Any]
) -> dict[str, Any]:
    """The file's inputs, by name, of integers (N, C, H, W) of each input of the graph.

    float64, or integers of their own type.
    """
    layouts, found = layouts_of(graph.metadata), {}
    for own, name in zip(graph.inputs, model.inputs, strict=True):
        real = integers[own] * input_scale(graph, own)
        laid = layouts[name].of_file(real) if name in layouts else real
        kind = model.kinds[name]
        found[name] = laid.astype(kind) if kind.kind in "iu" else laid
    return found
