"""Renders the scenes, trains and evaluates network by network, and keeps what is done.

    <out>/scenes/                    the scenes, in WIDER FACE's layout
    <out>/<network>-seed<seed>/      a run folder of model.training, and result.json once it is done
    <out>/results.json               all results so far (of an ablation: ablation.json)

A run that has its result.json is not trained again, one that was interrupted goes on from its last
state, both only if they were made on the same terms.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from model import zoo
from model.comparison.config import Comparison
from model.comparison.machine import machine
from model.errors import ModelError
from model.files import READER
from model.scenes.layout import write_scenes
from model.training import state as files
from model.training.batches import Data, load_data, make_source, plain_batches
from model.training.config import TrainConfig
from model.training.data import PictureSet, Source, load_split
from model.training.trainer import Trainer
from model.training.validate import evaluate

RESULT = "result.json"


@dataclass(frozen=True)
class Result:
    """One network with one seed."""

    network: str
    seed: int
    rate: float  # faces found of all, at 0.1 false positives a picture
    ap: float  # at IoU 0.5
    faces: int  # held out
    pictures: int  # held out
    steps: int
    hours: float  # of training, on the clock of the run
    machine: str
    commit: str
    config: dict[str, Any]  # of the training, without its folder


class Scenes:
    """The scenes of a comparison, rendered and decoded when they are first wanted."""

    def __init__(self, terms: Comparison, folder: Path, device: torch.device, jobs: int) -> None:
        self.terms, self.folder, self.device, self.jobs = terms, folder, device, jobs
        self._train: Data | None = None
        self._held_out: tuple[PictureSet, Source] | None = None

    def _render(self, split: str, count: int, seed: int) -> None:
        """Render a split; what is there already is kept."""
        terms = self.terms
        write_scenes(self.folder, split, count, seed, terms.size, self.jobs, terms.near)

    def train(self, config: TrainConfig) -> Data:
        """The training pictures; the trainer sees no held-out scene."""
        if self._train is None:
            self._render("train", self.terms.pictures, self.terms.train_seed)
            self._train = load_data(config, self.device)
        return self._train

    def held_out(self, config: TrainConfig) -> tuple[PictureSet, Source]:
        """The held-out pictures, and where their pixels come from."""
        if self._held_out is None:
            self._render("val", self.terms.held_out, self.terms.held_out_seed)
            pictures = load_split(self.folder, "val", self.terms.size)
            self._held_out = pictures, make_source(pictures, self.device, config)
        return self._held_out


def _run_folder(out: Path, spec: zoo.NetworkSpec, seed: int) -> Path:
    return out / f"{spec.name.replace('/', '-')}-seed{seed}"


def _read_result(path: Path, wanted: TrainConfig) -> Result | None:
    """The result of a run that is done; refused if it was made on other terms."""
    if not path.exists():
        return None
    hint = "not a result of model.comparison; remove its folder"
    result = READER.json(path, Result, hint)
    files.check_same(path, {**result.config, "data": wanted.as_dict()["data"]}, wanted)
    return result


def _train(
    spec: zoo.NetworkSpec, config: TrainConfig, out: Path, device: torch.device, scenes: Scenes
) -> Result:
    """Train, or go on training, to the end; evaluate; write the result."""
    resume = (out / files.STATE).exists()
    data = scenes.train(config)
    trainer = Trainer(
        config, out, device, data=data, resume=resume, tensorboard=False, spec=spec, more=False
    )
    run = trainer.run()
    pictures, source = scenes.held_out(config)
    batches = plain_batches(source, range(len(pictures)), config.batch)
    figures = evaluate(trainer.final, pictures, batches)
    result = Result(
        network=spec.name,
        seed=config.seed,
        rate=figures["rate"],
        ap=figures["ap"],
        faces=figures["faces"],
        pictures=figures["pictures"],
        steps=run["step"],
        hours=round(run["train_seconds"] / 3600, 3),
        machine=machine(device),
        commit=files.commit(),
        config={key: value for key, value in config.as_dict().items() if key != "data"},
    )
    files.write_json(out / RESULT, asdict(result))
    print(f"{spec.name}, seed {config.seed}: detection rate {result.rate:.4f}, AP {result.ap:.4f}")
    return result


def compare(
    terms: Comparison,
    specs: Sequence[zoo.NetworkSpec],
    out: Path,
    device: torch.device,
    jobs: int = 1,
    name: str = "results",
) -> list[Result]:
    """Results of all networks with all seeds, seed by seed; they are in <out>/<name>.json too."""
    terms.check()
    scenes = Scenes(terms, out / "scenes", device, jobs)
    results: list[Result] = []
    for seed in terms.seeds:
        for spec in specs:
            config = terms.training(spec.name, seed, scenes.folder)
            run = _run_folder(out, spec, seed)
            result = _read_result(run / RESULT, config)
            if result is None:
                print(f"{spec.name}, seed {seed}: into {run}", flush=True)
                result = _train(spec, config, run, device, scenes)
            else:
                print(f"{spec.name}, seed {seed}: done before")
            results.append(result)
            write_results(out / f"{name}.json", terms, results)
    return results


def done(terms: Comparison, specs: Sequence[zoo.NetworkSpec], out: Path) -> list[Result]:
    """The results that are there already; there must be one."""
    found = [
        _read_result(
            _run_folder(out, spec, seed) / RESULT, terms.training(spec.name, seed, out / "scenes")
        )
        for seed in terms.seeds
        for spec in specs
    ]
    results = [result for result in found if result is not None]
    if not results:
        raise ModelError(f"{out}: holds no result yet; expected at least one")
    return results


def write_results(path: Path, terms: Comparison, results: Sequence[Result]) -> None:
    """The terms and all results so far, as JSON."""
    files.write_json(
        path, {"terms": terms.as_dict(), "results": [asdict(result) for result in results]}
    )
