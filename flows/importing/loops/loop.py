"""Loop with a constant number of rounds, and no way out before."""

import numpy as np
from onnx import GraphProto, NodeProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.importing.loops.bodies import Body, Write
from flows.importing.loops.scan import write_outputs, write_stack
from flows.importing.loops.writer import Writer

#: Inputs in front of the states: of the node how many rounds and whether to begin, of its body
#: the number of the round and whether it was to begin.
_IN_FRONT = 2


def write_loop(node: NodeProto, writer: Writer, write: Write) -> None:
    """Write a Loop's rounds. FlowError, naming it, where their number is not known."""
    graph: GraphProto | None = next((a.g for a in node.attribute if a.name == "body"), None)
    given = list(node.input) + [""] * max(0, _IN_FRONT - len(node.input))
    states = len(given) - _IN_FRONT
    if graph is None or len(graph.input) != len(given) or len(graph.output) < states + 1:
        raise FlowError(f"{where(node)}: its body does not take its {len(node.input)} inputs")
    if len(node.output) > len(graph.output) - 1:
        raise FlowError(f"{where(node)}: its body does not give its {len(node.output)} outputs")
    rounds = writer.value(given[0]) if given[0] else None
    begins = writer.value(given[1]) if given[1] else np.array(True)
    if rounds is None or begins is None or not np.all(begins) or not _goes_on(graph):
        raise FlowError(
            f"{where(node)}: how many steps it takes is not known: its rounds are not constant, or "
            "end by a condition; expected a fixed number of steps"
        )
    body = Body(node, graph, writer, write)
    body.begin()
    count = int(np.asarray(rounds).reshape(-1)[0])
    state = given[_IN_FRONT:]
    parts: list[list[str]] = [[] for _ in range(len(graph.output) - 1 - states)]
    always = writer.constant(f"{node.name or 'Loop'}_goes_on", np.array(True))
    for step in range(count):
        number = writer.constant(f"{body.inputs[0]}_step{step}", np.int64(step))
        names = [number, always, *state]
        _, *made = body.step(dict(zip(body.inputs, names, strict=True)), step)
        state = made[:states]
        for part, name in zip(parts, made[states:], strict=True):
            part.append(name)
    write_outputs(node, writer, state)
    for part, output in zip(parts, node.output[states:], strict=False):
        if output:
            if not part:
                raise FlowError(f"{where(node)}: it takes no step, and its output {output} is one")
            write_stack(node, writer, part, 0, output)


def _goes_on(graph: GraphProto) -> bool:
    """Whether the condition that a body gives is always true, or the one that it got."""
    name = graph.output[0].name
    makers = {made: node for node in graph.node for made in node.output}
    while name in makers and makers[name].op_type in ("Identity", "Cast"):
        name = makers[name].input[0]
    if name == graph.input[1].name:
        return True
    tensor = next((t for t in graph.initializer if t.name == name), None)
    if name in makers and makers[name].op_type == "Constant":
        attrs = {a.name: helper.get_attribute_value(a) for a in makers[name].attribute}
        tensor = attrs.get("value")
    return tensor is not None and bool(np.all(numpy_helper.to_array(tensor)))
