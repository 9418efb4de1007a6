"""The record of other face detectors, from what ``python -m model.peers`` writes."""

from pathlib import Path
from typing import Any

from flows.errors import FlowError
from flows.figures.records import Cell, Table
from flows.files import READER
from model.peers.table import NOT_INSTALLED, reference

Found = tuple[dict[str, int | float | str], dict[str, Table]]

_BANDS = {"all": "all", "< 20": "< 20 px", "20-40": "20-40", "40-100": "40-100", "> 100": "> 100"}


def peers(build: Path) -> Found:
    """Two tables that are never mixed: what was measured, and figures that were given."""
    path = build / "peers" / "peers.json"
    found = READER.json(path, dict[str, Any], "make peers writes it")
    for one in found["rows"]:
        if "failed" in one:
            raise FlowError(f"{path}: {one['failed']}; expected a run in which none failed")
    first = reference(found["rows"])
    heads = ["detector", "size, KB", *_BANDS.values()]
    rows = [_row(one, first) for one in found["rows"]]
    measured = Table(columns=[*heads, "pictures/s", "x ours"], rows=rows)
    given = Table(
        columns=[*heads, "given, measured on"],
        rows=[[*row, found["given_on"]] for row in found["given"]],
    )
    values: dict[str, int | float | str] = {
        "pictures": found["pictures"],
        "faces": found["faces"],
    }
    sources: list[list[Cell]] = [
        [one["detector"], f"`{' '.join(one['packages'])}`", one["licence"], one["why"]]
        for one in found["rows"]
        if "packages" in one
    ]
    packages = Table(columns=["detector", "from PyPI", "licence", "note"], rows=sources)
    return values, {"measured": measured, "given": given, "packages": packages}


def _row(one: dict[str, Any], first: float | None) -> list[Cell]:
    if "missing" in one:
        return [one["detector"], *[NOT_INSTALLED] * (len(_BANDS) + 3)]
    bands = (one["bands"][name] for name in _BANDS)
    row: list[Cell] = [one["detector"], round(one["kb"])]
    row += [round(band["ap"], 3) if band["faces"] else "no faces" for band in bands]
    rate = one["pictures_per_second"]
    timed = [round(rate, 1), round(rate / first, 2)] if rate and first else [None, None]
    return [*row, *timed]
