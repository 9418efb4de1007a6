"""Files and folders that are there whole or not at all, however many processes write them.

Each writer has a temporary name of its own, ``.<name>.<random>.part``, which it holds locked; what
a killed one left is found unlocked, and deleted by the next.
"""

import contextlib
import errno
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_SUFFIX = ".part"
_TRIES = 20
#: What renaming says where a folder that is not empty has the name.
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST)


def reason(error: OSError) -> str:
    """The system's reason, in words that fit the place of a file to write."""
    if isinstance(error, FileExistsError):  # a file where a folder is needed
        return "Not a directory"
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        _, _, why = error.args[0][0]  # of copytree, as text
        return re.sub(r"^\[Errno \d+\] ", "", why)
    return error.strerror or f"not all could be written ({error})"  # NumPy's have no number


def write_whole(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file by way of a temporary one that fill writes. OSError where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        number, name = tempfile.mkstemp(_SUFFIX, f".{_short(path)}.", path.parent)
        _lock(number)
    try:
        with os.fdopen(number, "wb") as file:
            fill(file)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of ``folder`` when the block ends without error.

    Until then the old one stays as it was. Neither is ever there in part.
    """
    with _beside(folder) as work:
        yield work
        _swap(work, folder)


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """As ``whole_folder``; but where the folder is there by then, it stays, for others may use it.

    For what is the same whoever makes it.
    """
    with _beside(folder) as work:
        yield work
        try:
            os.replace(work, folder)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise


@contextlib.contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A temporary folder beside another one, held locked; what is left of it is deleted."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        work = Path(tempfile.mkdtemp(_SUFFIX, f".{_short(folder)}.", folder.parent))
        number = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
        _lock(number)
    try:
        work.chmod(0o777 & ~_umask())
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(number)


def remove(path: Path) -> None:
    """Delete a file, a link or a folder with all that it holds, as far as that is possible."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:  # shutil.rmtree would wait for a named pipe
        with contextlib.suppress(OSError):
            path.unlink()


def _swap(work: Path, folder: Path) -> None:
    """Put work in the place of folder, which another process may put there at the same time."""
    old = work.with_name(f"{work.name}.old{_SUFFIX}")
    for _ in range(_TRIES):
        if _no_folder(folder):
            raise NotADirectoryError(errno.ENOTDIR, "Not a directory", str(folder))
        with contextlib.suppress(FileNotFoundError):
            os.replace(folder, old)
        try:
            os.replace(work, folder)
        except OSError as error:
            if error.errno not in _TAKEN:
                if old.is_dir():
                    os.replace(old, folder)
                raise
        else:
            shutil.rmtree(old, ignore_errors=True)
            return
        shutil.rmtree(old, ignore_errors=True)
    raise OSError(errno.EBUSY, "written by others all the time", str(folder))


def _no_folder(path: Path) -> bool:
    """Whether something else has the path: looked at once, for a folder may leave between two."""
    try:
        return not stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def _short(path: Path) -> str:
    """The name, cut so that what is added keeps it within 255 bytes."""
    return os.fsdecode(os.fsencode(path.name)[:200])


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _lock(number: int) -> None:
    """Hold a file or folder locked while it is open; some network drives know no locks."""
    with contextlib.suppress(OSError):
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Make a temporary name for path, and lock it, while nobody else looks at such names.

    What killed writers of path have left is deleted. In a folder of ``whole_folder`` its maker is
    alone already, and holds it locked.
    """
    if path.parent.name.endswith(_SUFFIX):
        yield
        return
    number = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        _sweep(path)
        yield
    finally:
        os.close(number)


def _sweep(path: Path) -> None:
    start = f".{_short(path)}."
    with contextlib.suppress(OSError):
        for entry in os.scandir(path.parent):
            if entry.name.startswith(start) and entry.name.endswith(_SUFFIX):
                with contextlib.suppress(OSError):
                    _remove_stale(entry)


def _remove_stale(entry: "os.DirEntry[str]") -> None:
    number = os.open(entry.path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError while its writer lives
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)
    finally:
        os.close(number)
