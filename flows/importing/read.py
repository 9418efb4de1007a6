"""A model file, with its external data, as one ONNX model in memory."""

import os
import stat
from pathlib import Path

from google.protobuf.message import DecodeError
from onnx import ModelProto

from flows.errors import FlowError
from flows.importing.external import embed
from flows.importing.limits import MAX_BYTES

EXPECTED = "a QONNX model (.onnx)"


def read_model(path: Path) -> ModelProto:
    """The model of a file. Raises FlowError naming the file where it cannot be read as one.

    External data is taken from files in the model's own folder alone.
    """
    data = read_bytes(path)
    try:
        model = ModelProto.FromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise FlowError(f"{path}: not an ONNX model, or a truncated one ({error})") from error
    if not model.graph.node:
        raise FlowError(f"{path}: not an ONNX model, or an empty one")
    embed(model, path, MAX_BYTES - len(data))
    return model


def read_bytes(path: Path, expected: str = EXPECTED, limit: int = MAX_BYTES) -> bytes:
    """Contents of a plain file of at most limit bytes; FlowError for anything else."""
    try:
        # a named pipe would wait for its writer
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise FlowError(f"{path}: no file; expected {expected}")
            if info.st_size > limit:
                raise FlowError(
                    f"{path}: has {info.st_size >> 20} MiB; {expected} may have at most "
                    f"{limit >> 20} MiB"
                )
            return file.read(limit + 1)
    except FileNotFoundError as error:
        raise FlowError(f"{path}: no such file; expected {expected}") from error
    except IsADirectoryError as error:
        raise FlowError(f"{path}: a folder; expected {expected}") from error
    except (OSError, ValueError) as error:
        if isinstance(error, FlowError):
            raise
        raise FlowError(
            f"{path}: {getattr(error, 'strerror', '') or error}; expected {expected}"
        ) from error
