"""Training of a network of the zoo on pictures in WIDER FACE's layout.

    python -m model.training --model dupnet-tinier-yolo --data FOLDER --val FOLDER/val \\
        --epochs 60 --out build/runs/dupnet

writes a run folder: config.json, checkpoint.npz (what ships), metrics.json, state.pt (what
`--resume` takes up), log.jsonl and TensorBoard's files. Several GPUs:
`torchrun --nproc-per-node 4 -m model.training ...`. `--max-minutes` ends the run by the clock, and
the learning rate's schedule with it: decoding before, the fit of gains and shifts (--affine) and
evaluation behind are within it. `--resume` with more epochs, steps or minutes goes on with a run.
"""

import argparse
import dataclasses
import shlex
import time
import types
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from model.errors import ModelError
from model.training.config import TrainConfig
from model.training.sources import parse, place
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.called import as_called
from outside.command import run_command

GROUPS = ("loss", "augment")
HELP = {
    "model": "network of the zoo",
    "data": "folders in WIDER FACE's layout; their split train, or FOLDER/SPLIT. "
    "With FOLDER:WEIGHT each has that share of the pictures seen, else all are seen once an epoch",
    "val": "folder of the held-out pictures; its split val, or FOLDER/SPLIT",
    "hold_out": "without --val: share of the pictures that are kept for evaluation; 0: none",
    "seed": "of weights, order and augmentation",
    "epochs": "passes over the data",
    "steps": "steps at most",
    "max_minutes": "wall clock of the run at most, its end included; the schedule follows it",
    "batch": "pictures a step and GPU",
    "size": "of the letterboxed pictures and of evaluation",
    "sizes": "of the input in training, separated by commas",
    "rate": "highest learning rate",
    "latent_rate": "highest learning rate of latent weights",
    "decay": "weight decay of full-precision weights",
    "warmup": "steps of warm-up",
    "hold": "share of the run at the highest rates, before the cosine",
    "clip": "greatest norm of the gradient",
    "average": "decay of the average of the weights; 0: none",
    "latent_scale": "range of the first latent weights",
    "anneal": "share of the run over which weights turn into their signs; 0: signs from the start",
    "precision": "of the training",
    "compile": "compile with torch.compile",
    "init": "checkpoint.npz or state.pt to start from",
    "new_anchors": "anchors by k-means on the data, although --init has its own",
    "teacher": "checkpoint.npz or state.pt to learn from",
    "teacher_weight": "weight of what the teacher says",
    "limit": "use the first so many pictures of each folder",
    "preload": "keep all decoded pictures on the device",
    "workers": "threads or processes that decode",
    "calibration": "pictures for BatchNorm's final statistics",
    "settle": "steps in which the final head's biases are fitted to them; 0: none",
    "affine": "steps in which its gains and shifts are fitted, at most a quarter of all; 0: none",
    "validate_every": "epochs between evaluations; 0: at the end only",
    "patience": "stop after so many evaluations of binary weights without a better AP; 0: never",
    "log_every": "steps between figures",
    "save_minutes": "minutes between two states",
}


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def parser() -> Parser:
    """The command line: a flag for each field of TrainConfig, and --set for loss and augment."""
    made = Parser(
        prog="python -m model.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    hints = get_type_hints(TrainConfig)
    for one in dataclasses.fields(TrainConfig):
        if one.name not in HELP:
            continue
        default = None if one.default is dataclasses.MISSING else one.default
        arguments: dict[str, Any] = {"help": HELP[one.name], "default": default}
        kind = hints[one.name]
        if kind is bool:
            arguments["action"] = "store_true"
        elif one.name == "data":
            arguments |= {"nargs": "+", "action": "extend", "metavar": "FOLDER[:WEIGHT]"}
        elif one.name == "sizes":
            arguments |= {"type": _numbers, "metavar": "N,N,..."}
        elif get_args(kind):
            arguments["choices"] = get_args(kind)
        else:
            arguments["type"] = kind
        if default is None:
            arguments["required"] = True
        elif default not in ("", False):
            shown = ",".join(map(str, default)) if one.name == "sizes" else default
            arguments["help"] += f" (default {shown})"
        made.add_argument(_flag(one.name), **arguments)
    made.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="loss.focal=2",
        help="a field of the loss or the augmentation; may be repeated",
    )
    made.add_argument("--out", type=Path, required=True, help="run folder to write")
    made.add_argument("--resume", action="store_true", help="go on with the run in --out")
    made.add_argument("--device", help="cpu, cuda, cuda:1 (default: a GPU if there is one)")
    made.add_argument("--no-tensorboard", action="store_true", help="no files for TensorBoard")
    add_json(made)
    return made


def _convert(kind: Any, text: str) -> Any:
    if kind is bool:
        if text not in ("true", "false"):
            raise ValueError("true or false")
        return text == "true"
    if get_origin(kind) is tuple:
        return tuple(float(part) for part in text.split(","))
    choices = get_args(kind)
    if choices and not isinstance(kind, types.UnionType):
        if text not in choices:
            raise ValueError(" or ".join(choices))
        return text
    return kind(text)


def _groups(assignments: list[str]) -> dict[str, Any]:
    """The loss and augment of a configuration, with the fields of --set changed."""
    hints = get_type_hints(TrainConfig)
    changes: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for text in assignments:
        name, equals, value = text.partition("=")
        group, _, key = name.partition(".")
        fields = get_type_hints(hints[group]) if group in GROUPS else {}
        if not equals or key not in fields:
            known = [f"{g}.{f}" for g in GROUPS for f in get_type_hints(hints[g])]
            raise ModelError(f"--set {text}: unknown field; expected one of {', '.join(known)}")
        try:
            changes[group][key] = _convert(fields[key], value)
        except ValueError as error:
            raise ModelError(f"--set {text}: unreadable value ({error})") from None
    return {group: hints[group](**fields) for group, fields in changes.items()}


def config_from(options: argparse.Namespace) -> TrainConfig:
    """The configuration of a command line."""
    names = [one.name for one in dataclasses.fields(TrainConfig) if one.name in HELP]
    values = {name: getattr(options, name) for name in names}
    values["data"], values["weights"] = parse(options.data)
    return TrainConfig(**values, **_groups(options.set))


def next_commands(config: TrainConfig, out: Path, tensorboard: bool = True) -> str:
    """The commands that one types next, a line each: evaluation, the curves, more of the run."""
    checkpoint = out / "checkpoint.npz"
    folder, split = place(config.val, config.val_split) if config.val else (Path("FOLDER"), "val")
    if split == "val":
        command = ["make", "evaluate", f"MODEL={config.model}", f"CHECKPOINT={checkpoint}"]
        command.append(f"DATA={folder}")
    else:
        command = ["python", "-m", "model.evaluation", "network", f"--checkpoint={checkpoint}"]
        command += [f"--data={folder}", f"--split={split}", f"--out={out / 'evaluation'}"]
    lines = [shlex.join(command)]
    if not config.val:
        lines[0] += "  (FOLDER: pictures that training has not seen)"
    if tensorboard:
        curves = shlex.join(["tensorboard", "--logdir", str(out)])
        lines.append(
            f"{curves}  (the curves; pip install tensorboard, in an environment of its own)"
        )
    lines.append("--resume, and more of --epochs, --steps or --max-minutes, goes on with this run")
    return as_called("next: " + "\n      ".join(lines))


def _run(options: argparse.Namespace) -> Answer | None:
    started = time.monotonic()  # loading PyTorch is part of the run
    import torch

    from model import zoo
    from model.device import choose
    from model.training.parallel import Ranks
    from model.training.trainer import Trainer
    from model.training.validate import described

    ranks = Ranks()
    try:
        config = config_from(options)
        zoo.find(config.model)
        config.check()
        device = choose(options.device)
        if device.type == "cuda" and device.index is None:
            device = torch.device(f"cuda:{ranks.local}")
        if device.type == "cuda":
            torch.cuda.set_device(device)
        ranks.start(device)
        trainer = Trainer(
            config,
            options.out,
            device,
            resume=options.resume,
            ranks=ranks,
            tensorboard=not options.no_tensorboard,
            started=started,
        )
        metrics = trainer.run()
    finally:
        ranks.stop()
    if ranks.first:
        print(f"{described(metrics)}wrote {options.out / 'checkpoint.npz'}")
        print(next_commands(config, options.out, not options.no_tensorboard))
    wrote = {"checkpoint": str(options.out / "checkpoint.npz"), "metrics": metrics}
    return Answer(wrote) if ranks.first else None


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(
        parser(),
        _run,
        arguments,
        subject=lambda options: options.out,
        interrupted=lambda options: f"interrupted; --resume goes on from {options.out}",
    )
