"""A command in a process of its own, with a limit of memory and of time."""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: What a command may take beyond what this process has, and seconds.
MEMORY, SECONDS = 4 << 30, 60


@dataclass(frozen=True)
class Ended:
    """How a command ended: its status (negative: the signal), and all that it said."""

    status: int
    said: str
    seconds: float

    @property
    def fault(self) -> str:
        """The fault in this, "" if there is none."""
        if "Traceback" in self.said:
            return "a traceback"
        if self.status == -signal.SIGALRM:
            return "takes too long"
        if "not enough memory" in self.said:
            return f"wants more than {MEMORY >> 30} GiB"
        if self.status not in (0, 1, 2):
            return f"status {self.status}"
        errors = [line for line in self.said.splitlines() if line.startswith("error: ")]
        if self.status == 1 and len(errors) != 1:
            return f"status 1 with {len(errors)} lines of error"
        return ""


def run(
    main: Callable[[Sequence[str]], int],
    arguments: Sequence[str],
    log: Path,
    seconds: int = SECONDS,
) -> Ended:
    """Run main in a fork of this process, which has loaded all that is needed."""
    sys.stdout.flush()
    began = time.monotonic()
    child = os.fork()
    if not child:
        _child(main, arguments, log, seconds)
    _, status = os.waitpid(child, 0)
    said = log.read_text(encoding="utf-8", errors="replace")
    return Ended(os.waitstatus_to_exitcode(status), said, time.monotonic() - began)


def _child(
    main: Callable[[Sequence[str]], int], arguments: Sequence[str], log: Path, seconds: int
) -> None:
    status = 99
    try:
        number = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(number, 1)
        os.dup2(number, 2)
        sys.stdout, sys.stderr = (os.fdopen(n, "w", encoding="utf-8") for n in (1, 2))
        with open("/proc/self/statm", encoding="utf-8") as sizes:
            held = int(sizes.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
        status = main(arguments)
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 98
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
