"""The frame of the driver's commands: each ends with one line and a status, whatever happens."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Callable

from .errors import AcceleratorError

UNFORESEEN, INTERRUPTED, UNREAD = 70, 130, 141
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def ended(action: Callable[[], int], debug: bool = False) -> int:
    """Run action, which returns a status; the exit status, errors having been said in a line.

    debug: show the traceback of an error that nobody foresaw.
    """
    status = _status(action, debug)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return status or UNREAD
    except OSError as error:
        _forget_output()
        return status or _said(f"error: standard output: {error.strerror}", 1)
    return status


def _status(action: Callable[[], int], debug: bool) -> int:
    try:
        return action()
    except AcceleratorError as error:
        return _said(f"error: {error}", 1)
    except KeyboardInterrupt:
        return _said("interrupted", INTERRUPTED)
    except BrokenPipeError:  # nobody reads the output any more
        return UNREAD
    except MemoryError as error:
        return _said(f"error: not enough memory ({error})", 1)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_SPACE:
            name = f"{error.filename}: " if error.filename else ""
            return _said(f"error: {name}{error.strerror}", 1)
        if debug:
            traceback.print_exc()
        text = " ".join(str(error).split())[:300]
        hint = "a fault of this program, not foreseen; --debug shows the traceback"
        return _said(f"error: {type(error).__name__}: {text} ({hint})", UNFORESEEN)


def _forget_output() -> None:
    """Let what could not be written go nowhere: the interpreter would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _said(text: str, status: int) -> int:
    print(text, file=sys.stderr)
    return status
