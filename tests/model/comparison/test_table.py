"""The table says what the results say, and no more."""

import dataclasses
from pathlib import Path

import pytest

from model import zoo
from model.comparison.config import PRESETS
from model.comparison.run import Result
from model.comparison.table import by_network, claim, deviation, markdown, render, start_mark
from model.errors import ModelError


def result(network: str, rate: float, seed: int = 1) -> Result:
    config = {"rate": 0.002, "latent_rate": 0.005}
    return Result(
        network, seed, rate, rate / 2, 400, 300, 10, 0.5, "a CPU, 1 thread", "abc+", config
    )


def results(dupnet: float, ifq: float, full: float) -> list[Result]:
    rates = {"dupnet-tinier-yolo": dupnet, "ifq-tinier-yolo": ifq, "tiny-yolo": full}
    return [result(name, rate) for name, rate in rates.items()]


@pytest.mark.parametrize(
    ("dupnet", "ifq", "full", "verdicts"),
    [
        (0.88, 0.85, 0.92, ["Met", "Met"]),
        (0.88, 0.88, 0.88, ["Met", "Met"]),
        (0.80, 0.81, 0.83, ["Not met", "Met"]),
        (0.80, 0.79, 0.90, ["Met", "Not met"]),
    ],
)
def test_the_claim(dupnet: float, ifq: float, full: float, verdicts: list[str]) -> None:
    lines = claim(by_network(results(dupnet, ifq, full)))
    assert [line.rpartition("**")[0].rpartition("**")[2].rstrip(".") for line in lines] == verdicts


def test_no_claim_without_its_networks() -> None:
    assert claim(by_network(results(0.8, 0.8, 0.8)[:2])) == []


def test_the_claim_compares_runs_of_the_same_seed() -> None:
    found = [
        *results(0.80, 0.81, 0.90),
        result("dupnet-tinier-yolo", 0.86, seed=2),
        result("ifq-tinier-yolo", 0.83, seed=2),
        result("ifq-tinier-yolo", 0.10, seed=3),
    ]
    gain, loss = claim(by_network(found))
    assert "ifq-tinier-yolo: +0.010 (-0.010, +0.030) in" in gain and "**Met.**" in gain
    assert "full precision: -0.100 (paper" in loss and "**Not met.**" in loss
    assert claim(by_network([*results(0.8, 0.8, 0.8)[1:], found[3]])) == []  # no seed in common


def test_runs_that_are_not_done_are_named() -> None:
    terms = dataclasses.replace(PRESETS["small"], seeds=(1, 2))
    found = [*results(0.8, 0.7, 0.9), result("tiny-yolo", 0.9, seed=2)]
    line = markdown(terms, found, zoo.NETWORKS).splitlines()[-1]
    assert line == (
        "- not trained yet: dupnet-tinier-yolo with seed 2, ifq-tinier-yolo with seed 2"
    )
    done = [*found, *(result(one.network, 0.5, seed=2) for one in found[:2])]
    assert "not trained" not in markdown(terms, done, zoo.NETWORKS)


def test_rows_in_the_order_of_the_zoo_with_means_of_seeds() -> None:
    found = [*results(0.8, 0.7, 0.9), result("dupnet-tinier-yolo", 0.6, seed=2)]
    text = markdown(PRESETS["small"], found, zoo.NETWORKS)
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    assert [row[0] for row in rows] == [
        "| tiny-yolo", "| ifq-tinier-yolo", "| dupnet-tinier-yolo"
    ]  # fmt: skip
    assert rows[2][1] == "0.700 (0.800, 0.600)" and rows[2][2] == "0.350 (0.400, 0.300)"
    assert rows[2][3:6] == ["36.9", "0.0625", "0.880"]
    assert rows[0][6] == "0.002" and rows[1][6] == "0.002, 0.005"  # no latent weights, latent ones
    assert rows[2][7] == "1.00 |"
    assert "a CPU, 1 thread" in text and "abc+" in text and "generated" in text


def test_deviation() -> None:
    assert deviation(0.5, 100) == 0.05
    assert deviation(1.0, 100) == 0.0
    assert deviation(0.0, 0) == 0.0


def test_render(tmp_path: Path) -> None:
    document = tmp_path / "results.md"
    document.write_text(f"# A\n\n{start_mark('small')}\nold\n<!-- end -->\n\nrest\n")
    for text in ("one\n", "two\n"):
        render(document, "small", text)
    expected = f"# A\n\n{start_mark('small')}\n\ntwo\n\n<!-- end -->\n\nrest\n"
    assert document.read_text() == expected
    with pytest.raises(ModelError, match=r"lacks the lines <!-- python -m model.comparison: full"):
        render(document, "full", "three\n")
    with pytest.raises(ModelError, match=r"none.md: No such file or directory; expected a doc"):
        render(tmp_path / "none.md", "small", "three\n")
