"""The commands that a report prints, complete: as they stand there they can be typed.

They are meant for the folder of the configuration, with the project's environment active, and name
files from there, so that a page holds no path of the machine that made it.
"""

import hashlib
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup, escape

from flows.build.build import Build
from flows.report.render import code
from flows.run.frame_files import are_files
from outside.called import as_called

#: ``python -m flows NAME --option value`` in a text, without the files that belong to it.
_COMMAND = re.compile(r"`?python -m flows ([a-z][a-z-]*)((?: --[a-z-]+(?: [\w@]+)?)*)`?")
_FLOWS = "python -m flows"
_EXECUTORS = ("emulate", "rtlsim", "cppsim")
_CHECKPOINTS = Path(__file__).resolve().parents[2] / "model" / "checkpoints"


def where() -> str:
    """Where the commands of a report are for."""
    folder = "Commands are for the folder of the configuration"
    if as_called(_FLOWS) != _FLOWS:  # by a command that is installed
        return f"{folder}."
    return (
        f"{folder}, with the project's environment active "
        "(source .venv/bin/activate in the project's folder)."
    )


@dataclass(frozen=True)
class Commands:
    """Of a build. source: its configuration's file; metadata: of its network."""

    build: Build
    source: Path
    metadata: Mapping[str, str] = field(default_factory=dict)

    def flows(self, name: str, *options: str) -> str:
        """One command on this configuration."""
        file = self.source.name
        file = f"./{file}" if file[:1] == "-" else file
        return f"{as_called(f'{_FLOWS} {name}')} {shlex.join([file, *options])}"

    def place(self, path: Path | str) -> str:
        """A path as it is named from the configuration's folder."""
        found = os.path.relpath(path, self.source.resolve().parent)
        return f"./{found}" if found[:1] == "-" else found

    def complete(self, name: str, options: Sequence[str]) -> str:
        """A command with all that it needs, as it is typed."""
        given, before, paths = list(options), "", self.build.paths
        if name in _EXECUTORS:
            if not any(are_files(paths.frames, count) for count in (1, 2)):
                before = self.flows("frames", "--out", self.place(paths.frames)) + " && "
            given[:0] = ["--input", self.place(paths.frames)]
        if "--brevitas" in given and (digest := self.metadata.get("checkpoint")):
            given += ["--checkpoint", self._checkpoint(digest)]
        return before + self.flows(name, *given)

    def _checkpoint(self, digest: str) -> str:
        """The checkpoint of a digest, if it is one of those that ship, else what to look for."""
        for path in sorted(_CHECKPOINTS.glob("*.npz")):
            if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return self.place(path)
        return f"CHECKPOINT-OF-SHA256-{digest[:16]}.npz"

    def html(self, plain: str) -> Markup:
        """A text as HTML, its commands complete."""
        parts, end = [], 0
        for found in _COMMAND.finditer(plain):
            parts.append(escape(plain[end : found.start()]))
            parts.append(code(self.complete(found[1], found[2].split())))
            end = found.end()
        return Markup("").join([*parts, escape(plain[end:])])

    def frames(self) -> str:
        """The command that makes frames, and the report of the first of them."""
        made = self.flows("frames", "--out", self.place(self.build.paths.frames))
        return f"{made} && {self.flows('report')}"

    def detect(self) -> str:
        """The command that draws the boxes of the hardware's integers on a picture."""
        return self.flows("detect", "--out", self.place(self.build.paths.detections))

    def cost(self) -> str:
        """The command that computes the figures beside the paper's and puts them in."""
        file = self.place(self.build.paths.cost)
        made = f"{as_called('python -m model.complexity')} {shlex.join(['--json', file])}"
        return f"{made} && {self.flows('report', '--cost', file)}"
