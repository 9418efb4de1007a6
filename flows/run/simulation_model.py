"""``simulation.onnx``: the accelerator's integers in standard operators, for the driver on a PC."""

from typing import Any

from onnx import helper

from flows.graph.integer_graph import IntGraph
from flows.run.plain_graph import plain_model
from flows.run.quick_graph import pools_first


def simulation_model(graph: IntGraph) -> Any:
    """An ONNX model of the graph of one output: (1, C, H, W) float32 in, integers out.

    onnxruntime computes each integer exactly (flows/run/plain_graph.py).
    """
    model = plain_model(pools_first(graph))
    if graph.output == "input":  # nothing is left for the hardware to compute
        model.graph.node.append(helper.make_node("Identity", ["input"], ["output"]))
        info = model.graph.output.add()
        info.CopyFrom(model.graph.input[0])
        info.name = "output"
        return model
    wanted = [info for info in model.graph.output if info.name == graph.output]
    del model.graph.output[:]
    model.graph.output.extend(wanted)
    return model
