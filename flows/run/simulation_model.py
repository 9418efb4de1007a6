"""``simulation.onnx``: the accelerator's integers in standard operators, for the driver on a PC."""

from typing import Any

from onnx import helper

from flows.graph.integer_graph import IntGraph
from flows.run.plain_graph import plain_model
from flows.run.quick_graph import only_outputs, pools_first


def simulation_model(graph: IntGraph) -> Any:
    """An ONNX model of the graph: (1, C, H, W) float32 of each input in, integers of each out.

    Inputs and outputs are in the graph's order. onnxruntime computes each integer exactly
    (flows/run/plain_graph.py).
    """
    model = plain_model(pools_first(graph))
    given = {info.name: info for info in model.graph.input}
    names = []
    for index, name in enumerate(graph.outputs):
        if name not in given:
            names.append(name)
            continue
        # nothing is left for the hardware to compute
        passed = "output" if len(graph.outputs) == 1 else f"output_{index}"
        model.graph.node.append(helper.make_node("Identity", [name], [passed]))
        info = model.graph.output.add()
        info.CopyFrom(given[name])
        info.name = passed
        names.append(passed)
    return only_outputs(model, names)
