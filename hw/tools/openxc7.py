"""Finding nextpnr-xilinx, prjxray's programs and their databases.

They are neither on PyPI nor in Debian. openXC7 brings them together (``apio packages install
openxc7`` is the easiest way); what counts is that the programs are on the PATH. The databases lie
in the installation's folder, above the programs, or where the caller says.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.openxc7.versions import RouterVersion, read_version
from hw.tools.process import call

NEXTPNR, FASM2FRAMES, FRAMES2BIT = "nextpnr-xilinx", "fasm2frames", "xc7frames2bit"
PROGRAMS = (NEXTPNR, FASM2FRAMES, FRAMES2BIT)
#: prjxray's name of the family.
FAMILY = "zynq7"
#: Folders above a program in which its databases are looked for.
_ABOVE = 3
_DEPTH = 5


@dataclass(frozen=True)
class OpenTools:
    """The programs, nextpnr's chip database of one part, and prjxray's database of the family."""

    nextpnr: str
    fasm2frames: str
    frames2bit: str
    chipdb: Path
    database: Path


def missing_programs() -> list[str]:
    """Those of PROGRAMS that are not on the PATH."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def router_version() -> RouterVersion:
    """Version of the nextpnr-xilinx on the PATH; an unknown one where there is none."""
    program = shutil.which(NEXTPNR)
    if program is None:
        return RouterVersion()
    try:
        return read_version(call([program, "--version"]).stdout)
    except OSError:
        return RouterVersion()


def find_tools(part: str, chipdb: Path | None = None, database: Path | None = None) -> OpenTools:
    """All that is needed for part, such as xc7z020clg400-1.

    chipdb: nextpnr-xilinx's .bin of the part; database: prjxray's folder with the family in it;
    None: looked for. Raises HardwareError naming all that is missing.
    """
    paths = {name: shutil.which(name) for name in PROGRAMS}
    lacking = [f"{name} is not on the PATH" for name, path in paths.items() if path is None]
    roots = _roots([path for path in paths.values() if path is not None])
    device = part.partition("-")[0]
    bare = device.partition("clg")[0]
    chip = chipdb or _first(roots, (f"{part}.bin", f"{device}.bin", f"{bare}.bin"))
    if chip is None or not chip.is_file():
        lacking.append(f"no chip database {chipdb or device + '.bin'} of nextpnr-xilinx")
    folder = database / FAMILY if database else _first(roots, (f"prjxray-db/{FAMILY}", FAMILY))
    if folder is None or not (folder / part / "part.yaml").is_file():
        where = folder / part / "part.yaml" if folder else f"prjxray-db/{FAMILY}/{part}/part.yaml"
        lacking.append(f"no {where} of prjxray")
    if lacking or chip is None or folder is None:
        raise HardwareError("; ".join(lacking))
    programs = [str(paths[name]) for name in PROGRAMS]
    return OpenTools(programs[0], programs[1], programs[2], chip, folder)


def _roots(programs: list[str]) -> list[Path]:
    """Folders that the databases may be under: those above the programs, the nearest first."""
    found: list[Path] = []
    for program in programs:
        for folder in list(Path(program).resolve().parents)[1:_ABOVE]:
            if folder not in found and len(folder.parts) > 2:
                found.append(folder)
    return found


def _first(roots: list[Path], names: tuple[str, ...]) -> Path | None:
    for root in roots:
        for name in names:
            for path in _below(root, name):
                return path
    return None


def _below(root: Path, name: str) -> Iterator[Path]:
    for depth in range(_DEPTH):
        yield from sorted(root.glob("*/" * depth + name))
