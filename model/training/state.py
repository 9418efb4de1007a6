"""The state of a run, from which it resumes exactly, and what else is in a run folder.

config.json     the configuration, with commit, torch and machine
state.pt        weights, average, optimizer, counters: tensors and plain values, no pickled code
checkpoint.npz  the checkpoint that ships (model.checkpoint), of the best evaluation so far
metrics.json    its figures
log.jsonl       a line of figures every few steps
tensorboard/    the same for TensorBoard
"""

import dataclasses
import io
import json
import math
import os
import pickle
import platform
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import torch

from model import zoo
from model.errors import ModelError
from model.files import READER, write_atomic
from model.training.config import FREE, GROWING, TrainConfig

STATE, CONFIG, CHECKPOINT, METRICS, LOG = (
    "state.pt",
    "config.json",
    "checkpoint.npz",
    "metrics.json",
    "log.jsonl",
)
FORMAT = 1
#: The largest network's state has about 200 MB.
MAX_BYTES = 1 << 30
KEYS = {"format", "model", "anchors", "config", "step", "epoch", "batch", "elapsed", "best"}
KEYS |= {"stale", "network", "average", "optimizer", "scaler"}


def with_anchors(spec: zoo.NetworkSpec, anchors: Any) -> zoo.NetworkSpec:
    """The network's specification with these anchors."""
    pairs = tuple((float(w), float(h)) for w, h in anchors)
    if len(pairs) != len(zoo.ANCHORS):
        raise ModelError(f"{len(pairs)} anchors; expected {len(zoo.ANCHORS)}")
    return dataclasses.replace(spec, anchors=pairs)


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write a state, complete or not at all."""
    content = io.BytesIO()
    torch.save({**state, "format": FORMAT}, content)
    write_atomic(path, content.getvalue())


def read_state(path: Path) -> dict[str, Any]:
    """Read a state; the tensors are on the CPU."""
    if not os.path.exists(path):
        raise ModelError(f"{path}: no such file; expected a state of training")
    content = READER.data(path, "expected a state of training", MAX_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:  # as torch writes it: not packed
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise ModelError(f"{path}: holds more than {MAX_BYTES:,} bytes")
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except ModelError:
        raise
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, zipfile.BadZipFile):
        raise ModelError(f"{path}: truncated or not a state of training") from None
    except pickle.UnpicklingError:
        raise ModelError(f"{path}: not a state of training") from None
    if not isinstance(state, dict) or set(state) != KEYS or state["format"] != FORMAT:
        raise ModelError(f"{path}: not a state of training of format {FORMAT}")
    return state


def check_same(path: Path, stored: dict[str, Any], config: TrainConfig, more: bool = False) -> None:
    """Refuse to resume with another configuration: it would be another run.

    more: epochs and steps may be more than they were.
    """
    wanted = config.as_dict()
    for key in sorted(set(wanted) | set(stored)):
        # 0 is no limit
        if more and key in GROWING and (wanted[key] or math.inf) >= (stored[key] or math.inf):
            continue
        if key not in FREE and stored.get(key) != wanted.get(key):
            raise ModelError(
                f"{path}: was trained with {key} {stored.get(key)!r}, now {wanted.get(key)!r}; "
                "expected the same configuration to resume"
            )


def commit() -> str:
    """The git commit of this code, with + behind it if files differ from it; '' if unknown."""
    folder = Path(__file__).resolve().parent

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=True,
        ).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def facts(device: torch.device) -> dict[str, str]:
    """The commit, versions and device that a run was made with."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "commit": commit(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "device": f"{device.type} ({name})",
    }


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON, complete or not at all."""
    write_atomic(path, (json.dumps(content, indent=1) + "\n").encode())


class Log:
    """Figures as lines of JSON and, if it is installed, for TensorBoard."""

    def __init__(self, folder: Path, tensorboard: bool) -> None:
        self._path = folder / LOG
        self._writer: Any = _writer(folder / "tensorboard") if tensorboard else None

    def add(self, step: int, figures: dict[str, float]) -> None:
        """Note figures of a step."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **figures}) + "\n")
        if self._writer is not None:
            for name, value in figures.items():
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _writer(folder: Path) -> Any:
    """A TensorBoard writer; None, with a remark, if no package for it is installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        try:
            from tensorboardX import SummaryWriter
        except ImportError:
            print(f"no TensorBoard: install tensorboardX for it; figures go to {LOG}")
            return None
    return SummaryWriter(str(folder))
