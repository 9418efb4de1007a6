"""Compiles test programs in both builds, as cppsim does, once for each content."""

import hashlib
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import hw.hls
from hw.hls import compiler

HEADERS = Path(hw.hls.__file__).parent
FOLDERS = (HEADERS / "stand_ins", HEADERS)
#: Where programs built by tests are kept: below the repository, wherever tests are started.
CACHE = Path(__file__).resolve().parents[3] / "build" / "hls-cache"
BUILDS = compiler.BUILDS
#: Warnings are errors. Optimizing takes longer than the small frames of tests do without it.
_MORE = ("-Werror", "-O0")
_INCLUDE = re.compile(r'^#include ["<]([\w./]+)[">]', re.MULTILINE)


def _included(source: Path, folders: Sequence[Path]) -> list[Path]:
    """source and what it includes of the folders, at any depth."""
    todo, found = [source], []
    while todo:
        path = todo.pop()
        if path not in found:
            found.append(path)
            names = _INCLUDE.findall(path.read_text())
            places = (folder / name for name in names for folder in folders)
            todo += [place for place in places if place.is_file()]
    return found


def compile_program(
    source: Path,
    build: str,
    command: str = "",
    flags: tuple[str, ...] = (),
    folders: tuple[Path, ...] = FOLDERS,
) -> Path:
    """Return the program compiled from source; from the cache where nothing has changed.

    command: another compiler. flags: further ones. folders: of headers. A compiler that fails is an
    AssertionError.
    """
    command = command or compiler.find_compiler(compiler.PURPOSE, compiler.STILL_WORKS).command
    options = [*compiler.FLAGS, *compiler.BUILD_FLAGS[build], *_MORE, *flags]
    options += [f"-I{folder}" for folder in folders]
    if build == compiler.EXACT:
        options += ["-isystem", str(compiler.find_ap_headers().folder)]
    # -march=native: a cache may move to another machine
    digest = hashlib.sha256(" ".join([command, *options, compiler.processor()]).encode())
    for path in _included(source, folders):
        digest.update(path.read_bytes())
    binary = CACHE / f"{digest.hexdigest()[:24]}-{build}"
    if not binary.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        made = binary.with_suffix(f".{os.getpid()}")
        done = subprocess.run(
            [command, *options, str(source), "-o", str(made)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{build}: {done.stderr[:3000]}"
        made.rename(binary)
    return binary
