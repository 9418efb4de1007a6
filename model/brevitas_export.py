"""Brevitas' own QONNX export of a module, without its remarks, whole or not at all."""

import contextlib
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model.files import write_atomic

OPSET = 18


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's remarks on parts of torch that are not installed are of no use here."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def export_module(
    module: nn.Module, shape: tuple[int, ...], path: Path, dynamo: bool = True
) -> None:
    """Write the QONNX file of a module in evaluation mode; it is left in the mode it was in.

    shape: of its input. dynamo: False takes torch's older exporter, for modules that look at
    Brevitas' QuantTensor in their forward.
    """
    with tempfile.TemporaryDirectory() as folder, _quiet():
        from brevitas.export import export_qonnx

        raw = Path(folder) / "raw.onnx"
        was_training = module.training
        more: dict[str, Any] = {} if dynamo else {"dynamo": False}
        try:
            export_qonnx(
                module.eval(),
                args=torch.zeros(*shape),
                export_path=str(raw),
                opset_version=OPSET,
                verbose=False,
                **more,
            )
        finally:
            module.train(was_training)
        write_atomic(path, raw.read_bytes())
