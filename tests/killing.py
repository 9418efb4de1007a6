"""Commands in processes of their own, to be killed, and a disk that is full."""

import contextlib
import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

Main = Callable[[Any], int]


def start(
    main: Main, arguments: Sequence[object], change: Callable[[], object] = lambda: None
) -> int:
    """Run a command in a fork of this process, after change; returns the process's number."""
    child = os.fork()
    if not child:
        status = 99
        try:
            with contextlib.suppress(OSError):
                os.setpgid(0, 0)
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 1)
            change()
            status = main([str(argument) for argument in arguments])
        finally:
            os._exit(status)
    with contextlib.suppress(OSError):  # whoever comes first, so that it can be killed at once
        os.setpgid(child, child)
    return child


def ended(child: int) -> int:
    """Wait for a process; its exit status, negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill(child: int, seconds: float) -> bool:
    """After seconds kill a process and all that it has started; whether it was still running."""
    time.sleep(seconds)
    running = os.waitpid(child, os.WNOHANG)[0] == 0
    if running:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return running


def small_files(limit: int = 2_000) -> None:
    """The limit on a file's size, in bytes, is the full disk that every test can have."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def die() -> None:
    """End this process as kill -9 does, at this very place."""
    os.kill(os.getpid(), signal.SIGKILL)


def at_rename(number: int) -> Callable[[], None]:
    """A change of the process: kill -9 in front of the number-th rename of a file, from 0 on."""

    def change() -> None:
        done: list[object] = []
        rename = os.replace

        def replace(*names: Any) -> None:
            if len(done) == number:
                die()
            done.append(names)
            rename(*names)

        os.replace = replace

    return change
