"""External data: constants that a model keeps in other files, of its own folder alone."""

import hashlib
import os
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto

from flows.errors import FlowError
from flows.importing.limits import MAX_BYTES
from flows.importing.tensors import all_tensors, tensor_bytes


def embed(model: ModelProto, path: Path, limit: int) -> None:
    """Put external data into the model itself, at most limit bytes.

    path: file of the model. Raises FlowError, naming the constant, for a file that is missing,
    outside of the model's folder, or that does not hold what the constant's shape asks for.
    """
    for place, tensor in all_tensors(model):
        if tensor.data_location != TensorProto.EXTERNAL:
            continue
        size = tensor_bytes(f"{path}: {place}", tensor)
        limit -= size
        if limit < 0:
            raise FlowError(f"{path}: {place}: more external data than a model may have")
        tensor.raw_data = _read(f"{path}: {place}", tensor, path, size)
        tensor.ClearField("data_location")
        del tensor.external_data[:]


def digest(path: Path, data: bytes) -> str:
    """SHA-256 of a model file's contents and, where it has any, of its external data."""
    total = hashlib.sha256(data)
    if b"location" not in data:
        return total.hexdigest()
    try:
        model = ModelProto.FromString(data)
    except DecodeError:
        return total.hexdigest()  # the import says what is wrong with it
    names = {
        entry.value
        for _, tensor in all_tensors(model)
        for entry in tensor.external_data
        if tensor.data_location == TensorProto.EXTERNAL and entry.key == "location"
    }
    for name in sorted(names):
        total.update(f"\n{name}\n".encode())
        with _file(f"{path}: external data", name, path).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _file(place: str, location: str, path: Path) -> Path:
    """The file of that name in the model's folder; FlowError if it is elsewhere, or is none."""
    folder = os.path.realpath(path.parent)
    if not location or "\0" in location or os.path.isabs(location):
        raise FlowError(f"{place}: {location!r} is no file of the model's folder")
    found = os.path.realpath(os.path.join(folder, location))
    if os.path.commonpath([folder, found]) != folder:
        raise FlowError(f"{place}: {location!r} lies outside of the model's folder")
    if not os.path.isfile(found):
        raise FlowError(f"{place}: no file {location!r} in the model's folder")
    if os.path.getsize(found) > MAX_BYTES:
        raise FlowError(f"{place}: {location!r} has more than {MAX_BYTES >> 20} MiB")
    return Path(found)


def _number(place: str, entries: dict[str, str], key: str) -> int | None:
    text = entries.get(key)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise FlowError(f"{place}: external {key} = {text[:40]!r}; expected a number of bytes")
    return int(text)


def _read(place: str, tensor: Any, path: Path, size: int) -> bytes:
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    file = _file(place, location, path)
    offset = _number(place, entries, "offset") or 0
    length = _number(place, entries, "length")
    try:
        there = file.stat().st_size - offset
        length = there if length is None else length
        if length != size:
            raise FlowError(
                f"{place}: {max(length, 0)} bytes of external data in {location}; shape "
                f"{tuple(tensor.dims)} asks for {size}"
            )
        if there < size:
            raise FlowError(
                f"{place}: {location} ends before its data (it has {max(there, 0)} bytes from "
                f"{offset} on, {size} are asked for)"
            )
        with file.open("rb") as handle:
            handle.seek(offset)
            return handle.read(size)
    except OSError as error:
        raise FlowError(f"{place}: {location}: {error.strerror}") from error
