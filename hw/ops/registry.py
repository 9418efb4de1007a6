"""The one list of operators: whoever wants to treat them all asks here, and names none.

An operator X is registered with FINN and with this list by its own file, which ``hw/ops/__init__``
imports. Of a node, ``kind_of`` says which operator it is (its variant aside), ``operator_of``
gives it with all that hw.ops.base.Operator promises, ``rtl_of`` its RTL side,
``hw.ops.hls_base.hls_variant`` its HLS side.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import finn.custom_op.fpgadataflow as finn_ops
import finn.custom_op.fpgadataflow.hls as finn_hls_ops
import finn.custom_op.fpgadataflow.rtl as finn_rtl_ops
from onnx import NodeProto
from qonnx.custom_op.registry import add_op_to_domain, getCustomOp

from hw.errors import HardwareError
from hw.ops.base import HLS, RTL, Operator, Role, kind_of
from hw.ops.rtl_base import RtlOp

#: Domain of abstract operators, where FINN's SpecializeLayers looks for them.
DOMAIN = "finn.custom_op.fpgadataflow"
#: Domain of RTL variants (FINN's is_rtl_node accepts no other).
RTL_DOMAIN = "finn.custom_op.fpgadataflow.rtl"
#: Domain of HLS variants (FINN's is_hls_node accepts no other).
HLS_DOMAIN = "finn.custom_op.fpgadataflow.hls"
#: FINN's modules of these domains, each with its operators by name.
FINN_MODULES = {DOMAIN: finn_ops, RTL_DOMAIN: finn_rtl_ops, HLS_DOMAIN: finn_hls_ops}


__all__ = [
    "DOMAIN",
    "FINN_MODULES",
    "HLS",
    "HLS_DOMAIN",
    "RTL",
    "RTL_DOMAIN",
    "Registered",
    "copy_of",
    "finns_class",
    "is_hls",
    "is_inserted",
    "is_rtl",
    "kind_of",
    "operator_of",
    "operators",
    "register",
    "registered",
    "role_of",
    "rtl_of",
    "the_one",
]


@dataclass(frozen=True)
class Registered:
    """An operator: its abstract class, named as the operator, and those of its variants."""

    abstract: type[Operator]
    rtl: type[RtlOp]
    hls: type[Operator] | None

    @property
    def kind(self) -> str:
        """Its name."""
        return self.abstract.__name__

    @property
    def classes(self) -> tuple[type[Operator], type[RtlOp], type[Operator] | None]:
        """Those of the domains of FINN_MODULES, in that order."""
        return (self.abstract, self.rtl, self.hls)

    @property
    def cost_kinds(self) -> tuple[str, ...]:
        """Kinds that its cost model tells apart."""
        return self.abstract.cost_kinds or (self.kind,)


_OPERATORS: dict[str, Registered] = {}
#: FINN's own classes of names that this library has too, by domain and name.
_FINNS: dict[tuple[str, str], type] = {}


def register(abstract: type[Operator], rtl: type[RtlOp], hls: type[Operator] | None = None) -> None:
    """Make FINN and this list know an abstract operator X and its variants X_rtl and X_hls."""
    _OPERATORS[abstract.__name__] = Registered(abstract, rtl, hls)
    for domain, made in zip(FINN_MODULES, _OPERATORS[abstract.__name__].classes, strict=True):
        if made is None:
            continue
        known = FINN_MODULES[domain].custom_op
        if made.__name__ in known:
            _FINNS[domain, made.__name__] = known[made.__name__]
        known[made.__name__] = made
        add_op_to_domain(domain, made)


def finns_class(domain: str, name: str) -> type | None:
    """FINN's own operator of a name that this library has too; None where FINN has none."""
    return _FINNS.get((domain, name))


def registered(kind: str) -> Registered:
    """The operator of a name. HardwareError where there is none."""
    if kind not in _OPERATORS:
        raise HardwareError(f"there is no operator {kind}; operators: {', '.join(_OPERATORS)}")
    return _OPERATORS[kind]


def operators() -> Iterator[Registered]:
    """Every operator, by name."""
    return (_OPERATORS[kind] for kind in sorted(_OPERATORS))


def the_one(role: Role) -> Registered:
    """The operator of a role that one alone has: Role.FIFO, Role.CONVERTER, Role.FORK."""
    (found,) = (each for each in operators() if each.abstract.role is role)
    return found


def is_rtl(node: NodeProto) -> bool:
    """Whether a node is an RTL variant."""
    return str(node.op_type).endswith(RTL)


def is_hls(node: NodeProto) -> bool:
    """Whether a node is an HLS variant."""
    return str(node.op_type).endswith(HLS)


def role_of(node: NodeProto) -> Role | None:
    """Role of a node's operator; None where it is none of this library."""
    found = _OPERATORS.get(kind_of(node))
    return None if found is None else found.abstract.role


def is_inserted(node: NodeProto) -> bool:
    """Whether a node hands its tensor on, inserted between two operators: converter or FIFO."""
    return role_of(node) in (Role.CONVERTER, Role.FIFO)


def operator_of(node: NodeProto) -> Operator:
    """The operator of a node. HardwareError, naming the node, where it is none of this library."""
    found = getCustomOp(node) if role_of(node) is not None else None
    if not isinstance(found, Operator):
        raise HardwareError(f"node {node.name}: {node.op_type} is no operator of this library")
    return found


def copy_of(op: Operator) -> Operator:
    """The same operator on a copy of its node: attributes set on it change no graph."""
    node = NodeProto()
    node.CopyFrom(op.onnx_node)
    return operator_of(node)


def rtl_of(node: NodeProto) -> RtlOp:
    """The RTL side of a node. HardwareError, naming the node, where it is no RTL variant."""
    found = operator_of(node)
    if not isinstance(found, RtlOp):
        raise HardwareError(f"node {node.name}: {node.op_type} is no RTL operator")
    return found
