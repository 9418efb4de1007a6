"""Plants every fault by itself, runs its nearest tests, and keeps what became of it."""

import json
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutants.digests import Digests
from tests.mutants.faults import Fault
from tests.mutants.scratch import FAILED, OVERTIME, PASSED, Run, Scratch

KILLED, SURVIVED, BROKEN = "killed", "survived", "broken"
#: Seconds that tests may take at first. Where they take longer it is asked how long they take
#: without the fault (BASE_LIMIT at most); with it they may take so many times as long, and more.
FIRST_LIMIT, BASE_LIMIT, TIMES, MORE = 300.0, 1800.0, 4.0, 60.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """The end of a fault: KILLED, OVERTIME (killed by the limit), SURVIVED, BROKEN."""

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
        """The result of the same fault in the same tree under the same tests, if there is one.

        Where tests did not run, or fail without the fault too, there is none: that may be chance.
        """
        result = self.by_name.get(name)
        return result if result and result.key == key and result.outcome != BROKEN else None

    def put(self, name: str, result: Result) -> None:
        with self._lock:
            self.by_name[name] = result
            part = self._path.with_suffix(".part")
            content = {name: asdict(made) for name, made in sorted(self.by_name.items())}
            part.write_text(json.dumps(content, indent=1), encoding="utf-8")
            part.replace(self._path)


def _outcome(run: Run) -> str:
    outcomes = {PASSED: SURVIVED, FAILED: KILLED, OVERTIME: OVERTIME}
    return outcomes.get(run.outcome, BROKEN)


class _Time:
    """How long what is left will take: as long as a fault took before, or as one takes now."""

    def __init__(self, results: Results, todo: Sequence[Fault], jobs: int) -> None:
        ran = {name: made for name, made in results.by_name.items() if made.outcome != BROKEN}
        self._before = {name: made.seconds for name, made in ran.items()}
        self._left = {fault.name for fault in todo}
        self._jobs, self._took = jobs, list[float]()

    def done(self, name: str, seconds: float) -> str:
        """Take one as done; in words what is left."""
        self._left.discard(name)
        self._took.append(seconds)
        usual = sum(self._took) / len(self._took)
        left = sum(self._before.get(name, usual) for name in self._left) / self._jobs
        return f"{len(self._left)} left, about {left / 60:.0f} min"


class Campaign:
    """The faults of a tree, planted in as many copies as there are jobs."""

    def __init__(self, root: Path, build: Path, jobs: int, say: Say) -> None:
        """root: the tree. build: where the copies and ``mutants.json`` go. say: takes lines."""
        self._root, self._build, self._jobs, self._say = root, build, jobs, say
        self._results = Results(build / "mutants.json")
        self._lock = threading.Lock()
        self._base: dict[tuple[str, ...], Run] = {}
        self._ended = threading.Event()

    def run(self, faults: Sequence[Fault]) -> dict[str, Result]:
        """Results by name; the faults are planted in their order."""
        self._build.mkdir(parents=True, exist_ok=True)
        digests = Digests(self._root)
        trees = {
            fault.tests: digests.of(
                file for word in fault.arguments if "/" in (file := word.partition("::")[0])
            )
            for fault in faults
        }
        keys = {f.name: f"{trees[f.tests][:32]}-{f.digest()[:32]}" for f in faults}
        todo = [fault for fault in faults if not self._results.get(fault.name, keys[fault.name])]
        self._say(f"{len(faults)} faults, {len(todo)} to plant")
        if todo:
            self._plant_all(todo, keys)
        return {fault.name: self._results.by_name[fault.name] for fault in faults}

    def _plant_all(self, todo: Sequence[Fault], keys: dict[str, str]) -> None:
        jobs = min(self._jobs, len(todo))
        made = [Scratch(self._root, self._build / "mutants" / str(n)) for n in range(jobs)]
        copies: queue.Queue[Scratch] = queue.Queue()
        for copy in made:
            copies.put(copy)
        times = _Time(self._results, todo, jobs)

        def plant(fault: Fault) -> None:
            copy = copies.get()
            start = time.perf_counter()
            try:
                run = self._plant(copy, fault)
            finally:
                copies.put(copy)
            if self._ended.is_set():
                return
            seconds = round(time.perf_counter() - start, 1)
            result = Result(_outcome(run), seconds, run.said, keys[fault.name])
            self._results.put(fault.name, result)
            with self._lock:
                left = times.done(fault.name, seconds)
                self._say(f"[{left}] {result.outcome}, {seconds:.0f} s: {fault.name}")

        with ThreadPoolExecutor(jobs) as pool:
            try:
                for future in [pool.submit(plant, fault) for fault in todo]:
                    future.result()
            except BaseException:  # Ctrl-C
                self._ended.set()
                pool.shutdown(wait=False, cancel_futures=True)
                for copy in made:
                    copy.end()
                raise

    def _plant(self, copy: Scratch, fault: Fault) -> Run:
        """The tests with the fault, to the first run of them that does not pass."""
        for words in fault.runs:
            run = self._run(copy, fault, words)
            if run.outcome != PASSED or self._ended.is_set():
                break
        return run

    def _run(self, copy: Scratch, fault: Fault, words: tuple[str, ...]) -> Run:
        """One run of tests with the fault; the test that finds it has to pass without it."""
        with copy.planted(fault):
            run = copy.pytest(words, FIRST_LIMIT)
        if run.outcome == OVERTIME and not self._ended.is_set():
            base = self._base.get(words) or copy.pytest(words, BASE_LIMIT)
            self._base[words] = base
            if base.outcome != PASSED:
                return _without(base)
            limit = TIMES * base.seconds + MORE
            if limit > FIRST_LIMIT:
                with copy.planted(fault):
                    run = copy.pytest(words, limit)
        if run.outcome == FAILED and not self._ended.is_set():
            if run.failing:  # with the options that it was selected by
                first = next((n for n, word in enumerate(words) if word[0] == "-"), len(words))
                words = (run.failing, *words[first:])
            alone = self._base.get(words) or copy.pytest(words, BASE_LIMIT)
            self._base[words] = alone
            if alone.outcome != PASSED:
                return _without(alone)
        return run


def _without(run: Run) -> Run:
    """The message where tests do not pass without the fault."""
    said = f"{run.outcome} without the fault too: {run.failing} {run.said}"
    return Run(BROKEN, run.seconds, said)
