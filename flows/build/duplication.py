"""The result of a step that takes duplicated inputs or weights out: what it saved."""

from collections.abc import Mapping, Sequence
from typing import Any


def duplication(savings: Sequence[Mapping[str, Any]], kept: Mapping[str, str]) -> dict[str, Any]:
    """For JSON. savings: figures of each layer, before and after. kept: why others stay, by layer.

    The total is of all figures whose name ends with before or after.
    """
    keys = [key for key in (savings[0] if savings else {}) if key.endswith(("before", "after"))]
    total = {key: sum(int(entry[key]) for entry in savings) for key in keys}
    return {"layers": savings, "not_folded": kept, "total": total}
