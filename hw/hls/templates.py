"""Calls of the templates of ``hw/hls/<function>.hpp`` with named parameters.

C++ takes template arguments by place; an operator says them by name, as it does for RTL. The
header knows the order, and a name that is missing or unknown is an error.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hw.errors import HardwareError

_FOLDER = Path(__file__).resolve().parent


@cache
def template_parameters(function: str) -> dict[str, bool]:
    """Parameters of a header's template in order: name -> whether it has a default."""
    text = (_FOLDER / f"{function}.hpp").read_text(encoding="utf-8")
    found = re.findall(rf"template <([^>]*)>\s*void {function}\(", text)
    if not found:
        raise HardwareError(f"{function}.hpp has no template {function}")
    lists = {re.sub(r"\s+", " ", each) for each in found}
    if len(lists) != 1:
        raise HardwareError(f"{function}.hpp: its templates {function} differ in their parameters")
    parameters = {}
    for parameter in lists.pop().split(","):
        declared, default, _ = parameter.partition("=")
        if declared.strip().startswith("typename"):  # follows from the streams that are passed
            continue
        parameters[declared.split()[-1]] = bool(default)
    return parameters


def template_call(function: str, values: Mapping[str, int | bool]) -> str:
    """``df::function<...>`` with the values in the header's order.

    Raises HardwareError where a name is missing or unknown; those that have a default may be left
    out, the last ones first.
    """
    parameters = template_parameters(function)
    if unknown := sorted(set(values) - set(parameters)):
        raise HardwareError(f"{function}.hpp has no template parameter {', '.join(unknown)}")
    given = [name for name in parameters if name in values]
    if missing := [
        name for name, default in parameters.items() if name not in values and not default
    ]:
        raise HardwareError(f"{function}.hpp: no value for {', '.join(missing)}")
    if given != list(parameters)[: len(given)]:
        raise HardwareError(f"{function}.hpp: only the last parameters can be left out")
    arguments = ", ".join(str(values[name]).lower() for name in given)
    return f"df::{function}<{arguments}>"
