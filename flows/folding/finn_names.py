"""Folding files of FINN: its names of nodes become those of this graph, where that is exact.

FINN numbers the nodes of each operator in the graph's order (``MVAU_0``, ``MVAU_hls_1``). Such
entries are for the nodes of the operator here that means the same (``Operator.finn_names``), if
both graphs have as many of them; else nobody can tell which is which, and they are refused. What
FINN inserts by itself, and operators that this graph has none of, have nothing to say here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flows.errors import FlowError
from hw.ops.base import Operator, Role
from hw.ops.registry import kind_of, operators
from hw.ops.sizes import DYNAMIC
from hw.ops.writable import WRITABLE
from outside.nearest import meant

Folding = dict[str, dict[str, Any]]

#: Entry that holds values for every node: attribute -> [value, [operators, or "all"]].
DEFAULTS = "Defaults"
_NUMBERED = re.compile(r"([A-Za-z][A-Za-z0-9_]*?)(?:_(hls|rtl))?_(\d{1,6})")
#: Attributes of FINN's operators that no choice here corresponds to: memories are constants in the
#: hardware, FIFOs are sized by our own timing model.
_WITHOUT_MEANING = {
    *("mem_mode", "impl_style", "depth", "inFIFODepths", "outFIFODepths", "cpp_interface"),
    *("depth_trigger_bram", "depth_trigger_uram", "depth_trigger_uram_bram", "uram_efficiency"),
    *("hls_style", "partition_id", "device_id", "slr", "rtlsim_trace", "M"),
}
#: Attributes that may only have this value: another one would change what the hardware does.
_FIXED = {
    WRITABLE: (0, "there are neither weights nor thresholds"),
    DYNAMIC: (0, "neither rows nor columns are counted"),
}
#: The tool's own choice.
_AUTO = "auto"
#: Operators that FINN inserts between others and around the graph.
_INSERTED = (
    *("IODMA", "TLastMarker", "StreamingDataflowPartition", "CheckSum", "InstrumentationWrapper"),
)


@dataclass
class Translated:
    """A folding by this graph's names. renamed: FINN's name -> this graph's; ignored: entries."""

    folding: Folding = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Lines for the user: which node is which, and what is passed over."""
        lines = []
        if self.renamed:
            pairs = ", ".join(f"{name} is {here}" for name, here in self.renamed.items())
            lines.append(f"folding: FINN's {pairs}")
        if self.ignored:
            lines.append(f"folding: without meaning here: {', '.join(self.ignored)}")
        return lines


def translate(given: Mapping[str, Mapping[str, Any]], ops: Sequence[Operator]) -> Translated:
    """A folding file's entries for the operators of a graph, in its order.

    Entries that name nodes of the graph stay as they are. Raises FlowError for an entry that names
    neither one of them nor, exactly, one of FINN's.
    """
    here = {op.name for op in ops}
    result = Translated()
    foreign = {name: dict(values) for name, values in given.items() if name not in here}
    defaults = foreign.pop(DEFAULTS, {})
    result.folding = {name: dict(given[name]) for name in given if name in here}
    for kinds, entries in _by_operator(foreign, ops).items():
        _take(kinds, entries, ops, result)
    _defaults(defaults, ops, result)
    return result


def _by_operator(foreign: Folding, ops: Sequence[Operator]) -> dict[tuple[str, ...], Folding]:
    """Entries by FINN's names of the operator that they are of; FlowError where there is none."""
    families = {name: each.abstract.finn_names for each in operators()
                for name in each.abstract.finn_names}  # fmt: skip
    families |= {name: (name,) for name in _INSERTED}
    found: dict[tuple[str, ...], Folding] = {}
    for name, values in foreign.items():
        numbered = _NUMBERED.fullmatch(name)
        if numbered is None or numbered[1] not in families:
            known = [op.name for op in ops]
            here = sorted({kind for op in ops for kind in op.finn_names})
            variant = f"_{numbered[2]}" if numbered and numbered[2] else ""
            alike = [f"{kind}{variant}_{numbered[3]}" for kind in here] if numbered else []
            what = ", and no operator here means what FINN's does" if numbered else ""
            names = ", ".join(f"{kind}_0" for kind in here)
            finn = f", or FINN's {names}, ..." if here and numbered else ""
            raise FlowError(
                f"folding: no node {name}{what}; nodes: {', '.join(known)}{finn}"
                f"{meant(name, [*known, *alike])}"
            )
        found.setdefault(families[numbered[1]], {})[name] = values
    return found


def _take(
    kinds: tuple[str, ...], entries: Folding, ops: Sequence[Operator], result: Translated
) -> None:
    """Give the entries of one operator to the nodes that they are for."""
    mine = [op for op in ops if kinds == op.finn_names]
    if not mine or mine[0].role in (Role.FIFO, Role.CONVERTER):
        result.ignored += [f"{name} (no such node here)" for name in entries]
        return
    names = list(entries)
    if not _is_whole(names, len(mine)):
        raise FlowError(
            f"folding: {names[0]}: the file names {len(names)} of FINN's {kinds[0]}, this graph "
            f"has {len(mine)} such nodes ({', '.join(op.name for op in mine)}): which is which "
            "cannot be told; expected an entry for each of them, or this graph's names as in "
            "final_hw_config.json"
        )
    if beside := _beside(mine, ops):
        raise FlowError(
            f"folding: {names[0]}: {' and '.join(beside)} stand beside each other in branches: "
            f"which of FINN's {kinds[0]} is which cannot be told; expected this graph's names"
        )
    order = sorted(names, key=_number) if len({_variant(name) for name in names}) == 1 else names
    for name, op in zip(order, mine, strict=True):
        result.renamed[name] = op.name
        result.folding[op.name] = _values(name, entries[name], op, result)


def _beside(mine: Sequence[Operator], ops: Sequence[Operator]) -> tuple[str, ...]:
    """Two of a graph's operators of which none stands behind the other; () where all are in row."""
    maker = {tensor: op.name for op in ops for tensor in op.onnx_node.output}
    before: dict[str, set[str]] = {}
    for op in ops:
        sources = {maker[tensor] for tensor in op.onnx_node.input if tensor in maker}
        before[op.name] = sources.union(*(before[name] for name in sources))
    for first, second in pairwise(mine):
        if first.name not in before[second.name]:
            return first.name, second.name
    return ()


def _is_whole(names: Sequence[str], count: int) -> bool:
    """Whether names number count nodes without a gap: each variant by itself, as FINN does."""
    by_variant: dict[str, list[int]] = {}
    for name in names:
        by_variant.setdefault(_variant(name), []).append(_number(name))
    whole = all(sorted(found) == list(range(len(found))) for found in by_variant.values())
    rising = len(by_variant) == 1 or all(found == sorted(found) for found in by_variant.values())
    return whole and rising and len(names) == count


def _number(name: str) -> int:
    return int(name.rpartition("_")[2])


def _variant(name: str) -> str:
    return name.rpartition("_")[0]


def _values(
    name: str, given: Mapping[str, Any], op: Operator, result: Translated
) -> dict[str, Any]:
    """The attributes that mean something here; FlowError for one that would change the hardware."""
    taken = {}
    for key, value in given.items():
        is_fixed = key in _FIXED and key not in op.folding_attributes
        if is_fixed and value != _FIXED[key][0]:
            raise FlowError(
                f"folding: node {name}: {key} = {value!r}; expected {_FIXED[key][0]}, for "
                f"{_FIXED[key][1]} in node {op.name}"
            )
        if (
            value == _AUTO
            or key in _WITHOUT_MEANING
            or is_fixed
            or (key in op.get_nodeattr_types() and key not in op.folding_attributes)
        ):
            result.ignored.append(f"{name}.{key}")
        elif op.role is Role.ALONE and key in op.lane_attributes and not _fits(op, value):
            channels = op.input_shape()[-1]
            result.ignored.append(f"{name}.{key} = {value} ({op.name} has {channels} channels)")
        else:
            taken[key] = value
    return taken


def _fits(op: Operator, lanes: Any) -> bool:
    """Whether lanes divide the channels: FINN may have laid the same pixels out as one row."""
    return not isinstance(lanes, int) or lanes < 1 or op.input_shape()[-1] % lanes == 0


def _defaults(given: Mapping[str, Any], ops: Sequence[Operator], result: Translated) -> None:
    """FINN's Defaults: a value for all nodes of some operators that have the attribute."""
    for key, entry in given.items():
        shape = "a value and a list of operators"
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], list)):
            raise FlowError(f"folding: {DEFAULTS}: {key} = {entry!r}; expected {shape}")
        value, kinds = entry
        takers = [
            op
            for op in ops
            if ("all" in kinds or set(kinds) & {*op.finn_names, kind_of(op.onnx_node)})
            and key in op.folding_attributes
        ]
        if value == _AUTO or not takers:
            result.ignored.append(f"{DEFAULTS}.{key}")
            continue
        for op in takers:
            result.folding.setdefault(op.name, {}).setdefault(key, value)
