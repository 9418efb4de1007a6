"""Results of tools, each kept under a hash of all that it was made of.

A result is a file of figures (JSON), or a folder with a program. Several processes may share a
cache: every result is there whole or not at all.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hw.errors import HardwareError
from hw.files import READER, write_text
from outside.whole import new_folder, remove

#: Digits of a key.
DIGITS = 32
_ESCAPES = str.maketrans({"\0": "\1\2", "\1": "\1\1"})

Kind = TypeVar("Kind")


def content_key(*parts: str) -> str:
    """Hash of texts, in this order, none of which can run into its neighbour."""
    text = "\0".join(part.translate(_ESCAPES) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]


def file_key(path: Path) -> str:
    """Hash of a file's content. HardwareError where it cannot be read."""
    return hashlib.sha256(READER.data(path)).hexdigest()[:DIGITS]


@dataclass(frozen=True)
class ToolCache:
    """The results in a folder, which is made with the first of them."""

    folder: Path

    def figures(self, key: str, kind: type[Kind]) -> Kind | None:
        """The value kept under a key; None where there is nothing, or nothing of this kind."""
        try:
            return READER.json(self._file(key), kind)
        except HardwareError:
            return None

    def keep(self, key: str, figures: Mapping[str, Any]) -> None:
        """Write figures under a key. HardwareError where they cannot be written."""
        write_text(self._file(key), json.dumps(figures))

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def made(self, name: str, holds: str, make: Callable[[Path], None]) -> tuple[Path, float]:
        """The folder of a name with a key in it, and the seconds that making it took, 0 if kept.

        holds: name of a file that it is not whole without. make: fills the folder that it is given,
        which appears under its name when it is filled. Where another process is faster, its folder
        stays. OSError where the disk refuses.
        """
        target = self.folder / name
        if (target / holds).is_file():
            return target, 0.0
        if target.exists() and not (target / holds).is_file():  # somebody deleted in it
            remove(target)
        began = time.perf_counter()
        with new_folder(target) as work:
            make(work)
        return target, time.perf_counter() - began
