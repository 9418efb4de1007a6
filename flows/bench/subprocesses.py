"""Steps of this flow in a process of their own, so that its seconds and its memory are theirs."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from flows.errors import FlowError


@dataclass(frozen=True)
class Finished:
    """The time and memory of a finished process. peak_mib: its largest resident memory."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


def run_subprocess(arguments: list[str], log: Path) -> Finished:
    """Run ``python -m arguments``; its output goes to log. FlowError where it fails."""
    began = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise FlowError(f"{log}: {lines[-1] if lines else f'status {process.returncode}'}")
    return Finished(
        time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    )
