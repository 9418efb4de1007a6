"""QONNX files of the gallery's networks, by Brevitas' own export."""

import logging
import warnings
from pathlib import Path
from typing import Any

import torch

from flows.files import write_file
from model.gallery.entry import Entry

OPSET = 18


def export(entry: Entry, module: Any, path: Path) -> None:
    """Write the module's QONNX file, whole or not at all."""
    from brevitas.export import export_qonnx

    part = path.with_name(f".{path.name}")
    more = {} if entry.dynamo else {"dynamo": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            export_qonnx(
                module,
                args=torch.zeros(*entry.shape),
                export_path=str(part),
                opset_version=OPSET,
                verbose=False,
                **more,
            )
            content = part.read_bytes()
        finally:
            logging.disable(logging.NOTSET)
            part.unlink(missing_ok=True)
    write_file(path, lambda file: file.write(content))
