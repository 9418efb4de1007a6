"""Scan: a body for each place along the inputs' axes of steps; states go from step to step."""

from onnx import NodeProto, helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.importing.loops.bodies import Body, Write
from flows.importing.loops.writer import Writer

#: The first version in which Scan has no axis of batches.
_WITHOUT_BATCH = 9


def write_scan(node: NodeProto, writer: Writer, write: Write) -> None:
    """Write a Scan's steps. FlowError, naming it, where their number is not known."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if writer.opset < _WITHOUT_BATCH:
        raise FlowError(
            f"{where(node)}: a Scan of version {writer.opset} of ONNX's operators; expected "
            f"version {_WITHOUT_BATCH} or later"
        )
    graph, count = attrs.get("body"), int(attrs.get("num_scan_inputs", 0))
    states = len(node.input) - count
    if graph is None or not 1 <= count <= len(node.input) or len(graph.input) != len(node.input):
        raise FlowError(f"{where(node)}: its body does not take its {len(node.input)} inputs")
    stacked = len(graph.output) - states
    if not stacked >= 0 or len(node.output) > len(graph.output):
        raise FlowError(f"{where(node)}: its body does not give its {len(node.output)} outputs")
    inputs = list(node.input[states:])
    axes = _numbers(node, attrs, "scan_input_axes", count)
    turned = _numbers(node, attrs, "scan_input_directions", count)
    out_axes = _numbers(node, attrs, "scan_output_axes", stacked)
    out_turned = _numbers(node, attrs, "scan_output_directions", stacked)
    steps = 0
    for place, (name, axis) in enumerate(zip(inputs, axes, strict=True)):
        axes[place], length = steps_along(node, writer, name, axis)
        if place and length != steps:
            raise FlowError(f"{where(node)}: its inputs have {steps} and {length} steps")
        steps = length
    body = Body(node, graph, writer, write)
    body.begin()
    state = list(node.input[:states])
    parts: list[list[str]] = [[] for _ in range(stacked)]
    for step in range(steps):
        given = dict(zip(body.inputs, state, strict=False))
        for place, name in enumerate(inputs):
            at = steps - 1 - step if turned[place] else step
            inside = body.inputs[states + place]
            given[inside] = writer.step_of(name, axes[place], at, f"{inside}_step{step}")
        made = body.step(given, step)
        state = made[:states]
        for part, name in zip(parts, made[states:], strict=True):
            part.append(name)
    write_outputs(node, writer, state)
    for place, output in enumerate(node.output[states:]):
        if output:
            order = parts[place][::-1] if out_turned[place] else parts[place]
            write_stack(node, writer, order, out_axes[place], output)


def write_outputs(node: NodeProto, writer: Writer, state: list[str]) -> None:
    """Let a loop's first outputs be its last states."""
    for name, output in zip(state, node.output, strict=False):
        if output:
            writer.emit("Identity", f"{node.name or node.op_type}_{output}", [name], output)


def write_stack(node: NodeProto, writer: Writer, parts: list[str], axis: int, output: str) -> None:
    """Let an output be the steps' parts along a new axis, counted from the end below zero."""
    if axis < 0:
        shape = writer.shape(parts[0])
        if shape is None:
            raise FlowError(
                f"{where(node)}: along which axis its output {output} lies cannot be told: the "
                f"shape of {parts[0]} is not known"
            )
        axis += len(shape) + 1
    writer.stack(parts, axis, f"{node.name or node.op_type}_{output}", output)


def steps_along(node: NodeProto, writer: Writer, name: str, axis: int) -> tuple[int, int]:
    """(axis, counted from the first; steps along it); FlowError where they are not known."""
    shape = writer.shape(name)
    if shape is not None and not -len(shape) <= axis < len(shape):
        raise FlowError(f"{where(node)}: axis {axis} of {name}, which has shape {shape}")
    size = None if shape is None else shape[axis]
    if shape is None or size is None:
        raise FlowError(
            f"{where(node)}: how many steps it takes is not known: axis {axis} of {name} has no "
            "fixed size; expected a fixed number of steps"
        )
    return axis % len(shape), size


def _numbers(node: NodeProto, attrs: dict[str, list[int]], name: str, count: int) -> list[int]:
    found = [int(number) for number in attrs.get(name, [0] * count)]
    if len(found) != count:
        raise FlowError(f"{where(node)}: {name} = {found}; expected {count} numbers")
    return found
