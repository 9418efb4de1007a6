"""`python -m model.comparison`: the table in the folder and in a document, and errors."""

from pathlib import Path
from typing import Any

import pytest

from model import zoo
from model.comparison import cli, run
from model.comparison.ablation import variants
from model.comparison.config import PRESETS, Comparison
from model.comparison.table import start_mark
from model.errors import ModelError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The runs that would have been compared; nothing is trained."""
    calls: list[dict[str, Any]] = []

    def compare(
        terms: Comparison, specs: Any, out: Path, device: Any, jobs: int, name: str
    ) -> list[run.Result]:
        calls.append({"terms": terms, "specs": list(specs), "out": out, "name": name})
        config = {"rate": 0.002, "latent_rate": 0.005}
        return [
            run.Result(spec.name, 1, 0.5, 0.5, 9, 9, 1, 0.1, "a CPU", "", config) for spec in specs
        ]

    monkeypatch.setattr(run, "compare", compare)
    return calls


def test_the_four_networks(
    asked: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "results.md"
    document.write_text(f"{start_mark('small results')}\n<!-- end -->\n")
    arguments = ["--out", str(tmp_path / "out"), "--render", str(document), "--device", "cpu"]
    assert cli.main([*arguments, "--seeds", "4,5", "--precision", "fp32"]) == 0
    (call,) = asked
    assert call["terms"].precision == "fp32" and PRESETS["small"].precision == "bf16"
    assert call["terms"].seeds == (4, 5) and call["terms"].steps == PRESETS["small"].steps
    assert {spec.name for spec in call["specs"]} == set(zoo.names())
    table = (tmp_path / "out" / "results.md").read_text()
    assert table in document.read_text() and table in capsys.readouterr().out
    assert "**Met.**" in table


def test_the_ablation(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    assert cli.main(["--ablation", "--out", str(tmp_path), "--device", "cpu"]) == 0
    (call,) = asked
    assert call["name"] == "ablation" and tuple(call["specs"]) == variants()
    text = (tmp_path / "ablation.md").read_text()
    assert "| dupnet-tinier-yolo/F=1 |" in text and "| tiny-yolo/tinier |" in text


def test_the_reconstructions(asked: list[dict[str, Any]], tmp_path: Path) -> None:
    assert cli.main(["--reconstructions", "--out", str(tmp_path), "--device", "cpu"]) == 0
    (call,) = asked
    assert call["name"] == "reconstructions"
    names = [spec.name for spec in call["specs"]]
    assert names[0] == "dupnet-tinier-yolo" and names[-1] == "ifq-tinier-yolo" and len(names) == 5
    rows = (tmp_path / "reconstructions.md").read_text().splitlines()[2:7]
    assert [row.split(" | ")[0][2:] for row in rows] == [names[-1], *names[:-1]]
    sizes = [row.split(" | ")[3] for row in rows]
    assert sizes == ["240.9", "36.9", "36.9", "36.9", "36.9"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seeds", "one"], "--seeds one; expected numbers separated by commas"),
        (["--device", "abacus"], "unknown device 'abacus'"),
        (["--render", "none.md"], "none.md: No such file or directory"),
    ],
)
def test_bad_input_is_named(
    asked: list[dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    status = 2 if message.startswith("--") else 1
    assert cli.main([*arguments, "--out", str(tmp_path)]) == status
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


def test_an_error_of_the_comparison_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*arguments: Any) -> None:
        raise ModelError("no scenes")

    monkeypatch.setattr(run, "compare", fails)
    assert cli.main(["--out", str(tmp_path), "--device", "cpu"]) == 1
    assert capsys.readouterr().err == "error: no scenes\n"
