"""The comparison on a handful of small scenes: resumed, repeated, refused, and its table."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from model import zoo
from model.comparison import run
from model.comparison.config import PRESETS, Comparison, Rates
from model.errors import ModelError
from model.training.trainer import Trainer

CPU = torch.device("cpu")
TERMS = Comparison(
    size=64,
    near=True,
    pictures=8,
    held_out=4,
    steps=2,
    batch=2,
    sizes=(64,),
    rates={"ifq-tinier-yolo": Rates(1e-3, 4e-3)},
    calibration=4,
    settle=2,
    least_side=4.0,
)
SPECS = [zoo.find("dupnet-tinier-yolo"), zoo.find("ifq-tinier-yolo")]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[run.Result]]:
    out = tmp_path_factory.mktemp("comparison")
    return out, run.compare(TERMS, SPECS, out, CPU)


def test_results_are_written(done: tuple[Path, list[run.Result]]) -> None:
    out, results = done
    assert [one.network for one in results] == [spec.name for spec in SPECS]
    for one in results:
        assert one.steps == 2 and one.pictures == 4 and 0 <= one.rate <= 1 and 0 <= one.ap <= 1
        assert one.machine.endswith(("thread", "threads"))
        assert (out / f"{one.network}-seed1" / "checkpoint.npz").is_file()
    written = json.loads((out / "results.json").read_text())
    assert written["terms"] == TERMS.as_dict()
    assert written["results"] == [dataclasses.asdict(one) for one in results]
    assert str(out) not in (out / "results.json").read_text()  # no folders of this machine


def test_the_terms_are_the_same_but_for_the_learning_rates(
    done: tuple[Path, list[run.Result]],
) -> None:
    one, two = (result.config for result in done[1])
    assert {key for key in one if one[key] != two[key]} == {"model", "rate", "latent_rate"}
    assert (two["rate"], two["latent_rate"]) == (1e-3, 4e-3)


def test_what_is_done_is_not_trained_again(
    done: tuple[Path, list[run.Result]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, results = done
    monkeypatch.setattr(Trainer, "run", lambda self: pytest.fail("trained again"))
    assert run.compare(TERMS, SPECS, out, CPU) == results
    assert capsys.readouterr().out.count("done before") == 2


def test_what_is_done_alone(done: tuple[Path, list[run.Result]], tmp_path: Path) -> None:
    out, results = done
    assert run.done(TERMS, zoo.NETWORKS, out) == sorted(
        results, key=lambda one: zoo.names().index(one.network)
    )
    with pytest.raises(ModelError, match="holds no result yet"):
        run.done(TERMS, zoo.NETWORKS, tmp_path)


@pytest.mark.parametrize("change", [{"steps": 3}, {"settle": 1}])
def test_a_result_of_other_terms_is_refused(
    done: tuple[Path, list[run.Result]], change: dict[str, int]
) -> None:
    (key,) = change
    with pytest.raises(ModelError, match=rf"result.json: was trained with {key} 2, now "):
        run.compare(dataclasses.replace(TERMS, **change), SPECS, done[0], CPU)


def test_a_damaged_result_is_named(done: tuple[Path, list[run.Result]], tmp_path: Path) -> None:
    folder = tmp_path / "dupnet-tinier-yolo-seed1"
    folder.mkdir()
    (folder / "result.json").write_text('{"network": 1')
    with pytest.raises(ModelError, match=r"result.json: .*not a result of model.comparison"):
        run.compare(TERMS, SPECS, tmp_path, CPU)


def test_an_interrupted_run_goes_on_to_the_same_result(
    done: tuple[Path, list[run.Result]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, results = done
    (tmp_path / "scenes").symlink_to(out / "scenes")
    terms = dataclasses.replace(TERMS, save_minutes=0.0)
    learn = Trainer._learn

    def interrupted(self: Trainer, *arguments: object) -> None:
        if self.step == 1:
            raise KeyboardInterrupt
        learn(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Trainer, "_learn", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.compare(terms, SPECS[:1], tmp_path, CPU)
    assert not list(tmp_path.glob("*/result.json"))
    monkeypatch.setattr(Trainer, "_learn", learn)
    (again,) = run.compare(terms, SPECS[:1], tmp_path, CPU)
    assert (again.rate, again.ap, again.steps) == (results[0].rate, results[0].ap, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seeds": ()}, "no seeds; expected at least one"),
        ({"held_out_seed": 1}, "held-out scenes of seed 1, which is that of the scenes to train"),
    ],
)
def test_terms_that_are_none(change: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=message):
        run.compare(dataclasses.replace(TERMS, **change), SPECS, tmp_path, CPU)  # type: ignore[arg-type]
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_can_be_trained(name: str, tmp_path: Path) -> None:
    terms = PRESETS[name]
    terms.check()
    configs = [terms.training(spec.name, seed, tmp_path) for spec in zoo.NETWORKS for seed in (1,)]
    for config in configs:
        config.check()
    assert len({(c.steps, c.batch, c.size, c.sizes, c.augment, c.loss) for c in configs}) == 1
