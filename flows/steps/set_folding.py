"""Step set_folding: PE, SIMD and the kind of sliding window for each node.

From a target of clocks per frame: every MVAU gets the cheapest (PE, SIMD) that meets it, the
streams between follow. A folding file's entries, by node name, replace what the solver chose.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.errors import FlowError

#: Attributes that a folding file may set.
FOLDING_ATTRIBUTES = (
    "PE",
    "SIMD",
    "ram_style",
    "parallel_window",
    "inFIFODepths",
    "outFIFODepths",
    "preferred_impl_style",
)


def set_folding(
    model: ModelWrapper,
    clocks: int,
    overrides: dict[str, dict[str, Any]],
    clock_ns: float,
    target: str = "target_fps",
) -> ModelWrapper:
    """Fold model (abstract operators) in place and return it.

    clocks: clocks that a frame may take. overrides: node name -> attributes. target: the key that
    clocks come from, for messages. FIFO depths that overrides do not give are left to size_fifos.
    Raises FlowError for an unknown node or attribute and where no folding meets the target,
    HardwareError where an override does not divide.
    """
    _check_overrides(model, overrides)
    for node in model.graph.node:
        op = getCustomOp(node)
        given = overrides.get(node.name, {})
        if node.op_type == "MultiLevelMVAU":
            _fold_mvau(model, node, (clocks, clock_ns, target), overrides)
        elif node.op_type in ("StreamMaxPool", "StreamThresholding"):
            op.set_nodeattr("PE", given.get("PE") or _follow(model, node, clocks))
        elif node.op_type == "GroupSum":
            op.set_nodeattr("SIMD", given.get("SIMD") or _fold_sum(model, node, clocks))
        for key, value in given.items():
            op.set_nodeattr(key, value)
    for node in model.graph.node:
        op = getCustomOp(node)
        op.check()
        given = overrides.get(node.name, {})
        op.set_nodeattr("inFIFODepths", given.get("inFIFODepths", [2]))
        op.set_nodeattr("outFIFODepths", given.get("outFIFODepths", [2]))
    return model


def write_folding(model: ModelWrapper, path: Path) -> None:
    """Write the folding as FINN's final_hw_config.json: attributes by node name."""
    table: dict[str, dict[str, Any]] = {"Defaults": {}}
    for node in model.graph.node:
        op = getCustomOp(node)
        known = op.get_nodeattr_types()
        values = {key: op.get_nodeattr(key) for key in FOLDING_ATTRIBUTES if key in known}
        if not values["preferred_impl_style"]:  # the configuration's impl_style holds
            del values["preferred_impl_style"]
        table[node.name] = {
            key: value if isinstance(value, (int, str)) else [int(v) for v in value]
            for key, value in values.items()
        }
    path.write_text(json.dumps(table, indent=2) + "\n")


def _check_overrides(model: ModelWrapper, overrides: dict[str, dict[str, Any]]) -> None:
    nodes = {node.name: node for node in model.graph.node}
    for name, attrs in overrides.items():
        if name not in nodes:
            raise FlowError(f"folding: no node {name}; nodes: {', '.join(nodes)}")
        known = getCustomOp(nodes[name]).get_nodeattr_types()
        for key in attrs:
            if key not in FOLDING_ATTRIBUTES or key not in known:
                raise FlowError(f"folding: node {name} has no folding attribute {key}")
            _check_value(name, key, attrs[key], known[key])


def _check_value(node: str, key: str, value: Any, declared: tuple[Any, ...]) -> None:
    """FlowError unless value is of the kind that FINN's declaration of the attribute says."""

    def integer(number: Any) -> bool:
        return isinstance(number, int) and not isinstance(number, bool)

    match declared[0]:
        case "i":
            allowed = sorted(declared[3]) if len(declared) > 3 else []
            good = integer(value) and (not allowed or value in allowed)
            expected = f"one of {', '.join(map(str, allowed))}" if allowed else "an integer"
        case "s":
            allowed = sorted(declared[3]) if len(declared) > 3 else []
            good = value in allowed
            expected = f"one of {', '.join(name for name in allowed if name)}"
        case _:
            good = isinstance(value, list) and len(value) == 1
            good = good and integer(value[0]) and value[0] >= 0
            expected = "a list of one integer, 0 or more"
    if not good:
        raise FlowError(f"folding: node {node}: {key} = {value!r}; expected {expected}")


def _divisors(number: int) -> Iterator[int]:
    return (d for d in range(1, number + 1) if number % d == 0)


def _producer(model: ModelWrapper, node: NodeProto | None, op_type: str) -> NodeProto | None:
    """The producer of node's stream if it is an op_type."""
    if node is None:
        return None
    producer = model.find_producer(node.input[0])
    return producer if producer is not None and producer.op_type == op_type else None


def _fold_mvau(
    model: ModelWrapper,
    node: NodeProto,
    goal: tuple[int, float, str],
    overrides: dict[str, dict[str, Any]],
) -> None:
    """Choose PE and SIMD of an MVAU, and SIMD and kind of the window and padding before it.

    goal: clocks, their period in ns, and the key that they come from.
    """
    clocks, clock_ns, target = goal
    op = getCustomOp(node)
    window = _producer(model, node, "SlidingWindow")
    pad = _producer(model, window or node, "StreamPad")
    before = [getCustomOp(n) for n in (window, pad) if n is not None]
    given = {**overrides.get(window.name, {})} if window is not None else {}
    mine = overrides.get(node.name, {})
    width, rows = int(op.get_nodeattr("MW")), int(op.get_nodeattr("MH"))
    kernel = getCustomOp(window).get_nodeattr("KernelSize") if window is not None else [1, 1]
    taps = int(kernel[0]) * int(kernel[1])
    channels = width // taps
    best: tuple[float, int] | None = None
    fastest = None

    def apply(simd: int, pe: int, lanes: int, parallel: bool) -> None:
        op.set_nodeattr("SIMD", simd)
        op.set_nodeattr("PE", pe)
        op.set_nodeattr("window_taps", taps if parallel else 0)
        op.set_nodeattr("window_simd", lanes if parallel else 0)
        for other in before:
            other.set_nodeattr("SIMD", lanes)
        if window is not None:
            getCustomOp(window).set_nodeattr("parallel_window", int(parallel))

    choices = []
    for lanes in _divisors(channels):
        options = [(lanes, False)]
        if window is not None and taps > 1:
            options.append((lanes * taps, True))
        for simd, parallel in options:
            if mine.get("SIMD", simd) != simd or given.get("SIMD", lanes) != lanes:
                continue
            if bool(given.get("parallel_window", parallel)) != parallel:
                continue
            choices += [(simd, pe, lanes, parallel) for pe in _divisors(rows)]
    if "PE" in mine:
        choices = [c for c in choices if c[1] == mine["PE"]]
    if not choices:
        # let the operator's own check name what does not divide
        op.set_nodeattr("SIMD", mine.get("SIMD", 1))
        op.set_nodeattr("PE", mine.get("PE", 1))
        op.check()
        wanted = f"SIMD = {mine['SIMD']}" if "SIMD" in mine else f"folding {given} of its window"
        raise FlowError(
            f"folding: node {node.name}: {wanted} needs a sliding window of as many lanes: a "
            f"divisor of {channels}, or {taps} times one"
        )
    for index, (simd, pe, lanes, parallel) in enumerate(choices):
        apply(simd, pe, lanes, parallel)
        need = max(int(o.get_exp_cycles()) for o in (op, *before))
        fastest = need if fastest is None else min(fastest, need)
        if need > clocks and not ("PE" in mine and "SIMD" in mine):
            continue
        cost = _cost(op, simd, pe, lanes, taps, parallel)
        if best is None or cost < best[0]:
            best = (cost, index)
    if best is None:
        raise FlowError(
            f"folding: node {node.name} takes at least {fastest} clocks a frame, the target is "
            f"{clocks} (at {clock_ns} ns a clock); lower {target}"
        )
    apply(*choices[best[1]])


def _cost(op: Any, simd: int, pe: int, lanes: int, taps: int, parallel: bool) -> float:
    """Relative cost, in LUTs as far as they are known: multipliers, accumulators, window."""
    bits = int(op.get_input_datatype().bitwidth())
    multiply = 0.9 * pe * simd * bits
    accumulate = 60.0 * pe
    replay = 0.6 * simd * bits
    window = 0.7 * taps * lanes * bits if parallel else 60.0
    return multiply + accumulate + replay + window


def _lanes_before(model: ModelWrapper, node: NodeProto) -> int:
    """Lanes of the stream that reaches node; 0 at the network's input."""
    producer = model.find_producer(node.input[0])
    return int(getCustomOp(producer).lanes_out()) if producer is not None else 0


def _follow(model: ModelWrapper, node: NodeProto, clocks: int) -> int:
    """As many lanes as the stream before has; at the network's input as few as meet the target."""
    lanes = _lanes_before(model, node)
    if lanes:
        return lanes
    op = getCustomOp(node)
    beats = op.get_exp_cycles() * op.lanes_in()
    channels = op.input_shape()[-1]
    return next((d for d in _divisors(channels) if beats / d <= clocks), channels)


def _fold_sum(model: ModelWrapper, node: NodeProto, clocks: int) -> int:
    """Input lanes of a group sum: those before it if they fit the group, else the next that do."""
    op = getCustomOp(node)
    group = int(op.get_nodeattr("Group"))
    shape = op.input_shape()
    fits = [d for d in _divisors(shape[-1]) if d % group == 0 or group % d == 0]
    before = _lanes_before(model, node)
    if before in fits:
        return before
    beats = shape[1] * shape[2] * shape[3]
    return next((d for d in fits if beats / d <= clocks), fits[-1])
