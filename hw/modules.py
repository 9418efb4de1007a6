"""The modules of hw/rtl: what each instantiates, and one at parameters of its own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from hw import RTL_DIR
from hw.errors import HardwareError

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
#: A module's name, then its parameters or its instance's name.
_INSTANCE = re.compile(r"^\s*(\w+)\s+(?:#\s*\(|\w+\s*\()", re.MULTILINE)
#: A parameter's name, whatever its type.
_PARAMETER = re.compile(r"^\s*parameter\s[^=]*?(\w+)\s*=", re.MULTILINE)


@dataclass(frozen=True)
class Variant:
    """A module with parameters. inputs, outputs: how many streams its handshakes are of."""

    module: str
    parameters: dict[str, int | str] = field(default_factory=dict)
    inputs: int = 1
    outputs: int = 1

    def __str__(self) -> str:
        listed = ", ".join(f"{key} = {value}" for key, value in self.parameters.items())
        return f"{self.module}({listed})"


@cache
def parameters(module: str) -> tuple[str, ...]:
    """Parameters of a module of hw/rtl, in order."""
    return tuple(_PARAMETER.findall(_code(module)))


@cache
def instantiated(module: str) -> tuple[str, ...]:
    """Modules of hw/rtl that one of them instantiates, at whatever parameters, as they come."""
    names = dict.fromkeys(_INSTANCE.findall(_code(module)))
    return tuple(name for name in names if name != module and (RTL_DIR / f"{name}.sv").is_file())


def closure(modules: Iterable[str]) -> tuple[str, ...]:
    """Modules and all that they instantiate, each behind what it instantiates itself."""
    found: dict[str, None] = {}
    for module in modules:
        found |= dict.fromkeys((*closure(instantiated(module)), module))
    return tuple(found)


def _code(module: str) -> str:
    """Text of a module without its comments."""
    path = RTL_DIR / f"{module}.sv"
    if not path.is_file():
        raise HardwareError(f"hw/rtl has no module {module}")
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))
