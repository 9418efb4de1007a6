"""Plants every fault by itself, runs its nearest tests, and keeps what became of it."""

import json
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutants.faults import Fault, FaultError
from tests.mutants.scratch import FAILED, OVERTIME, PASSED, Run, Scratch, digest

KILLED, SURVIVED, BROKEN = "killed", "survived", "broken"
#: Seconds that tests may take without a fault; with one so many times as long, and more.
BASE_LIMIT, TIMES, MORE = 1800.0, 4.0, 60.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What became of a fault: KILLED, OVERTIME (killed by the limit), SURVIVED, BROKEN."""

    outcome: str
    seconds: float
    said: str
    key: str


class Results:
    """Results by name in a JSON file, written after every one, so that a run can go on later."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            self.by_name = {name: Result(**result) for name, result in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.by_name = {}

    def get(self, name: str, key: str) -> Result | None:
        """The result of the same fault in the same tree under the same tests, if there is one."""
        result = self.by_name.get(name)
        return result if result and result.key == key else None

    def put(self, name: str, result: Result) -> None:
        with self._lock:
            self.by_name[name] = result
            part = self._path.with_suffix(".part")
            content = {name: asdict(made) for name, made in sorted(self.by_name.items())}
            part.write_text(json.dumps(content, indent=1), encoding="utf-8")
            part.replace(self._path)


def _without_fault(scratch: Scratch, tests: tuple[str, ...], arguments: list[str]) -> Run:
    run = scratch.pytest(arguments, BASE_LIMIT)
    if run.outcome != PASSED:
        raise FaultError(f"{' '.join(tests)}: {run.outcome} without any fault: {run.said}")
    return run


def _outcome(run: Run) -> str:
    if run.outcome == PASSED:
        return SURVIVED
    return {FAILED: KILLED, OVERTIME: OVERTIME}.get(run.outcome, BROKEN)


class Campaign:
    """The faults of a tree, planted in as many copies as there are jobs."""

    def __init__(self, root: Path, build: Path, jobs: int, say: Say) -> None:
        """root: the tree. build: where the copies and ``mutants.json`` go. say: takes lines."""
        self._root, self._build, self._jobs, self._say = root, build, jobs, say
        self._results = Results(build / "mutants.json")
        self._lock = threading.Lock()
        self._limits: dict[tuple[str, ...], float] = {}
        self._ended = threading.Event()
        self._said = 0

    def _key(self, fault: Fault, trees: dict[tuple[str, ...], str]) -> str:
        if fault.tests not in trees:
            files = [word.partition("::")[0] for word in fault.arguments]
            trees[fault.tests] = digest(self._root, [word for word in files if "/" in word])
        return f"{trees[fault.tests][:32]}-{fault.digest()[:32]}"

    def _progress(self, text: str, of: int) -> None:
        with self._lock:
            self._said += 1
            self._say(f"[{self._said}/{of}] {text}")

    def run(self, faults: Sequence[Fault]) -> dict[str, Result]:
        """Results by name. FaultError where the tests fail without any fault."""
        self._build.mkdir(parents=True, exist_ok=True)
        trees: dict[tuple[str, ...], str] = {}
        keys = {fault.name: self._key(fault, trees) for fault in faults}
        todo = [fault for fault in faults if not self._results.get(fault.name, keys[fault.name])]
        self._say(f"{len(faults)} faults, {len(todo)} to plant")
        if todo:
            jobs = min(self._jobs, len(todo))
            made = [
                Scratch(self._root, self._build / "mutants" / str(number)) for number in range(jobs)
            ]
            copies: queue.Queue[Scratch] = queue.Queue()
            for copy in made:
                copies.put(copy)
            with ThreadPoolExecutor(jobs) as pool:
                try:
                    self._each(pool, copies, todo, keys)
                except BaseException:  # Ctrl-C, or tests that fail without a fault
                    self._ended.set()
                    pool.shutdown(wait=False, cancel_futures=True)
                    for copy in made:
                        copy.end()
                    raise
        return {fault.name: self._results.by_name[fault.name] for fault in faults}

    def _each(
        self,
        pool: ThreadPoolExecutor,
        copies: "queue.Queue[Scratch]",
        todo: list[Fault],
        keys: dict[str, str],
    ) -> None:
        """First every group of tests without a fault, then the faults."""
        groups = {fault.tests: fault.arguments for fault in todo}

        def first(tests: tuple[str, ...]) -> None:
            copy = copies.get()
            try:
                run = _without_fault(copy, tests, groups[tests])
            finally:
                copies.put(copy)
            if self._ended.is_set():
                return
            self._limits[tests] = TIMES * run.seconds + MORE
            self._progress(f"pass without a fault, {run.seconds:.0f} s: {' '.join(tests)}", total)

        def plant(fault: Fault) -> None:
            copy = copies.get()
            try:
                with copy.planted(fault):
                    run = copy.pytest(fault.arguments, self._limits[fault.tests])
            finally:
                copies.put(copy)
            if self._ended.is_set():
                return
            result = Result(_outcome(run), round(run.seconds, 1), run.said, keys[fault.name])
            self._results.put(fault.name, result)
            self._progress(f"{result.outcome}, {result.seconds:.0f} s: {fault.name}", total)

        total = len(groups) + len(todo)
        for work, items in ((first, list(groups)), (plant, todo)):
            futures = [pool.submit(work, item) for item in items]  # type: ignore[arg-type]
            for future in futures:
                future.result()
