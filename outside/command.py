"""The frame of every command: what it ends with, whatever happens.

Status 0: done. 1: an error that the user can mend. 2: a command line that cannot be read, or an
option's value that cannot be meant. 70: an error that nobody foresaw. 130: Ctrl-C. 141: nobody
reads the output any more (``| head -1``).
No one of them shows a traceback, unless ``--debug`` is given and nobody foresaw the error.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from outside.answers import Answer, is_for_programs, told_aside, write_answer
from outside.called import as_called
from outside.errors import UserError
from outside.terminal import coloured

UNUSABLE, UNFORESEEN, INTERRUPTED, UNREAD = 2, 70, 130, 141
#: What the system says that the user can mend: no space, no permission, a file too large, ...
_FORESEEN = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG),
    *(errno.EMFILE, errno.ENFILE, errno.ELOOP, errno.EIO, errno.EBUSY, errno.ENOTEMPTY),
    *(errno.ETXTBSY, errno.ENOMEM, errno.EAGAIN, errno.ENOEXEC),
}
_NO_MEMORY = ("out of memory", "can't allocate memory", "std::bad_alloc", "Unable to allocate")


@contextlib.contextmanager
def doing(what: str) -> Iterator[None]:
    """Name what is done, such as "step streamline", in the line of an unforeseen error."""
    try:
        yield
    except Exception as error:
        if not hasattr(error, "doing"):
            error.doing = what  # type: ignore[attr-defined]
        raise


@contextlib.contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Processes that are started in the block never see Ctrl-C: their parent ends them."""
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it unblocks the signal when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Found(BaseException):
    """Brings a parser to whom it was asked for by; no command catches it."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser


_asked: list[bool] = []


def parser_of(main: Callable[[list[str]], int]) -> argparse.ArgumentParser:
    """The parser of a command whose main calls ``run_command``; the command is not run."""
    _asked.append(True)
    try:
        status = main([])
    except _Found as found:
        return found.parser
    finally:
        _asked.pop()
    raise ValueError(f"{main} has no parser: it ended with {status}")


def run_command(
    parser: argparse.ArgumentParser,
    action: Callable[[argparse.Namespace], int | Answer | None],
    argv: Sequence[str] | None = None,
    *,
    subject: Callable[[argparse.Namespace], Any] = lambda options: None,
    interrupted: Callable[[argparse.Namespace], str] = lambda options: "interrupted",
) -> int:
    """Parse argv (None: the process's own) and run action; returns the exit status.

    action: returns a status, None for 0, or an Answer, which --json asks for. subject: the
    file that the command is about, for messages. interrupted: what is said at Ctrl-C.
    """
    if _asked:
        raise _Found(parser)
    if argv is None:
        use_utf8()
    options = argparse.Namespace()
    debug = False
    try:
        options = parser.parse_args(argv)
        debug = bool(options.__dict__.pop("debug", False))
        with told_aside(is_for_programs(options)):
            found = action(options) or 0
        if isinstance(found, Answer):
            write_answer(options, found)
            found = found.status
        status = found
    except KeyboardInterrupt:
        _say(interrupted(options))
        status = INTERRUPTED
    except UserError as error:
        _say(f"error: {error}")
        status = UNUSABLE if str(error).startswith("--") else 1  # an option and its value
    except Exception as error:
        status = _failed(error, parser.prog, options, subject, debug)
    return _ended(status)


def _failed(
    error: Exception,
    prog: str,
    options: argparse.Namespace,
    subject: Callable[[argparse.Namespace], Any],
    debug: bool,
) -> int:
    """Say what happened in one line; returns the exit status."""
    if isinstance(error, BrokenPipeError) and not _is_read():
        return UNREAD
    about = subject(options)
    if _lacks_memory(error):
        where = "".join(f"{part}: " for part in (about, getattr(error, "doing", None)) if part)
        _say(f"error: {where}not enough memory ({_line(error)})")
        return 1
    if isinstance(error, OSError) and error.errno in _FORESEEN:
        name = error.filename or about
        if isinstance(name, bytes):
            name = os.fsdecode(name)
        _say("error: " + (f"{name}: " if name else "") + (error.strerror or str(error)))
        return 1
    if debug:
        traceback.print_exception(error)
    command = " ".join([prog, *([options.command] if "command" in options else [])])
    steps = "".join(f"{part}: " for part in (about, command, getattr(error, "doing", None)) if part)
    hint = "" if debug else "; --debug shows the traceback"
    _say(
        f"error: {steps}{type(error).__name__}: {_line(error)} "
        f"(a fault of this program, not foreseen{hint})"
    )
    return UNFORESEEN


def _lacks_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in _NO_MEMORY)


def _line(error: Exception) -> str:
    """The text of an exception, as one line that is not endless."""
    text = " ".join(str(error).split())
    return text[:300] or type(error).__name__


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # stderr may be closed too
        print(coloured(as_called(text), sys.stderr), file=sys.stderr, flush=True)


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _is_read() -> bool:
    """Whether somebody can still read the standard output."""
    try:
        watch = select.poll()
        watch.register(sys.stdout.fileno(), 0)
        return not any(event & select.POLLERR for _, event in watch.poll(0))
    except (OSError, ValueError, AttributeError):
        return True


def _ended(status: int) -> int:
    """Write out what is left; the interpreter finds nothing to complain of when it ends."""
    try:
        _flush()
    except BrokenPipeError:
        status = status or UNREAD
        _forget_output()
    except OSError as error:
        _say(f"error: standard output: {error.strerror}")
        status = status or 1
        _forget_output()
    return status


def _forget_output() -> None:
    """Let what could not be written go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def use_utf8() -> None:
    """Names of files and what is printed are UTF-8 in every locale.

    Python decides on the names when it starts: it is started again where it chose otherwise.
    """
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        command = [sys.executable, *sys.orig_argv[1:]]
        os.execve(command[0], command, {**os.environ, "PYTHONUTF8": "1"})
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="surrogateescape" if _is_utf8(stream) else "backslashreplace")


def _is_utf8(stream: Any) -> bool:
    return str(stream.encoding).lower().replace("-", "") == "utf8"
