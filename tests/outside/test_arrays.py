""".npy and .npz of other hands: headers are not believed."""

import io
import struct
import time
import zipfile

import numpy as np
import pytest

from outside.arrays import read_npy, read_npz
from outside.documents import Malformed


def read(content):
    return read_npy(io.BytesIO(content), len(content))


def npy(header, data=b"", version=(1, 0)):
    """A file with this text for a header."""
    text = header.encode()
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def saved(array, **options):
    content = io.BytesIO()
    np.save(content, array, **options)
    return content.getvalue()


@pytest.mark.parametrize(
    "array",
    [np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.zeros((0, 3), np.int64), np.float32(3),
     np.asfortranarray(np.arange(12, dtype=np.int32).reshape(3, 4)), np.arange(3, dtype=">i2"),
     np.array([True, False])],
)  # fmt: skip
def test_numbers_are_read(array):
    found = read(saved(array))
    assert found.dtype == np.asarray(array).dtype
    assert np.array_equal(found, array)
    assert found.flags.writeable


HEADER = "{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy(HEADER.format("<f8", "(1099511627776,)")), "claims 8,796,093,022,208 bytes"),
        (npy(HEADER.format("|u1", "(2, 2)"), b"123"), "claims 4 bytes of numbers and holds 3"),
        (npy(HEADER.format("|u1", "(2, 2)"), b"12345"), "claims 4 bytes of numbers and holds 5"),
        (npy(HEADER.format("|u1", "(-1, -4)"), b"1234"), "claims the shape"),
        (npy(HEADER.format("|u1", "(2.0,)"), b"12"), "shape is not valid"),
        (npy(HEADER.format("|O", "(1,)"), b"12345678"), "holds object; expected numbers"),
        (npy(HEADER.format("<U0", "(9999999999,)")), "expected numbers"),
        (npy(HEADER.format("|V0", "(9999999999,)")), "expected numbers"),
        (npy("(" * 9000), "."),
        (npy("-" * 9000 + "1"), "."),
        (npy("{'descr': 1}"), "."),
        (npy("[" * 9000, version=(2, 0)), "."),
        (npy("x" * 5_000_000, version=(2, 0)), "."),
        (npy(HEADER.format("|u1", "(1,)"), b"1", (3, 0)), "."),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "."),
        (b"", "."),
        (b"PK\x03\x04", "an archive; expected one array"),
        (saved(np.array([{}], dtype=object), allow_pickle=True), "expected numbers"),
        (saved(np.array([("a", 1)], dtype=[("x", "U1"), ("y", "i4")])), "expected numbers"),
    ],
)  # fmt: skip
def test_others_are_refused_at_once(content, message):
    began = time.monotonic()
    with pytest.raises(Malformed, match=message):
        read(content)
    assert time.monotonic() - began < 5


def archive(entries, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as made:
        for name, data in entries:
            made.writestr(name, data)
    return content.getvalue()


def test_an_archive_is_read():
    arrays = {"a": np.arange(5), "b": np.zeros((2, 0), np.float32)}
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    found = read_npz(content.getvalue(), 10**6)
    assert found.keys() == arrays.keys()
    assert all(np.array_equal(found[name], arrays[name]) for name in arrays)


def test_an_archive_that_unpacks_to_much_more():
    bomb = archive([("a.npy", saved(np.zeros(10**8, np.uint8)))])
    assert len(bomb) < 10**6
    with pytest.raises(Malformed, match="holds more than 1,000,000 bytes"):
        read_npz(bomb, 10**6)


def test_an_archive_that_lies_about_its_size():
    data = saved(np.zeros(10**6, np.uint8))
    content = archive([("a.npy", data)]).replace(
        struct.pack("<I", len(data)), struct.pack("<I", 200)
    )
    with pytest.raises(Malformed, match="Bad CRC-32"):
        read_npz(content, 10**6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a zip file"),
        (archive([("a.npy", b"x")] * 2), "."),
        (archive([(f"{i}.npy", b"") for i in range(5000)]), "holds 5,000 entries"),
        (archive([("a.npy", saved(np.zeros(9)))])[:-30], "."),
    ],
)
def test_an_archive_that_is_none(content, message):
    with pytest.raises(Malformed, match=message):
        read_npz(content, 10**6)


def test_an_entry_that_stands_twice():
    entry = ("a.npy", saved(np.zeros(9)))
    with pytest.raises(Malformed, match="holds 'a' twice"):
        read_npz(archive([entry, entry]), 10**6)
