"""FINN's own operators where this library has some of the same names, for one block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qonnx.custom_op import registry as qonnx_registry
from qonnx.custom_op.registry import add_op_to_domain

from hw.ops.registry import FINN_MODULES, finns_class, operators


def _names() -> list[tuple[str, str]]:
    """(domain, name) of every class of this library."""
    classes = [c for each in operators() for c in zip(FINN_MODULES, each.classes, strict=True)]
    return [(domain, made.__name__) for domain, made in classes if made is not None]


def _put(domain: str, name: str, made: Any) -> None:
    """Make FINN and QONNX know a class by a name, or none where made is None."""
    known = FINN_MODULES[domain].custom_op
    known.pop(name, None)
    # QONNX has no call that takes an operator away
    qonnx_registry._OP_REGISTRY.get(domain, {}).pop(name, None)
    if made is not None:
        known[name] = made
        add_op_to_domain(domain, made)


@contextmanager
def finns_own() -> Iterator[None]:
    """Within the block FINN maps networks by itself: names are FINN's, where it has them."""
    names = _names()
    kept = {(domain, name): FINN_MODULES[domain].custom_op.get(name) for domain, name in names}
    try:
        for domain, name in names:
            _put(domain, name, finns_class(domain, name))
        yield
    finally:
        for (domain, name), made in kept.items():
            _put(domain, name, made)
