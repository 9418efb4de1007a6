"""The page of features: what it says of this flow names its tests, what of others a source."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "results" / "features.md").read_text(encoding="utf-8")
OURS, LACKING = TEXT.split("## What others have and this flow does not")


def rows(text: str) -> list[list[str]]:
    """Cells of every row of tables, heads and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and line[2] != "|"]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", rows(OURS), ids=lambda row: row[0])
def test_a_yes_of_ours_names_a_test_or_a_command(row: list[str]) -> None:
    assert len(row) == 5
    assert row[1].startswith("yes")
    named = re.findall(r"`((?:tests|make) ?/?[^`]*)`", row[1])
    assert named or row[1].endswith(": the same")
    for name in named:
        assert name == "make gallery" or (ROOT / name).is_file(), name


@pytest.mark.parametrize("row", rows(LACKING), ids=lambda row: row[0])
def test_what_is_missing_here_has_a_source_and_a_word_on_its_scope(row: list[str]) -> None:
    assert len(row) == 3
    assert re.search(r"\]\[[fhcp]-", row[1])
    assert row[2]


def test_sources_are_of_one_state_each() -> None:
    targets = re.findall(r"^\[[^\]]+\]: (\S+)$", TEXT, re.M)
    states = {re.sub(r"/(blob|tree)/([0-9a-f]{40}|main)/?.*", r"/\2", one) for one in targets}
    assert len(states) == 5  # FINN+ by its own page and by main, the others by a commit
    assert set(re.findall(r"\]\[([fhcp]-[\w-]+)\]", TEXT)) == set(
        re.findall(r"^\[([fhcp]-[\w-]+)\]:", TEXT, re.M)
    )
