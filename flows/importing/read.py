"""A model file, with its external data, as one ONNX model in memory."""

import os
from pathlib import Path

from google.protobuf.message import DecodeError
from onnx import ModelProto

from flows.errors import FlowError
from flows.files import READER
from flows.importing.external import embed
from flows.importing.limits import MAX_BYTES

EXPECTED = "a QONNX model (.onnx)"


def read_model(path: Path) -> ModelProto:
    """The model of a file. Raises FlowError naming the file where it cannot be read as one.

    External data is taken from files in the model's own folder alone.
    """
    if not os.path.exists(path):
        raise FlowError(f"{path}: no such file; expected {EXPECTED}")
    data = READER.data(path, f"expected {EXPECTED}", MAX_BYTES)
    try:
        model = ModelProto.FromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise FlowError(f"{path}: not an ONNX model, or a truncated one ({error})") from error
    if not model.graph.node:
        raise FlowError(f"{path}: not an ONNX model, or an empty one")
    embed(model, path, MAX_BYTES - len(data))
    return model
