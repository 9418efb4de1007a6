"""The tensors of a file that integers stand for, and the file's input that frames stand for."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from flows.graph.correspondence import Counterpart
from flows.graph.host_tail import CUT, DIMS
from flows.graph.integer_graph import IntGraph
from flows.graph.layout_metadata import layouts_of
from flows.reference.execution import ImportedModel

#: Where the graph's metadata say how its output is decoded.
DECODING = ("output_scale", "output_bias")


def end_of(model: ImportedModel, graph: IntGraph) -> str:
    """The last tensor of the file that integers stand for: its output, or what the host reads."""
    return str(graph.metadata.get(CUT, model.output))


def known_tensors(
    model: ImportedModel, graph: IntGraph, counterparts: Sequence[Counterpart]
) -> dict[str, Counterpart]:
    """Counterparts by tensor, as the tensors lie in the file; the end as users decode it.

    The end is left out where its integers are numbers of channels, which are not decoded.
    """
    layouts = layouts_of(graph.metadata)
    known = {c.tensor: replace(c, layout=layouts.get(c.tensor)) for c in counterparts}
    if DIMS not in graph.metadata:
        end = end_of(model, graph)
        scale, bias = (np.array(json.loads(graph.metadata[key])) for key in DECODING)
        known[end] = Counterpart(end, graph.output, scale, bias, layouts.get(end))
    return known


def file_input(model: ImportedModel, graph: IntGraph, integers: Any, scale: float) -> Any:
    """The file's input, float64, of integers (N, C, H, W) times scale."""
    layout = layouts_of(graph.metadata).get(model.input)
    real = integers * scale
    return real if layout is None else layout.of_file(real)
