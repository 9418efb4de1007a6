"""Ctrl-C, and what nobody foresaw, while a command's modules are still being loaded."""

from __future__ import annotations

import contextlib
import os
import sys
from types import TracebackType

from outside.command import INTERRUPTED, UNFORESEEN


def guard_start(always: bool = False) -> None:
    """Where this process is a command of ours (``python -m``): end without a traceback.

    Packages call it first. Modules that load for seconds come before ``run_command``.
    always: it is known to be a command.
    """
    if always or sys.argv[:1] == ["-m"]:  # so it stands while Python looks for the module
        sys.excepthook = _end


def _end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        status, text = INTERRUPTED, "interrupted"
    elif "--debug" in sys.argv:
        sys.__excepthook__(kind, error, trace)
        status, text = UNFORESEEN, ""
    else:
        said = " ".join(str(error).split())[:300]
        hint = "a fault of this program, not foreseen; --debug shows the traceback"
        status, text = UNFORESEEN, f"error: {kind.__name__}: {said} ({hint})"
    with contextlib.suppress(OSError, ValueError):
        if text:
            print(text, file=sys.stderr)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    os._exit(status)  # nothing is at stake yet, and threads of libraries are not waited for
