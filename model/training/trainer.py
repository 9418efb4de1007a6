"""The training loop: from a configuration to a run folder with a checkpoint.

A run depends on its configuration alone: data order, augmentation and noise are functions of
(seed, epoch, index), so that a run that was interrupted and resumed has, on the CPU, the same
weights as one that was not. (On a GPU sums come in any order; with `max_minutes` the schedule
follows the clock.)
"""

import math
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from model import zoo
from model.checkpoint import save_checkpoint
from model.errors import ModelError
from model.network import Network
from model.training import state as files
from model.training.batches import Batch, Batches, Data, load_data, plain_batches
from model.training.beginning import data_anchors
from model.training.config import TrainConfig
from model.training.ending import End
from model.training.final_fits import fit_gains_and_shifts, fit_statistics_and_biases
from model.training.lean import TrainingNetwork
from model.training.loss import detection_loss
from model.training.optimize import (
    Average,
    clip_latent,
    latent_weights,
    make_optimizer,
    rate_factor,
    set_rate,
    sharpness_at,
)
from model.training.parallel import Ranks
from model.training.transfer import distillation_loss, load_network, start_weights, transfer
from model.training.validate import evaluate

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
SILENCE = 30.0
"""Seconds between lines where there is no terminal for a progress bar."""

FIGURES = ("loss", "coordinates", "objectness", "face", "positives", "iou")


class Trainer:
    """One run. `run()` trains to the end and returns the figures."""

    def __init__(
        self,
        config: TrainConfig,
        out: Path,
        device: torch.device,
        data: Data | None = None,
        resume: bool = False,
        ranks: Ranks | None = None,
        tensorboard: bool = True,
        spec: zoo.NetworkSpec | None = None,
        more: bool = True,
        started: float | None = None,
    ) -> None:
        """`spec` is the network, if it is not the one of the zoo that the configuration names.

        more: a run may be resumed with more epochs or steps than it had.
        started: when on time.monotonic's clock the run began; none: now.
        """
        self._start = time.monotonic() if started is None else started
        config.check()
        self.spec = spec or zoo.find(config.model)
        self.config, self.out, self.device = config, out, device
        self.anneal = config.anneal if self.spec.quantized else 0.0
        self.ranks = ranks or Ranks()
        stored = self._stored(resume, more)
        self.data = data or load_data(config, device)
        self.batches = Batches(
            self.data.train, self.data.source, config, device, self.ranks.rank, self.ranks.world
        )
        per_epoch = self.batches.per_epoch()
        ends = [config.epochs * per_epoch, config.steps]
        self.total = min((end for end in ends if end), default=0)
        self.step = self.epoch = self.batch = self.stale = 0
        self.elapsed = 0.0  # seconds of training before this start
        self.best: dict[str, Any] = {}
        self.teacher = self._load_teacher()
        self.network = self._build(stored).to(device)
        self._make_model()
        if stored:
            self._restore(stored)
        self.log = files.Log(out, tensorboard) if self.ranks.first else None
        self._sums = torch.zeros(len(FIGURES), device=device)
        self._since = 0  # steps in the sums
        self._spoken = 0.0  # when a line was printed for want of a progress bar
        self._saved = 0.0  # when the last state was written, on the run's clock
        self.end = End(config, len(self.data.val) if self.data.val else 0)

    def _stored(self, resume: bool, more: bool) -> dict[str, Any] | None:
        """The state to resume from."""
        path = self.out / files.STATE
        if resume:
            stored = files.read_state(path)
            files.check_same(path, stored["config"], self.config, more)
            return stored
        if path.exists():
            raise ModelError(f"{self.out}: holds a run already; expected --resume or a new folder")
        return None

    def _load_teacher(self) -> Network | None:
        if not self.config.teacher:
            return None
        teacher = load_network(Path(self.config.teacher))
        teacher.to(self.device)
        teacher.requires_grad_(False).eval()
        return teacher

    def _build(self, stored: dict[str, Any] | None) -> Network:
        """The network with its first weights."""
        config = self.config
        if stored:
            return Network(files.with_anchors(self.spec, stored["anchors"]))
        source = load_network(Path(config.init)) if config.init else None
        if config.anchors:
            anchors = config.anchors
        elif self.teacher is not None:
            anchors = self.teacher.spec.anchors  # raw outputs are compared: they must mean the same
        elif source is not None and not config.new_anchors:
            anchors = source.spec.anchors
        else:
            anchors, fit = data_anchors(config, self.data, self.device)
            if self.ranks.first:
                print(f"anchors {anchors}, mean IoU {fit:.3f}")
        if self.teacher is not None and anchors != self.teacher.spec.anchors:
            raise ModelError("anchors differ from the teacher's; expected the same")
        network = Network(files.with_anchors(self.spec, anchors))
        start_weights(network, config.seed, config.latent_scale)
        if source is not None:
            taken = transfer(source, network, config.seed, config.latent_scale)
            if not taken:
                raise ModelError(f"{config.init}: no layer fits {config.model}")
            if self.ranks.first:
                print(f"start from {source.spec.name}: {', '.join(taken)}")
        return network

    def _make_model(self) -> None:
        """Make the lean model, the optimizer and the average of the network."""
        config = self.config
        on_gpu = self.device.type == "cuda"
        auto = "bf16" if on_gpu else "fp32"
        self.dtype = dtype = DTYPES[auto if config.precision == "auto" else config.precision]
        torch.backends.cudnn.allow_tf32 = False  # evaluation is exact; training is 16 bit anyway
        torch.backends.cudnn.benchmark = True
        self.lean = TrainingNetwork(self.network, dtype)
        model: nn.Module = self.ranks.wrap(self.lean, self.device)
        if config.compile:
            torch._dynamo.config.recompile_limit = 64  # one for each size of the input
        self.model: Any = torch.compile(model, dynamic=False) if config.compile else model
        self.teacher_model = TrainingNetwork(self.teacher, dtype) if self.teacher else None
        self.optimizer = make_optimizer(self.network, config.rate, config.latent_rate, config.decay)
        self.latent = latent_weights(self.network)
        self.scaler = torch.amp.GradScaler(
            self.device.type, enabled=dtype == torch.float16, init_scale=2.0**12
        )
        self.average = Average(self.network, config.average) if config.average else None
        self.anchors = torch.tensor(self.network.spec.anchors, device=self.device)
        self.final: Network = Network(self.network.spec)  # averaged, its last parameters fitted
        self.final.to(self.device)

    def _restore(self, stored: dict[str, Any]) -> None:
        self.network.load_state_dict(stored["network"])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.scaler.load_state_dict(stored["scaler"])
        if self.average is not None:
            self.average.load_state_dict(stored["average"])
        self.step, self.epoch, self.batch = stored["step"], stored["epoch"], stored["batch"]
        self.elapsed, self.best, self.stale = stored["elapsed"], stored["best"], stored["stale"]

    def _save(self, now: float) -> None:
        """Write the state; the loss has been found finite."""
        self._saved = now
        if not self.ranks.first:
            return
        files.write_state(
            self.out / files.STATE,
            {
                "model": self.config.model,
                "anchors": [list(anchor) for anchor in self.network.spec.anchors],
                "config": self.config.as_dict(),
                "step": self.step,
                "epoch": self.epoch,
                "batch": self.batch,
                "elapsed": now,
                "best": self.best,
                "stale": self.stale,
                "network": self.network.state_dict(),
                "average": self.average.state_dict() if self.average else {},
                "optimizer": self.optimizer.state_dict(),
                "scaler": self.scaler.state_dict(),
            },
        )

    def clock(self) -> float:
        """Seconds of the run, its start and those before an interruption included."""
        return self.elapsed + time.monotonic() - self._start

    def progress(self, now: float) -> float:
        """How much of the run is done, 0 to 1: steps or time, whatever is further."""
        done = self.step / self.total if self.total else 0.0
        if self.config.max_minutes:
            limit = 60 * self.config.max_minutes
            done = max(done, now / (limit - self.end.seconds(self.step, limit)))
        return done

    def run(self) -> dict[str, Any]:
        """Train to the end, evaluate, write the checkpoint; returns its figures."""
        if self.ranks.first:
            described = {**self.config.as_dict(), "anchors": self.network.spec.anchors}
            files.write_json(self.out / files.CONFIG, {**described, **files.facts(self.device)})
            print(f"seed {self.config.seed}, {self.config.model}, {len(self.data.train)} pictures")
        if self.config.max_minutes:
            self.end.measure(self.network, self.data)
        if self.step == 0:
            self._save(self.clock())
        bar = tqdm(
            total=self.total or None,
            initial=self.step,
            unit="step",
            disable=None if self.ranks.first else True,
        )
        try:
            while not self._epoch(bar):
                pass
        finally:
            bar.close()
        self.end.check(self.step)
        metrics = self._finish()
        if self.log:
            self.log.close()
        return metrics

    def _epoch(self, bar: Any) -> bool:
        """Train to the end of the epoch; whether the run is at its end."""
        for batch in self.batches.epoch(self.epoch, self.batch):
            now = self.ranks.agree(self.clock(), self.device)
            progress = self.progress(now)
            if progress >= 1:
                return True
            self._learn(batch, progress)
            self.end.note(self.clock())
            bar.update()
            if self._since >= (1 if self.device.type == "cpu" else self.config.log_every):
                self._check(bar)
            if now - self._saved > 60 * self.config.save_minutes:
                self._check(bar)
                self._save(now)
        self.epoch, self.batch = self.epoch + 1, 0
        every = self.config.validate_every
        now = self.ranks.agree(self.clock(), self.device)
        ended = self.progress(now) >= 1
        if every and self.epoch % every == 0 and not ended:
            self._check(bar)
            self._validate()
            self._save(now)
            if self.config.patience and self.stale >= self.config.patience:
                print(f"no better AP in {self.stale} evaluations: stopped at step {self.step}")
                return True
        return ended

    def _learn(self, batch: Batch, progress: float) -> None:
        """One step."""
        config = self.config
        warmup = min(config.warmup, self.total // 10) if self.total else config.warmup
        set_rate(self.optimizer, rate_factor(progress, self.step, warmup, config.hold))
        self.lean.sharpness.fill_(sharpness_at(progress, self.anneal))
        output = self.model(batch.pixels)
        losses = detection_loss(output, batch.boxes, batch.kinds, self.anchors, config.loss)
        loss = losses.total
        if self.teacher_model is not None:
            with torch.no_grad():
                aim = self._teach(batch.pixels)
            loss = loss + config.teacher_weight * distillation_loss(output, aim, len(self.anchors))
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        if config.clip:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        clip_latent(self.latent)
        if self.average is not None:
            self.average.update()
        parts = (loss, losses.coordinates, losses.objectness, losses.face)
        figures = torch.stack([*parts, losses.positives.float(), losses.overlap])
        self._sums += figures.detach()
        self._since += 1
        self.step += 1
        self.batch += 1

    def _teach(self, pixels: Tensor) -> Tensor:
        """The teacher's raw output, with the statistics that it was shipped with."""
        assert self.teacher is not None
        kind = "cuda" if self.device.type == "cuda" else "cpu"
        with torch.autocast(kind, torch.bfloat16, enabled=kind == "cuda"):
            result: Tensor = self.teacher(pixels).float()
        return result

    def _check(self, bar: Any) -> None:
        """Stop if the loss was not finite; note the figures."""
        if not self._since:
            return
        values = (self._sums / self._since).tolist()
        if not math.isfinite(self.ranks.agree_sum(values[0], self.device)):
            raise ModelError(
                f"the loss is not finite near step {self.step}: stopped; the last good state is "
                f"{self.out / files.STATE} (lower --rate, or --precision fp32)"
            )
        figures = dict(zip(FIGURES, values, strict=True))
        figures["rate"] = self.optimizer.param_groups[0]["lr"]
        figures["epoch"] = self.epoch
        bar.set_postfix(loss=f"{values[0]:.3f}", iou=f"{values[5]:.3f}", refresh=False)
        if bar.disable and self.ranks.first and self.clock() - self._spoken > SILENCE:
            self._spoken = self.clock()
            print(
                f"step {self.step}, epoch {self.epoch}, {self._spoken:.0f} s: loss {values[0]:.3f},"
                f" IoU {values[5]:.3f}",
                flush=True,
            )
        if self.log and (self.step % self.config.log_every == 0 or self.device.type != "cpu"):
            figures["seconds"] = round(self.clock(), 2)
            self.log.add(self.step, figures)
        self._sums.zero_()
        self._since = 0

    def finished_network(self, ended: bool = False) -> Network:
        """The averaged weights with statistics and biases of their own, in evaluation mode.

        ended: at the end of the run, when gains and shifts are fitted too.
        """
        values = self.average.values if self.average else list(self.network.parameters())
        with torch.no_grad():
            for target, value in zip(self.final.parameters(), values, strict=True):
                target.copy_(value)
        fit_statistics_and_biases(self.final, self.data, self.config)
        steps = self.end.gain_steps(self.step, self.clock()) if ended else 0
        if steps:
            epoch = self.epoch + 1
            fit_gains_and_shifts(self.final, self.data, self.config, steps, epoch, self.dtype)
        return self.final

    def _validate(self, ended: bool = False) -> dict[str, Any]:
        """Evaluate; the checkpoint is written if there is none that is better."""
        if not self.ranks.first:
            self.stale = self.ranks.agree_int(0, self.device)
            return {}
        figures: dict[str, Any] = {"step": self.step, "epoch": self.epoch}
        figures["train_seconds"] = round(self.clock(), 1)
        network = self.finished_network(ended)
        if self.data.val is not None and self.data.val_source is not None:
            order = list(range(len(self.data.val)))
            batches = plain_batches(self.data.val_source, order, min(self.config.batch, 32))
            figures |= evaluate(network, self.data.val, batches)
            if self.log:
                self.log.add(self.step, {"ap": figures["ap"], "detection_rate": figures["rate"]})
            print(
                f"step {self.step}: detection rate {figures['rate']:.4f} at {figures['fppi']} false"
                f" positives a picture, AP {figures['ap']:.4f}"
            )
        if figures.get("ap", 0.0) >= self.best.get("ap", 0.0):
            self.best, self.stale = figures, 0
            self._ship(network, figures)
        elif self.lean.sharpness == 1:  # before, the weights are not yet what is evaluated
            self.stale += 1
        self.ranks.agree_int(self.stale, self.device)
        return figures

    def _ship(self, network: Network, figures: dict[str, Any]) -> None:
        config = self.config.as_dict()
        metadata = {
            "seed": self.config.seed,
            "metrics": figures,
            "training": config,
            **files.facts(self.device),
        }
        save_checkpoint(self.out / files.CHECKPOINT, network, metadata)
        files.write_json(self.out / files.METRICS, figures)

    def _finish(self) -> dict[str, Any]:
        """The end: last check, state, evaluation, checkpoint."""
        with tqdm(total=0, disable=True) as silent:
            self._check(silent)
        seconds = self.clock()
        if self.ranks.first:
            rate = self.step * self.config.batch * self.ranks.world / seconds
            print(f"{self.step} steps in {seconds:.1f} s, {rate:.0f} pictures/s")
        self._save(seconds)
        self._validate(ended=True)
        self._save(seconds)
        return self.best
