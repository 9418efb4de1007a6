"""A model file, with its external data, as one ONNX model in memory."""

import os
from pathlib import Path

from google.protobuf.message import DecodeError, Message
from onnx import ModelProto

from flows.errors import FlowError
from flows.files import READER
from flows.importing.external import embed
from flows.importing.limits import MAX_BYTES
from flows.importing.packed import widen
from flows.importing.qoperators import to_reals

EXPECTED = "a QONNX model (.onnx)"


def read_model(path: Path) -> ModelProto:
    """The model of a file, its operators on quantized integers as those on reals (``to_reals``).

    Raises FlowError, naming the node, for one of them that has no such form.
    """
    model = read_file(path)
    to_reals(model)
    return model


def read_file(path: Path) -> ModelProto:
    """The model of a file as it is, but for integers of less than 8 bits (``widen``).

    External data is taken from files in the model's own folder alone. Raises FlowError naming the
    file where it cannot be read as one.
    """
    if not os.path.exists(path):
        raise FlowError(f"{path}: no such file; expected {EXPECTED}")
    data = READER.data(path, f"expected {EXPECTED}", MAX_BYTES)
    try:
        model = ModelProto.FromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise FlowError(f"{path}: not an ONNX model, or a truncated one ({error})") from error
    if _has_bytes_for_text(model):
        raise FlowError(f"{path}: not an ONNX model, or a damaged one (a name is not UTF-8)")
    if not model.graph.node:
        raise FlowError(f"{path}: not an ONNX model, or an empty one")
    embed(model, path, MAX_BYTES - len(data))
    widen(model)
    return model


def _has_bytes_for_text(message: Message) -> bool:
    """Whether a string of a message, or of one within it, is not UTF-8 (protobuf gives bytes)."""
    for field, value in message.ListFields():
        values = [value] if isinstance(value, (str, bytes, Message)) else value
        if field.type == field.TYPE_STRING and not all(isinstance(text, str) for text in values):
            return True
        if field.type == field.TYPE_MESSAGE and any(map(_has_bytes_for_text, values)):
            return True
    return False
