"""The results of a build: JSON files in ``report/``, and the integers that were compared."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flows.build.layout import Layout
from flows.build.names import EXECUTED, ResultName, StepName
from flows.errors import FlowError
from flows.files import READER, write_text

T = TypeVar("T")

_HINT = "not as this flow writes it: make it again"


@dataclass(frozen=True)
class Results:
    """Writes, reads and removes the results of the build that is laid out so."""

    paths: Layout

    def write(self, name: ResultName, data: Any) -> None:
        """Write a result."""
        write_text(self.paths.result(name), json.dumps(data, indent=2) + "\n")

    def remove(self, name: ResultName) -> None:
        """Remove a result, so that an earlier one does not stand for a failed run."""
        self.paths.result(name).unlink(missing_ok=True)

    def read(self, name: ResultName, schema: type[T]) -> T:
        """A result as schema; FlowError where it is missing, broken or of another form."""
        path = self.paths.result(name)
        if not os.path.lexists(path):
            raise FlowError(f"{path}: No such file or directory; build first")
        return READER.json(path, schema, _HINT)

    def plain(self, name: ResultName) -> Any:
        """A result as plain values; None where there is none."""
        path = self.paths.result(name)
        return READER.json(path, object, _HINT) if path.is_file() else None

    def changed(self, name: ResultName) -> int | None:
        """When a result was written, in ns; None where there is none."""
        path = self.paths.result(name)
        return _changed(path) if path.is_file() else None

    def read_nodes(self, name: ResultName, schema: type[T], nodes: set[str]) -> dict[str, T]:
        """A result that is a schema by node; FlowError where one of nodes is missing."""
        table: dict[str, T] = self.read(name, dict[str, schema])  # type: ignore[valid-type]
        if missing := sorted(nodes - table.keys()):
            raise FlowError(f"{self.paths.result(name)}: key {missing[0]} is missing; {_HINT}")
        return table

    def read_current(
        self, name: ResultName, step: StepName, schema: type[T]
    ) -> tuple[T | None, str]:
        """A result about the model after step; None, and why, where it does not count.

        Without the file the reason is ""; where it is older than the model, that is the reason.
        """
        if not os.path.lexists(self.paths.result(name)):
            return None, ""
        result = self.read(name, schema)
        if self.is_older(name, step):
            return None, f"the result at hand ({name}.json) is older than this build"
        return result, ""

    def is_older(self, name: ResultName, step: StepName) -> bool:
        """Whether a result is older than the model after step; both have to be there."""
        return _changed(self.paths.result(name)) < _changed(self.paths.model(step))

    def remove_verdicts(self, of: str) -> None:
        """Remove the integers that an earlier run has compared. of: as of ``Layout.verdict``."""
        for passed in (True, False):
            path = self.paths.verdict(of, passed)
            for each in (path, *path.parent.glob(f"{path.stem}_*.npy")):
                each.unlink(missing_ok=True)

    def remove_executed(self) -> None:
        """Remove what ran on a finished build: it is of a build that no longer stands."""
        for name in EXECUTED:
            self.remove(name)
        for path in self.paths.verdicts.glob("verify_*_*.npy"):
            if not path.name.startswith("verify_import_"):  # of a step, which removes its own
                path.unlink(missing_ok=True)


def _changed(path: Path) -> int:
    return os.stat(path).st_mtime_ns
