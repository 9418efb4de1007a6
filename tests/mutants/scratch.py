"""A copy of the tree to plant faults in, and runs of pytest there."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tests.mutants.faults import Fault

#: What is no part of the tree, at its top and anywhere: made by tools, or the environment.
_NOT_AT_TOP = {"build", ".venv", ".git"}
_NOWHERE = ("__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
PASSED, FAILED, OVERTIME = "passed", "failed", "overtime"
_OUTCOMES = {0: PASSED, 1: FAILED}


@dataclass(frozen=True)
class Run:
    """PASSED, FAILED, OVERTIME or why the tests did not run; seconds; the line that tells.

    failing: the test that failed, as pytest takes it; "" if none did.
    """

    outcome: str
    seconds: float
    said: str
    failing: str = ""


def not_of_tree(root: Path) -> Callable[[str, list[str]], set[str]]:
    """For shutil.copytree of root: the names in a folder that are no part of the tree."""

    def ignored(folder: str, names: list[str]) -> set[str]:
        anywhere = {name for name in names if any(fnmatch(name, kind) for kind in _NOWHERE)}
        return anywhere | (_NOT_AT_TOP if Path(folder) == root else set())

    return ignored


def _telling_line(output: str) -> str:
    """The line of pytest's output that says what failed."""
    for pattern in (r"^E {1,3}(?=\S)(.*)$", r"^(?:FAILED|ERROR) (.*)$", r"^(\S.*)$"):
        found = re.findall(pattern, output, re.MULTILINE)
        if found:
            return str(found[0 if pattern[1] == "E" else -1])[:200]
    return ""


def _failing(cache: Path) -> str:
    """The test that failed, of pytest's cache; "" if it is not there."""
    with contextlib.suppress(OSError, ValueError):
        return next(iter(json.loads((cache / "v" / "cache" / "lastfailed").read_bytes())), "")
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
        shutil.copytree(root, folder, ignore=not_of_tree(root), symlinks=True)
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
        temporary, cache = self.folder / "build" / "tmp", self.folder / "build" / "failed"
        shutil.rmtree(cache, ignore_errors=True)
        command = [sys.executable, "-m", "pytest", "-x", "--tb=short"]
        command += [f"--rootdir={self.folder}", f"--basetemp={temporary}", "-m", "not slow"]
        # the project's own options go, for they turn off the cache, which holds what test failed
        command += ["-o", "addopts=-q --strict-markers", "-o", f"cache_dir={cache}"]
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
        failing = _failing(cache) if outcome == FAILED else ""
        for folder in (temporary, cache):
            shutil.rmtree(folder, ignore_errors=True)
        return Run(outcome, time.perf_counter() - start, said, failing)
