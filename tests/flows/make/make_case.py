"""A folder in which make runs for real, but for Python: a stand-in writes down what it is told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
COPIED = (
    "Makefile",
    "requirements.lock",
    "pyproject.toml",
    "flows/__init__.py",
    "flows/run/host_name.py",
    "flows/make",
    "hw/boards",
    "model/__init__.py",
    "model/errors.py",
    "model/exporter.py",
    "model/zoo.py",
    "model/checkpoints",
    "outside",
)
#: Looks at command line and exporter for real; of all other commands it keeps the arguments.
PYTHON = """#!/bin/sh
if [ "$5" = flows/make/__main__.py ]; then exec {real} "$@"; fi
if [ "$2" = model.exporter ]; then exec {real} -B "$@"; fi
printf '%s\\036' "$@" >>{calls}
printf '\\035' >>{calls}
"""


class Place:
    """The folder, and what was run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "place"
        self.calls = folder / "calls"
        for name in COPIED:
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, target)
        stand_in = self.folder / ".venv" / "bin" / "python"
        stand_in.parent.mkdir(parents=True)
        stand_in.write_text(PYTHON.format(real=sys.executable, calls=self.calls))
        stand_in.chmod(0o755)
        (stand_in.parent / "pip").symlink_to("python")
        (self.folder / ".venv" / ".installed").touch()
        self.before = self.tree()

    def tree(self) -> set[Path]:
        """All that lies in the folder and beside it, but what make may write."""
        kept = {self.folder / "build", self.calls}
        return {
            path
            for path in self.folder.parent.rglob("*")
            if path not in kept and self.folder / "build" not in path.parents
        }

    def make(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run make; the calls of earlier runs are forgotten."""
        self.calls.unlink(missing_ok=True)
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder.parent), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def asked(self) -> list[list[str]]:
        """Arguments of each call of Python, but those that look at the command line."""
        if not self.calls.is_file():
            return []
        calls = self.calls.read_text().split("\x1d")[:-1]
        return [call.split("\x1e")[:-1] for call in calls]
