"""A build's verification in plain words: what has run of it, and what agreed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.report.level import FAILED, NOT_RUN, PASSED, Level


@dataclass(frozen=True)
class Verdict:
    """Levels that compare, by what became of them.

    free: those that need no vendor's tool. passed: of these. failed: of all. waiting: of free, not
    run. others: those that need something, by what they need, without those that have run.
    """

    free: Sequence[Level]
    passed: Sequence[Level]
    failed: Sequence[Level]
    waiting: Sequence[Level]
    others: dict[str, list[Level]]
    others_passed: Sequence[Level]

    @property
    def short(self) -> str:
        """Such as "5 of 7 passed"."""
        if self.failed:
            return f"{len(self.failed)} failed"
        return f"{len(self.passed)} of {len(self.free)} passed"

    @property
    def sentence(self) -> str:
        """One sentence on what agreed."""
        count = f"{len(self.passed)} of {len(self.free)} levels that need no vendor tool passed"
        if self.others_passed:
            count += f", and {len(self.others_passed)} of those that need more"
        if self.failed:
            names = ", ".join(level.name for level in self.failed)
            return f"{count}; {len(self.failed)} FAILED: {names}."
        if not self.passed and not self.others_passed:
            return f"{count}: nothing has been compared yet."
        return f"{count}: every integer that was compared is equal."


def verdict(levels: Sequence[Level]) -> Verdict:
    """Of all levels of a build; those that only estimate do not count."""
    compared = [level for level in levels if not level.estimates]
    free = [level for level in compared if not level.needs]
    others: dict[str, list[Level]] = {}
    for level in compared:
        if level.needs and level.status == NOT_RUN:
            others.setdefault(level.needs, []).append(level)
    return Verdict(
        free=free,
        passed=[level for level in free if level.status == PASSED],
        failed=[level for level in compared if level.status == FAILED],
        waiting=[level for level in free if level.status == NOT_RUN],
        others=others,
        others_passed=[level for level in compared if level.needs and level.status == PASSED],
    )
