"""``make fuzz-networks``: what is known is not run again, a fault ends with its own status."""

from pathlib import Path

import pytest

from tests.flows.acyclic.running import Outcome
from tests.fuzz import networks


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The batches that were run: seed 3 has a fault, seed 4 is refused."""
    batches: list[list[int]] = []
    ends = {3: Outcome(3, "fault", "RTL: x"), 4: Outcome(4, "refused", "node y")}

    def run(folder: Path, seeds: list[int]) -> list[Outcome]:
        batches.append(seeds)
        return [ends.get(seed, Outcome(seed)) for seed in seeds]

    monkeypatch.setattr(networks, "run_networks", run)
    monkeypatch.setattr(networks, "code_key", lambda: "k")
    return batches


def test_it_goes_on_where_it_ended(
    ran: list[list[int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = ["--results", str(tmp_path / "r.jsonl"), "--batch", "2"]
    assert networks.main(["--seed", "1", "--sample", "2", *file]) == 0
    assert networks.main(["--seed", "1", "--sample", "4", *file]) == 1
    assert ran == [[1, 2], [3, 4]]
    said = capsys.readouterr().out
    assert "4 networks: 2 exact, 1 refused, 1 with a fault" in said
    assert "seed 4 refused: node y" in said


def test_results_of_other_code_do_not_count(ran: list[list[int]], tmp_path: Path) -> None:
    file = ["--results", str(tmp_path / "r.jsonl")]
    assert networks.main(["--seed", "1", "--sample", "1", *file]) == 0
    assert networks.main(["--seed", "1", "--sample", "1", "--code", "other", *file]) == 0
    assert ran == [[1], [1]]


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(SystemExit):
        networks.main(["--sample", "0"])
