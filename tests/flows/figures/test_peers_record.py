"""The record of other face detectors."""

import json
from pathlib import Path

import pytest

from flows.errors import FlowError
from flows.figures.peers import peers


def bands(ap: float) -> dict[str, dict[str, float]]:
    found = {name: {"ap": ap, "rate": 0.0, "faces": 4} for name in ("all", "< 20", "20-40")}
    return found | {name: {"ap": 0, "rate": 0, "faces": 0} for name in ("40-100", "> 100")}


OURS = {
    "detector": "ours", "checkpoint": "x", "kb": 36.9, "bands": bands(0.25),
    "pictures_per_second": 8.0,
}  # fmt: skip
ABOUT = {"why": "a note", "packages": ["p==1", "q==2"], "licence": "MIT"}
OTHER = {"detector": "b", "kb": 10.4, "bands": bands(0.12345), "pictures_per_second": 12.0, **ABOUT}


def written(folder: Path, *rows: object) -> Path:
    given = [["c", 5, 0.5, 0.1, 0.2, 0.3, 0.4]]
    found = {"pictures": 3, "faces": 4, "given_on": "others", "given": given, "rows": rows}
    (folder / "peers").mkdir()
    (folder / "peers/peers.json").write_text(json.dumps(found))
    return folder


def test_measured_and_given_are_tables_of_their_own(tmp_path: Path) -> None:
    missing = {"detector": "d", "missing": "pip install d", **ABOUT}
    values, tables = peers(written(tmp_path, OURS, OTHER, missing))
    assert values == {"pictures": 3, "faces": 4}
    assert tables["measured"].rows == [
        ["ours", 37, 0.25, 0.25, 0.25, "no faces", "no faces", 8.0, 1.0],
        ["b", 10, 0.123, 0.123, 0.123, "no faces", "no faces", 12.0, 1.5],
        ["d", *["not installed here"] * 8],
    ]
    assert tables["given"].rows == [["c", 5, 0.5, 0.1, 0.2, 0.3, 0.4, "others"]]
    assert tables["packages"].rows[0] == ["b", "`p==1 q==2`", "MIT", "a note"]
    assert all(len(row) == len(t.columns) for t in tables.values() for row in t.rows)


def test_a_run_in_which_one_failed_is_no_record(tmp_path: Path) -> None:
    folder = written(tmp_path, OURS, {"detector": "b", "failed": "b: no luck", **ABOUT})
    with pytest.raises(FlowError, match="b: no luck; expected a run in which none failed"):
        peers(folder)
