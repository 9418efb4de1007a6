"""Step set_folding: lanes, windows and memories of each node, by the solver (flows/folding).

The least LUTs that meet a number of clocks a frame, by the fitted cost models, with the share of
the part's block RAM that burdens the part least. A folding file's entries, by node name, are kept
and the rest is solved around them.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.config import BuildConfig, read_folding
from flows.build.names import StepName
from flows.build.step import Step
from flows.build.target import target_clocks, target_key
from flows.errors import FlowError
from flows.files import write_text
from flows.folding.camera import camera_cost
from flows.folding.finn_names import Translated, translate
from flows.folding.fitting import NOTHING, Room, fitting
from flows.folding.options import Pricer
from flows.folding.sizes import all_sizes, check_sizes
from flows.folding.solve import (
    MissedTargetError,
    Solution,
    followers,
    seams_of,
    stages_of,
    tables_of,
)
from hw.boards import Board
from hw.dataflow.graph import StreamGraph
from hw.dataflow.sizing import deep_interval
from hw.errors import HardwareError
from hw.ops.base import Operator
from hw.ops.registry import operator_of
from hw.synth.cost.model import Cost, load_cost_model
from hw.tools.compiler import find_compiler
from outside.nearest import meant
from outside.progress import Progress, silent

#: What is tried until the network keeps its clocks: pools and sums as wide as what is before them,
#: and windows as wide as their unit, for between those there is no FIFO.
TIES = ((False, False), (True, False), (True, True))
#: Share of the DSP slices that sums may take, as many as nextpnr-xilinx places without cascades;
#: all of them where LUTs are more than a share of the part's.
FEW_SLICES, CROWDED = 0.5, 0.5
#: Clocks of a network that stands still: size_fifos says where.
NEVER = 1 << 60

#: Attributes that a folding file may set on every operator, beside its own.
COMMON_ATTRIBUTES = ("inFIFODepths", "outFIFODepths", "preferred_impl_style")


def set_folding(
    model: ModelWrapper,
    clocks: int,
    overrides: dict[str, dict[str, Any]],
    clock_ns: float,
    target: str = "target_fps",
    board: Board | None = None,
    tell: Callable[[str], None] = silent,
    dsp_limit: int | None = None,
    adds_in_slices: bool = False,
    taken: Cost = NOTHING,
) -> ModelWrapper:
    """Return a folded copy of model (abstract operators).

    clocks: clocks that a frame may take. overrides: node name -> attributes. target: the key that
    clocks come from, for messages. board: whose part the network has to fit; None: any. tell: takes
    what is being done, in words. dsp_limit: most DSP slices, if fewer than the part's.
    adds_in_slices: DSP slices may add up sums that are else LUTs, block RAM hold thresholds.
    taken: what is on the part beside the network, and large.
    FIFO depths that overrides do not give are left to size_fifos.
    Raises FlowError for an unknown node or attribute, and where no folding meets the target or fits
    the part, HardwareError where an override does not divide.
    """
    _check_overrides(model, overrides)
    model = ModelWrapper(model.model, make_deepcopy=True)
    graph = StreamGraph.of_model(model)
    ops, seams = graph.ops, seams_of(graph)
    contents = {op.name: op.contents(model) for op in ops}
    pricer, stages = Pricer(load_cost_model(), contents), stages_of(graph)
    room, whole = Room(board, dsp_limit, taken), Room(board, dsp_limit)
    few = Room(board, min(int(FEW_SLICES * whole.dsp), room.dsp), taken)
    pinned = {op.name: {} if adds_in_slices else _as_declared(op) for op in ops}
    given = {name: {**kept, **overrides.get(name, {})} for name, kept in pinned.items()}
    best: tuple[int, Solution] | None = None
    for tied_pools, tied_windows in TIES:
        try:
            tables = tables_of(stages, clocks, given, pricer, tied_windows, tell)
            joined = followers(stages) if tied_pools else None
            found = fitting(tables, pricer, few if adds_in_slices else room, target, joined, seams)
            if adds_in_slices and board is not None and found.lut > CROWDED * board.luts:
                found = fitting(tables, pricer, room, target, joined, seams)
        except MissedTargetError as error:
            if best is not None:
                break
            raise FlowError(
                f"folding: node {error.name} takes at least {error.fastest} clocks a frame, the "
                f"target is {clocks} (at {clock_ns} ns a clock); lower {target}"
            ) from error
        except FlowError:
            if best is not None:
                break
            raise
        _apply(ops, found, overrides)
        tell("the timing model")
        interval = _interval(graph, clocks)
        if best is None or interval < best[0]:
            best = (interval, found)
        if interval <= clocks:
            break
    assert best is not None
    _apply(ops, best[1], overrides)
    return model


def adds_in_slices(config: BuildConfig) -> bool:
    """Whether the solver weighs sums in DSP slices: above one pixel a clock, on a Zynq-7000.

    Below, LUTs are plenty, and the netlist stays free of the part's own cells.
    """
    board = config.device
    is_wide = (config.pixels_per_clock or 0) > 1
    return is_wide and board is not None and board.family == "zynq7000"


def _as_declared(op: Operator) -> dict[str, Any]:
    """Attributes that are weighed above one pixel a clock alone, as they are declared."""
    types = op.get_nodeattr_types()
    return {name: types[name][2] for name in op.wide_attributes}


def _apply(ops: Sequence[Operator], found: Solution, overrides: dict[str, dict[str, Any]]) -> None:
    for op in ops:
        given = overrides.get(op.name, {})
        for key, value in {**found.settings[op.name], **given}.items():
            op.set_nodeattr(key, value)
        op.check()
        op.set_nodeattr("inFIFODepths", given.get("inFIFODepths", [2] * op.stream_inputs()))
        op.set_nodeattr("outFIFODepths", given.get("outFIFODepths", [2] * op.stream_outputs()))


def _interval(graph: StreamGraph, wanted: int) -> int:
    """Clocks a frame by the timing model, with deep FIFOs; wanted where it cannot run here."""
    try:
        find_compiler("the timing model", "")
    except HardwareError:
        return wanted
    found = deep_interval(graph)
    return NEVER if found is None else found


def write_folding(model: ModelWrapper, path: Path) -> None:
    """Write the folding as FINN's final_hw_config.json: attributes by node name."""
    table: dict[str, dict[str, Any]] = {"Defaults": {}}
    for node in model.graph.node:
        op = operator_of(node)
        names = (*op.folding_attributes, *COMMON_ATTRIBUTES)
        values = {key: op.get_nodeattr(key) for key in names}
        if not values["preferred_impl_style"]:  # the configuration's impl_style holds
            del values["preferred_impl_style"]
        table[node.name] = {
            key: value if isinstance(value, (int, str)) else [int(v) for v in value]
            for key, value in values.items()
        }
    write_text(path, json.dumps(table, indent=2) + "\n")


def given_folding(config: BuildConfig, model: ModelWrapper) -> Translated:
    """Attributes by node of the configuration's folding file; nothing without one.

    FINN's names become those of model (``flows.folding.finn_names``). With dynamic_mode every node
    that counts rows and columns has it, unless the file says otherwise.
    """
    file = config.folding_config_file
    ops = [operator_of(node) for node in model.graph.node]
    given = translate(read_folding(file), ops) if file else Translated()
    if config.dynamic_mode:
        all_sizes(ops, given.folding)
    return given


def _check_overrides(model: ModelWrapper, overrides: dict[str, dict[str, Any]]) -> None:
    nodes = {node.name: node for node in model.graph.node}
    for name, attrs in overrides.items():
        if name not in nodes:
            known = f"{', '.join(nodes)}{meant(name, nodes)}"
            raise FlowError(f"folding: no node {name}; nodes: {known}")
        op = operator_of(nodes[name])
        known = op.get_nodeattr_types()
        for key in attrs:
            if key not in (*op.folding_attributes, *COMMON_ATTRIBUTES):
                raise FlowError(f"folding: node {name} has no folding attribute {key}")
            count = op.stream_outputs() if key == "outFIFODepths" else op.stream_inputs()
            _check_value(name, key, attrs[key], known[key], count)


def _check_value(node: str, key: str, value: Any, declared: tuple[Any, ...], count: int) -> None:
    """FlowError unless value is of the kind that FINN's declaration of the attribute says.

    count: integers of a list, one a stream.
    """

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
            good = isinstance(value, list) and len(value) == count
            good = good and all(integer(number) and number >= 0 for number in value)
            many = "one integer" if count == 1 else f"{count} integers"
            expected = f"a list of {many}, 0 or more"
    if not good:
        raise FlowError(f"folding: node {node}: {key} = {value!r}; expected {expected}")


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    config = build.config
    given = given_folding(config, model)
    for line in given.lines():
        print(line)
    clocks, key = target_clocks(config, model), target_key(config)
    taken = camera_cost(build, model)
    if taken.lut:
        print(
            f"the shell with the camera path: some {round(taken.lut):,} LUT, {taken.bram36:g} "
            f"BRAM36, {taken.dsp} DSP slices of {build.device.part} (estimate)"
        )
    with Progress(StepName.SET_FOLDING) as tell:
        model = set_folding(
            model,
            clocks,
            given.folding,
            config.clock_ns,
            key,
            config.device,
            tell,
            config.dsp_limit,
            adds_in_slices=adds_in_slices(config),
            taken=taken,
        )
    check_sizes(model, config)
    write_folding(model, build.paths.folding)
    return model


STEP = Step(StepName.SET_FOLDING, _run)
