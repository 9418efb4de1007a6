"""Runs the stages of networks one after another, and keeps what each found."""

import gc
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.errors import FlowError
from flows.files import write_text
from flows.gallery.job import Found, Job
from flows.gallery.plan import plan_of
from flows.gallery.stages import STAGES
from flows.gallery.state import SourceState, source_state
from model.gallery.catalogue import ENTRIES
from model.gallery.entry import Entry
from outside.log import printed_into
from outside.progress import Progress

#: What is known of every stage, and not said of each.
_UNSAID = ("ok", "seconds", "full_size", "sources", "commit", "date")


def job_of(entry: Entry, folder: Path, state: SourceState, jobs: int = 1) -> Job:
    """The job of an entry, with what earlier runs left of it. folder: of the gallery."""
    return Job(entry, plan_of(entry.name), folder / entry.name, state, jobs)


def stages_of(names: str | None) -> list[str]:
    """Stages of "a,b" in the order of STAGES, or all; FlowError for a name that is none."""
    if names is None:
        return list(STAGES)
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in STAGES:
            raise FlowError(f"no stage {name} (--stages, STAGES=); stages: {', '.join(STAGES)}")
    return [name for name in STAGES if name in wanted]


def run(
    entries: Sequence[Entry],
    folder: Path,
    stages: Sequence[str],
    jobs: int = 1,
    again: bool = False,
) -> bool:
    """Run stages of entries that have not run on these sources; False where one failed.

    Those that failed and may not are named at the end, on the standard error.

    Each entry has a folder below folder: files, builds, build logs, ``gallery.log`` with what the
    stages print. again: also those that have failed before.
    """
    failures, state = [], source_state()
    for number, entry in enumerate(entries, 1):
        job = job_of(entry, folder, state, jobs)
        job.place.mkdir(parents=True, exist_ok=True)
        print(f"[{number}/{len(entries)}] {entry.name}", flush=True)
        for name in stages:
            if why := _run_stage(job, name, again):
                failures.append(f"{entry.name}: {name}: {why}")
        write_summary(folder, state)
        del job
        gc.collect()
    for line in failures:
        print(line, file=sys.stderr, flush=True)
    return not failures


def _run_stage(job: Job, name: str, again: bool) -> str:
    """Run a stage unless it has; prints a line. Returns why it failed, "" where it may fail."""
    if job.is_done(name) and (job.has(name) or not again):
        _say(name, job.stages[name], "kept")
    elif missing := [other for other in STAGES[name].needs(job.plan) if not job.has(other)]:
        print(f"  {name}: not run, for {missing[0]} has not succeeded", flush=True)
    else:
        _run(job, name)
    found = job.stages.get(name, {"ok": True})
    return "" if found["ok"] or STAGES[name].may_fail else str(found["reason"])


def _run(job: Job, name: str) -> None:
    began = time.monotonic()
    with (
        (job.place / "gallery.log").open("a", encoding="utf-8", errors="replace") as log,
        Progress(f"  {name}") as progress,
        printed_into(log, progress),
    ):
        print(f"--- {name}", flush=True)
        try:
            found: Found = {"ok": True, **STAGES[name].run(job)}
        except Exception as error:  # whatever it is, it is this network's, and others follow
            print(f"{type(error).__name__}: {error}", flush=True)
            found = {"ok": False, "reason": reason(error)}
    seconds = round(time.monotonic() - began, 1)
    job.keep(name, {**found, "seconds": seconds})
    _say(name, found, f"{seconds:g} s")


def reason(error: Exception) -> str:
    """An exception in a line; of one that is none of this flow's, with its type."""
    text = " ".join(str(error).split())
    own = isinstance(error, ValueError) and type(error).__module__.startswith(("flows", "hw"))
    return text[:300] if own else f"{type(error).__name__}: {text[:300]}".rstrip(": ")


def _say(name: str, found: Found, when: str) -> None:
    if not found["ok"]:
        print(f"  {name}: failed, {when}: {found['reason']}", flush=True)
        return
    figures = ", ".join(
        f"{key} {value:,}" if isinstance(value, int) else f"{key} {value}"
        for key, value in found.items()
        if isinstance(value, int | float | str) and key not in _UNSAID
    )
    print(f"  {name}: {when}: {figures}", flush=True)


def write_summary(folder: Path, state: SourceState) -> None:
    """Write gallery.json: what is known of every network, by which state of the sources."""
    networks: list[dict[str, Any]] = []
    for entry in ENTRIES.values():
        job = job_of(entry, folder, state)
        known = {**job.older, **job.stages}
        networks.append(
            {
                "name": entry.name,
                "source": entry.source,
                "shape": list(entry.shape[1:]),
                "target_fps": job.plan.target_fps,
                "board": job.plan.board,
                "stages": {stage: known[stage] for stage in STAGES if stage in known},
            }
        )
    summary = {**state.as_dict(), "networks": networks}
    write_text(folder / "gallery.json", json.dumps(summary, indent=2) + "\n")
