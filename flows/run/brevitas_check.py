"""Boundaries of the Brevitas model that a QONNX file was exported from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from flows.graph.to_integers import metadata_of


def brevitas_boundaries(
    model: ModelWrapper, checkpoint: Path | None = None
) -> Callable[[Any], dict[str, Any]]:
    """Function from a frame (H, W, C) uint8 to the model's integers by layer, (H', W', C') each.

    The network's name and seed are read from the QONNX file's metadata (``model.export`` puts
    them there); of a trained network, checkpoint is the file of its weights. The model is evaluated
    in float64, which leaves no doubt about its integers.
    """
    import torch

    from model.build import build
    from model.checkpoint import load_checkpoint

    props = metadata_of(model)
    if "network" not in props or "seed" not in props:
        raise FlowError(
            "the QONNX file does not say which Brevitas network and seed it is of; export it with "
            "`python -m model.export`"
        )
    digest = props.get("checkpoint", "")
    if digest and (checkpoint is None or load_checkpoint(checkpoint).digest != digest):
        raise FlowError(
            "the QONNX file is of a trained checkpoint: give that very file as --checkpoint "
            f"(SHA-256 {digest[:16]}...)"
        )
    network = build(props["network"], int(props["seed"] or 0), checkpoint if digest else None)
    network = network.double().eval()

    def boundaries(frame: Any) -> dict[str, Any]:
        pixels = torch.from_numpy(frame.transpose(2, 0, 1)[None].astype(np.float64) / 256.0)
        with torch.no_grad():
            tensors = network.boundaries(pixels)
        return {
            name: tensor[0].permute(1, 2, 0).numpy().round().astype(np.int64)
            for name, tensor in tensors.items()
        }

    return boundaries
