"""NumPy's .npy and .npz, of numbers alone: what a header claims is held to the file's size."""

import io
import math
import tokenize
import zipfile
import zlib
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from outside.documents import Malformed

#: Kinds of numbers that are read: booleans, integers, real numbers.
KINDS = "biuf"
MAX_ENTRIES = 4096
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
#: Bytes of a header, as NumPy limits it, and what stands in front of it.
_MAX_HEADER = 10_000 + 16
#: What a header or an archive of other hands makes NumPy, ast and zipfile raise.
_FAULTS = (
    *(ValueError, EOFError, OSError, SyntaxError, TypeError, KeyError, OverflowError),
    *(RecursionError, MemoryError, NotImplementedError, RuntimeError),
    *(tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)


def _read(file: IO[bytes], size: int) -> NDArray[Any]:
    """The array of a stream that holds size bytes."""
    start = io.BytesIO(file.read(min(size, _MAX_HEADER)))
    if start.getvalue().startswith(b"PK"):
        raise Malformed("an archive; expected one array")
    version = np.lib.format.read_magic(start)
    if version not in _HEADERS:
        raise Malformed(f"format {version[0]}.{version[1]} of .npy")
    shape, fortran, dtype = _HEADERS[version](start)
    if dtype.hasobject or dtype.kind not in KINDS:
        raise Malformed(f"holds {dtype}; expected numbers")
    if any(side < 0 for side in shape):
        raise Malformed(f"claims the shape {shape}")
    claimed, held = math.prod(shape) * dtype.itemsize, size - start.tell()
    if claimed != held:
        raise Malformed(f"claims {claimed:,} bytes of numbers and holds {held:,}")
    content = bytearray(start.read())
    content += file.read()
    array = np.frombuffer(content, dtype)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


def read_npy(file: IO[bytes], size: int) -> NDArray[Any]:
    """The array of an open .npy file of size bytes; Malformed says why there is none."""
    try:
        return _read(file, size)
    except Malformed:
        raise
    except _FAULTS as error:
        raise Malformed(" ".join(str(error).split())[:200] or type(error).__name__) from error


def read_npz(content: bytes, limit: int) -> dict[str, NDArray[Any]]:
    """The arrays of a .npz file by name, limit bytes in all at most; Malformed says why not."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise Malformed(f"holds {len(entries):,} entries; at most {MAX_ENTRIES:,} are read")
            if sum(entry.file_size for entry in entries) > limit:
                raise Malformed(f"holds more than {limit:,} bytes")
            arrays = {}
            for entry in entries:
                with archive.open(entry) as file:
                    array = _read(file, entry.file_size)
                name = entry.filename.removesuffix(".npy")
                if name in arrays:
                    raise Malformed(f"holds {name!r} twice")
                arrays[name] = array
            return arrays
    except Malformed:
        raise
    except _FAULTS as error:
        raise Malformed(" ".join(str(error).split())[:200] or type(error).__name__) from error
