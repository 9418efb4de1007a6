"""Runs the stages of networks one after another, and keeps what each found."""

import contextlib
import gc
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from flows.build.state import source_digest
from flows.errors import FlowError
from flows.files import write_text
from flows.gallery.job import Found, Job
from flows.gallery.plan import plan_of
from flows.gallery.stages import STAGES
from model.gallery.catalogue import ENTRIES
from model.gallery.entry import Entry


def sources() -> str:
    """Hash of the flow and of the definitions of networks, by which kept results count or not."""
    digest = hashlib.sha256(source_digest().encode())
    for path in sorted((Path(__file__).resolve().parents[2] / "model" / "gallery").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def job_of(entry: Entry, folder: Path, of: str, jobs: int = 1) -> Job:
    """The job of an entry, with what an earlier run left of it.

    folder: of the gallery; of: ``sources()``, which is slow.
    """
    return Job(entry, plan_of(entry.name), folder / entry.name, of, jobs)


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
    """Run stages of entries that have not run; returns False where one failed that may not.

    Each entry has a folder below folder: files, builds, build logs, ``gallery.log`` with what the
    stages print. again: also those that have failed before.
    """
    good, of = True, sources()
    for number, entry in enumerate(entries, 1):
        job = job_of(entry, folder, of, jobs)
        job.place.mkdir(parents=True, exist_ok=True)
        print(f"[{number}/{len(entries)}] {entry.name}", flush=True)
        for name in stages:
            good &= _run_stage(job, name, again)
        write_summary(folder, of)
        del job
        gc.collect()
    return good


def _run_stage(job: Job, name: str, again: bool) -> bool:
    """Run a stage unless it has; prints a line. Returns False where it failed and may not."""
    if job.is_done(name) and (job.has(name) or not again):
        _say(name, job.stages[name], "kept")
        return job.has(name) or STAGES[name].may_fail
    if missing := [other for other in STAGES[name].after if not job.has(other)]:
        print(f"  {name}: not run, for {missing[0]} has not succeeded", flush=True)
        return True
    began = time.monotonic()
    with (job.place / "gallery.log").open("a", encoding="utf-8") as log, _into(log):
        print(f"--- {name}", flush=True)
        try:
            found: Found = {"ok": True, **STAGES[name].run(job)}
        except Exception as error:  # whatever it is, it is this network's, and others follow
            print(f"{type(error).__name__}: {error}", flush=True)
            found = {"ok": False, "reason": reason(error)}
    seconds = round(time.monotonic() - began, 1)
    job.keep(name, {**found, "seconds": seconds})
    _say(name, found, f"{seconds:g} s")
    return bool(found["ok"]) or STAGES[name].may_fail


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
        if isinstance(value, int | float | str) and key not in ("ok", "seconds", "full_size")
    )
    print(f"  {name}: {when}: {figures}", flush=True)


@contextlib.contextmanager
def _into(log: TextIO) -> Iterator[None]:
    """Send what is printed in the block to the log."""
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        yield


def write_summary(folder: Path, of: str) -> None:
    """Write gallery.json: what is known of every network by these sources."""
    networks: list[dict[str, Any]] = []
    for entry in ENTRIES.values():
        job = job_of(entry, folder, of)
        networks.append(
            {
                "name": entry.name,
                "source": entry.source,
                "shape": list(entry.shape[1:]),
                "target_fps": job.plan.target_fps,
                "stages": job.stages,
            }
        )
    write_text(folder / "gallery.json", json.dumps({"networks": networks}, indent=2) + "\n")
