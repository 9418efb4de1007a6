"""Section: the levels of verification, what ran of them in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from flows.report.commands import Commands, where
from flows.report.level import ESTIMATED, FAILED, NOT_RUN, PASSED, Level
from flows.report.section import Section
from flows.report.signs import DASH
from flows.report.verdict import Verdict

#: Status -> CSS class and sign.
SIGNS = {
    PASSED: ("pass", "✓"),
    FAILED: ("fail", "✗"),
    NOT_RUN: ("skip", DASH),
    ESTIMATED: ("skip", "≈"),
}


@dataclass(frozen=True)
class LevelRow:
    """A level as it is shown. detail: with its commands complete."""

    level: Level
    style: str
    sign: str
    detail: Markup


@dataclass(frozen=True)
class Need:
    """Levels that need the same. needs: what, in words."""

    needs: str
    names: str


@dataclass(frozen=True)
class Verification:
    """The view of the section. waiting: names of levels that could run here."""

    sentence: str
    failed: bool
    waiting: str
    needs: Sequence[Need]
    rows: Sequence[LevelRow]
    where: str


def verification_section(levels: Sequence[Level], verdict: Verdict, commands: Commands) -> Section:
    """The ladder of verification."""
    needs = [Need(needs, _names(waiting)) for needs, waiting in verdict.others.items()]
    rows = [LevelRow(level, *SIGNS[level.status], commands.html(level.detail)) for level in levels]
    data = Verification(
        verdict.sentence, bool(verdict.failed), _names(verdict.waiting), needs, rows, where()
    )
    return Section("levels", "What agreed", "What ran, and what agreed", "levels.html", data)


def _names(levels: Sequence[Level]) -> str:
    return ", ".join(level.name for level in levels)
