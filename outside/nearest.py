"""The known name that was probably meant where another was given."""

import contextlib
import difflib
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

#: Names of a folder that are looked at, at most.
_MOST = 1000


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like name, whatever its capitals and hyphens; None where none is."""
    plain = {_plain(each): each for each in known}
    near = difflib.get_close_matches(_plain(name), list(plain), 1, 0.6)
    return plain[near[0]] if near else None


def meant(name: str, known: Iterable[str]) -> str:
    """``nearest`` as a question behind a message; "" where no known name is near."""
    found = nearest(name, known)
    return f"; did you mean {found}?" if found else ""


def meant_file(path: Path) -> str:
    """As ``meant``, of a file that is not there: one beside it with a name like it."""
    names: list[str] = []
    with contextlib.suppress(OSError, ValueError), os.scandir(path.parent) as entries:
        names = [entry.name for entry in islice(entries, _MOST)]
    found = nearest(path.name, names)
    return f"; did you mean {path.with_name(found)}?" if found else ""


def _plain(name: str) -> str:
    return name.upper().replace("-", "_")
