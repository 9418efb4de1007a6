"""Another size of the image while it runs: which nodes take it, and which networks cannot."""

from collections.abc import Sequence
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.config import BuildConfig
from flows.errors import FlowError
from hw.dataflow.graph import OUTSIDE, StreamGraph
from hw.ops.base import Operator
from hw.ops.sizes import DYNAMIC, SizedOp

_EXPECTED = f"expected a network without it, or {DYNAMIC} = 0"


def all_sizes(ops: Sequence[Operator], folding: dict[str, dict[str, Any]]) -> None:
    """Give every node that counts rows and columns dynamic_mode = 1, unless folding says 0."""
    for op in ops:
        if isinstance(op, SizedOp):
            folding.setdefault(op.name, {}).setdefault(DYNAMIC, 1)
    if not any(isinstance(op, SizedOp) or op.of_one_size for op in ops):
        raise FlowError(
            f"{DYNAMIC}: true, but no node of the network counts rows and columns; expected false"
        )


def check_sizes(model: ModelWrapper, config: BuildConfig) -> None:
    """Raise FlowError, naming the node, where some nodes take another size and others cannot.

    A network takes another size as a whole. Where no node has dynamic_mode all is well.
    """
    graph = StreamGraph.of_model(model)
    sized = [op for op in graph.ops if isinstance(op, SizedOp)]
    dynamic = [op for op in sized if op.is_dynamic()]
    if not dynamic and not config.dynamic_mode:
        return
    for op in sized:
        if not op.is_dynamic():
            which = f"{dynamic[0].name} has {DYNAMIC} = 1" if dynamic else f"{DYNAMIC} is true"
            raise FlowError(
                f"node {op.name}: {DYNAMIC} = 0, but {which}: a network takes another size as a "
                f"whole; expected 1 for all that count rows and columns, as the configuration's "
                f"{DYNAMIC}: true says it"
            )
    if config.pixels_per_clock > 1:
        raise FlowError(
            f"pixels_per_clock = {config.pixels_per_clock:g} with {DYNAMIC}: a beat holds several "
            "pixels, which another width may not fill; expected 1 or less"
        )
    for op in graph.ops:
        if why := op.of_one_size or _whole(op):
            raise _refused(op, why)
    for wire in graph.wires:
        before = graph.before(wire)
        if wire.target == OUTSIDE or before is None:
            continue
        behind, (_, height, width, _) = graph.ops[wire.target], before.output_shape()
        if tuple(behind.get_normal_input_shape(wire.port)[1:3]) != (height, width):
            raise _refused(
                behind,
                f"it takes the {height} x {width} pixels of {before.name} as others: its weights "
                "are of one size",
            )


def _whole(op: Operator) -> str:
    """Why an operator whose one window is the whole image takes no other; "" if it does."""
    if not isinstance(op, SizedOp) or op.reach() == (1, 1):
        return ""
    is_whole = op.reach() == op.input_shape()[1:3]
    return "its window is the whole image" if is_whole else ""


def _refused(op: Operator, why: str) -> FlowError:
    return FlowError(
        f"node {op.name}: cannot take another size of the image while it runs ({DYNAMIC}): {why}; "
        f"{_EXPECTED}"
    )
