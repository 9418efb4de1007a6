"""The sources of a proof: its harness, and every module of the RTL and the contracts within it."""

import re
from functools import cache
from pathlib import Path

HARDWARE = Path(__file__).resolve().parents[1]
CONTRACTS = Path(__file__).resolve().parent / "contracts"
#: Folders of the RTL whose modules are in the catalogue.
FOLDERS = ("rtl", "shell/rtl", "shell/serial/rtl", "openxc7/rtl", "camera/rtl")


@cache
def modules() -> dict[str, Path]:
    """File of each module (or package) of the RTL, by name."""
    return {path.stem: path for folder in FOLDERS for path in (HARDWARE / folder).glob("*.sv")}


@cache
def sources(top: str) -> tuple[Path, ...]:
    """Files that top, a harness, needs: packages first, then by name."""
    known = modules() | {path.stem: path for path in CONTRACTS.glob("*.sv")}
    needed: set[str] = set()
    todo = {top}
    while todo:
        name = todo.pop()
        needed.add(name)
        code = re.sub(r"//.*", "", known[name].read_text(encoding="utf-8"))
        todo |= (set(re.findall(r"\w+", code)) & set(known)) - needed
    return tuple(
        known[name] for name in sorted(needed, key=lambda name: (name[-4:] != "_pkg", name))
    )
