"""Mutated inputs of every kind through the commands: no traceback, no hang, bounded memory.

Each example is a file that was right, changed by a seed that hypothesis draws. What was found this
way stands as quick tests in ``test_found``.
"""

import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import kinds
from tests.fuzz.kinds import KINDS, Kind

#: Examples of each kind; 1,000 in all.
SHARES = {"model": 300, "config": 150, "folding": 100, "state": 50, "report": 150, "frames": 100,
          "checkpoint": 60, "picture": 90}  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished build and files of every kind."""
    return kinds.prepare(tmp_path_factory.mktemp("fuzz"))


def test_there_are_a_thousand() -> None:
    assert sum(SHARES.values()) == 1000
    assert set(SHARES) == set(KINDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(KINDS))
def test_mutated_inputs(name: str, ground: Path, tmp_path: Path) -> None:
    kind: Kind = KINDS[name]

    @settings(
        max_examples=SHARES[name],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32))
    def one(seed: int) -> None:
        place = tmp_path / "ground"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(ground, place, symlinks=True)
        ended = kind.run(place, Random(seed))
        assert not ended.fault, f"{name}, seed {seed}: {ended.fault}\n{ended.said}"

    one()
