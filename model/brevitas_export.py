"""Brevitas' own QONNX export of a module, without its remarks, whole or not at all."""

import contextlib
import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model.files import write_atomic

OPSET = 18
#: Of an input, or of each of several.
Shapes = tuple[int, ...] | Sequence[tuple[int, ...]]


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


def export_module(module: nn.Module, shape: Shapes, path: Path, dynamo: bool = True) -> None:
    """Write the QONNX file of a module in evaluation mode; it is left in the mode it was in.

    shape: of its input; of a module of several inputs a shape of each. dynamo: False takes torch's
    older exporter, for modules that look at Brevitas' QuantTensor in their forward.
    """
    with tempfile.TemporaryDirectory() as folder, _quiet():
        from brevitas.export import export_qonnx

        raw = Path(folder) / "raw.onnx"
        was_training = module.training
        more: dict[str, Any] = {} if dynamo else {"dynamo": False}
        one = all(isinstance(size, int) for size in shape)
        shapes: Any = [shape] if one else shape
        args = tuple(torch.zeros(*each) for each in shapes)
        try:
            export_qonnx(
                module.eval(),
                args=args[0] if one else args,
                export_path=str(raw),
                opset_version=OPSET,
                verbose=False,
                **more,
            )
        finally:
            module.train(was_training)
        write_atomic(path, raw.read_bytes())
