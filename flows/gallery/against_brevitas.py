"""The network's integers against the outputs of the Brevitas module that it was exported from."""

from typing import Any

import numpy as np
import torch

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.graph.to_integers import metadata_of
from flows.run.frames import input_of
from model.gallery.entry import Entry


def integer_frames(build: Build, entry: Entry, number: int, seed: int) -> tuple[Any, Any]:
    """Inputs of an entry: real values as its module takes them, and as integers (N, H, W, C)."""
    (height, width, channels), kind = input_of(build)
    scale = float(metadata_of(build.model(StepName.STREAMLINE))["input_scale"])
    reals = entry.inputs(number, seed)
    steps = reals.numpy().astype(np.float64) / scale
    integers = np.round(steps).astype(np.int64)
    if np.abs(steps - integers).max() > 1e-3:
        raise FlowError(f"{entry.name}: its inputs are no multiples of the input's step {scale}")
    frames = integers.reshape(number, channels, height, width).transpose(0, 2, 3, 1)
    kind.check(frames, entry.name)
    return reals, np.ascontiguousarray(frames.astype(kind.dtype))


def module_outputs(module: Any, reals: Any) -> Any:
    """Real outputs (N, C, H, W) or (N, C) of a module, float64, one input at a time."""
    found = []
    with torch.no_grad():
        for one in reals.split(1):
            made = module(one)
            found.append(getattr(made, "value", made).double().numpy())
    return np.concatenate(found)


def as_integers(reals: Any, scale: Any, bias: Any, shape: tuple[int, ...]) -> tuple[Any, float]:
    """The integers (N, H, W, C) that decode to outputs, and how far from whole the worst was.

    scale, bias: by channel, of real = scale * integer + bias. shape: (N, H, W, C).
    """
    number, height, width, channels = shape
    nhwc = reals.reshape(number, channels, height, width).transpose(0, 2, 3, 1)
    steps = (nhwc - bias) / scale
    whole = np.round(steps)
    return whole.astype(np.int64), float(np.abs(steps - whole).max())
