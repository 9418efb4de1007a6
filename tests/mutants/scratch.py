"""A copy of the tree to plant faults in, and runs of pytest there."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.faults import Fault

#: What is no part of the tree: made by tools, or the environment.
_NOT_COPIED = shutil.ignore_patterns(
    "build", ".venv", ".git", "__pycache__", ".*_cache", "*.egg-info"
)
PASSED, FAILED, OVERTIME = "passed", "failed", "overtime"
_OUTCOMES = {0: PASSED, 1: FAILED}


@dataclass(frozen=True)
class Run:
    """PASSED, FAILED, OVERTIME or why the tests did not run; seconds; the line that tells."""

    outcome: str
    seconds: float
    said: str


def _telling_line(output: str) -> str:
    """The line of pytest's output that says what failed."""
    for pattern in (r"^E {1,3}(?=\S)(.*)$", r"^(?:FAILED|ERROR) (.*)$", r"^(\S.*)$"):
        found = re.findall(pattern, output, re.MULTILINE)
        if found:
            return str(found[0 if pattern[1] == "E" else -1])[:200]
    return ""


class Scratch:
    """One copy of the tree. The tests there import the copy, whatever is installed."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Copy root to folder; built simulators that an earlier copy left are kept."""
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        kept = folder.with_name(f"{folder.name}.kept")
        shutil.rmtree(kept, ignore_errors=True)
        if (folder / "build").exists():
            (folder / "build").rename(kept)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(root, folder, ignore=_NOT_COPIED, symlinks=True)
        if kept.exists():
            kept.rename(folder / "build")

    @contextlib.contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        """With the fault in its file; as it was afterwards. What is built meanwhile goes."""
        path = self.folder / fault.file
        text = path.read_text(encoding="utf-8")
        caches = self._caches()
        path.write_text(fault.plant(text), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")
            for made in self._caches() - caches:
                shutil.rmtree(made) if made.is_dir() else made.unlink()

    def _caches(self) -> set[Path]:
        """Everything that tests keep below the copy's build/."""
        return set((self.folder / "build").glob("*/*"))

    def end(self) -> None:
        """End the tests that run, and what they started."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def pytest(self, arguments: Iterable[str], limit: float) -> Run:
        """Run tests to the first failure, at most limit seconds.

        No bytecode is written: a changed file of the same size and second would not be seen.
        """
        temporary = self.folder / "build" / "tmp"
        command = [sys.executable, "-m", "pytest", "-x", "--tb=short", "-p", "no:cacheprovider"]
        command += [f"--rootdir={self.folder}", f"--basetemp={temporary}", "-m", "not slow"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # they take a second to load
        }
        (self.folder / "build").mkdir(exist_ok=True)
        start = time.perf_counter()
        with (self.folder / "build" / "pytest.log").open(
            "w+", encoding="utf-8", errors="replace"
        ) as log:
            process = self._process = subprocess.Popen(
                [*command, *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(limit)
                outcome = _OUTCOMES.get(process.returncode, f"status {process.returncode}")
            except subprocess.TimeoutExpired:
                outcome = OVERTIME
            finally:
                self.end()
            log.seek(0)
            said = "" if outcome == PASSED else _telling_line(log.read())
        shutil.rmtree(temporary, ignore_errors=True)
        return Run(outcome, time.perf_counter() - start, said)


def digest(root: Path, tests: Iterable[str]) -> str:
    """Of all that these test files read: the tree without other tests and without lists."""
    named = set(tests)
    made = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if any(part in {"build", ".venv", ".git", "__pycache__", "mutants"} for part in name.parts):
            continue
        if path.suffix in {".md", ".pyc"} or path.is_dir() or not path.is_file():
            continue
        other = path.name.startswith("test_") and path.suffix == ".py"
        if other and not any(str(name).startswith(test) for test in named):
            continue
        made.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return made.hexdigest()
