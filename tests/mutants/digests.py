"""One number of all that a result of a fault depends on."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.scratch import not_of_tree


class Digests:
    """Of a tree as it is when this is made: each file is read once."""

    def __init__(self, root: Path) -> None:
        """root: the tree."""
        self._files: dict[str, bytes] = {}
        ignored = not_of_tree(root)
        for folder, folders, files in os.walk(root):
            out = ignored(folder, [*folders, *files]) | {"mutants"}
            folders[:] = sorted(set(folders) - out)
            for name in sorted(set(files) - out):
                path = Path(folder) / name
                if path.suffix not in {".md", ".pyc"} and path.is_file():
                    content = hashlib.sha256(path.read_bytes()).digest()
                    self._files[path.relative_to(root).as_posix()] = content

    def of(self, tests: Iterable[str]) -> str:
        """Of all that these test files read: the tree without other tests and without lists."""
        named = tuple(tests)
        made = hashlib.sha256()
        for name, content in sorted(self._files.items()):
            test = name.rpartition("/")[2].startswith("test_") and name.endswith(".py")
            if not test or name.startswith(named):
                made.update(f"{name}\0".encode() + content)
        return made.hexdigest()
