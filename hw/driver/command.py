"""What the commands of the driver end with: one line, and a status, whatever happens."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Callable

from .errors import AcceleratorError

UNFORESEEN, INTERRUPTED, UNREAD = 70, 130, 141


def ended(action: Callable[[], int], debug: bool = False) -> int:
    """Run action, which returns a status; the exit status, errors having been said in a line.

    debug: show the traceback of an error that nobody foresaw.
    """
    try:
        status = action()
        sys.stdout.flush()
        return status
    except AcceleratorError as error:
        return _said(f"error: {error}", 1)
    except KeyboardInterrupt:
        return _said("interrupted", INTERRUPTED)
    except BrokenPipeError:  # nobody reads the output any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return UNREAD
    except MemoryError as error:
        return _said(f"error: not enough memory ({error})", 1)
    except Exception as error:
        if debug:
            traceback.print_exc()
        text = " ".join(str(error).split())[:300]
        hint = "a fault of this program, not foreseen; --debug shows the traceback"
        return _said(f"error: {type(error).__name__}: {text} ({hint})", UNFORESEEN)


def _said(text: str, status: int) -> int:
    print(text, file=sys.stderr)
    return status
