"""The device that a command computes on."""

import torch

from model.errors import ModelError


def choose(name: str | None) -> torch.device:
    """The device of that name; without one a GPU if there is one, else the CPU."""
    if not name:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise ModelError(f"unknown device {name!r}; expected cpu, cuda or cuda:<number>")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ModelError(f"no device {name!r} here; expected cpu, or a GPU that there is")
    return device
