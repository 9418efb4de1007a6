"""The kept runs, ``data/runs.jsonl``: one operator a line with what yosys made of it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER, write_text
from hw.synth.cost.model import DATA
from hw.synth.cost.sampling import Drawn
from hw.synth.resources import Resources

RUNS = DATA / "runs.jsonl"
#: One operator in so many is held out of the fit.
HELD_OUT = 5


@dataclass(frozen=True)
class Run:
    """An operator; key: hash of all that yosys was given ("": has not run yet); tool: its version.

    resources: what yosys made of it.
    """

    operator: Drawn
    key: str = ""
    tool: str = ""
    resources: Resources | None = None

    @property
    def is_held_out(self) -> bool:
        """Whether the fit does not see this run (chosen by the operator's hash)."""
        return int(self.operator.ident, 16) % HELD_OUT == 0

    def with_result(self, key: str, tool: str, resources: Resources) -> "Run":
        """The same operator with a result."""
        return replace(self, key=key, tool=tool, resources=resources)

    def line(self) -> str:
        """One line of JSON."""
        data: dict[str, Any] = {"operator": self.operator.as_dict()}
        if self.resources is not None:
            found = {name: n for name, n in self.resources.as_dict().items() if n}
            data |= {"key": self.key, "tool": self.tool, "resources": found}
        return json.dumps(data, sort_keys=True)


def read_runs(path: Path = RUNS) -> list[Run]:
    """Runs of a file; HardwareError naming the line that is broken."""
    runs = []
    lines = READER.text(path, "`python -m hw.synth.cost add`").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            data = READER.parse(str(path), line, dict[str, Any], f"line {number} is no run")
            operator = Drawn.from_dict(data["operator"])
            found = Resources(**data["resources"]) if "resources" in data else None
            runs.append(Run(operator, data.get("key", ""), data.get("tool", ""), found))
        except HardwareError:
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise HardwareError(f"{path}: line {number} is no run ({error!r})") from error
    return runs


def write_runs(runs: list[Run], path: Path = RUNS) -> None:
    """Write runs whole or not at all."""
    write_text(path, "".join(f"{run.line()}\n" for run in runs))


def merged(runs: list[Run], operators: list[Drawn]) -> list[Run]:
    """Runs and those of operators that are not among them yet."""
    known = {run.operator.ident for run in runs}
    found = list(runs)
    for operator in operators:
        if operator.ident not in known:
            known.add(operator.ident)
            found.append(Run(operator))
    return found
