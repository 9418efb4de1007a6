"""Models that the host side of the driver runs: onnxruntime, its errors in the driver's words."""

from __future__ import annotations

from typing import Any

from .errors import AcceleratorError
from .files import read_bytes

#: Larger files are refused before they are read.
MAX_BYTES = 1 << 30


def open_session(path: str, missing: str) -> Any:
    """onnxruntime's session of a model on the processor.

    missing: what is said where onnxruntime is not installed. Raises AcceleratorError for a file
    that is not there or cannot be executed, too.
    """
    content = read_bytes(path, "expected what `make driver` writes beside the driver", MAX_BYTES)
    try:
        import onnxruntime
    except ImportError:
        raise AcceleratorError(missing) from None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own types, below Exception alone
        raise AcceleratorError(f"{path}: cannot be executed ({one_line(error)})") from None


def one_line(error: Exception) -> str:
    """An error's text on one line, of 300 characters at most."""
    return " ".join(str(error).split())[:300]
