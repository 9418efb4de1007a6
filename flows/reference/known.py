"""The tensors of a file that integers stand for, and the file's input that frames stand for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from flows.graph.correspondence import Counterpart
from flows.graph.decodings import decodings_of
from flows.graph.host_tail import DIMS
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


def file_input(model: ImportedModel, graph: IntGraph, integers: Any, scale: float) -> Any:
    """The file's input, float64, of integers (N, C, H, W) times scale."""
    layout = layouts_of(graph.metadata).get(model.input)
    real = integers * scale
    return real if layout is None else layout.of_file(real)
