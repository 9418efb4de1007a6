"""Beats as integers and as bytes: lane 0 in the least significant bits, beats padded to bytes."""

from typing import Any

import numpy as np

from hw.errors import HardwareError

IntArray = np.ndarray[Any, np.dtype[np.int64]]
ByteArray = np.ndarray[Any, np.dtype[np.uint8]]

#: Bits handled at once, which bounds the memory that unpacked bits take.
_CHUNK_BITS = 1 << 24


def value_range(bits: int, signed: bool) -> tuple[int, int]:
    """Return the least and the greatest integer of a lane."""
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def _check_bits(bits: int, signed: bool) -> None:
    if not 1 <= bits <= 63 + signed:
        raise HardwareError(f"a lane of {bits} bits cannot be held in 64-bit integers")


def pack(values: IntArray, bits: int, signed: bool) -> ByteArray:
    """(beats, lanes) integers -> (beats, bytes). Raises HardwareError if a value does not fit."""
    _check_bits(bits, signed)
    low, high = value_range(bits, signed)
    if values.size and (values.min() < low or values.max() > high):
        raise HardwareError(
            f"values {values.min()} to {values.max()} do not fit a lane of {low} to {high}"
        )
    beats, lanes = values.shape
    if bits in (8, 16, 32, 64):
        whole = np.ascontiguousarray(values).astype(f"<u{bits // 8}")
        return whole.view(np.uint8).reshape(beats, lanes * bits // 8)
    result = np.empty((beats, (lanes * bits + 7) // 8), np.uint8)
    step = max(1, _CHUNK_BITS // (lanes * bits))
    for start in range(0, beats, step):
        chunk = values[start : start + step]
        unit = "<u1" if bits < 8 else "<u8"
        raw = np.ascontiguousarray(chunk).astype(unit).view(np.uint8)
        unpacked = np.unpackbits(
            raw.reshape(len(chunk), lanes, -1), axis=2, count=bits, bitorder="little"
        )
        result[start : start + step] = np.packbits(
            unpacked.reshape(len(chunk), lanes * bits), axis=1, bitorder="little"
        )
    return result


def unpack(raw: ByteArray, lanes: int, bits: int, signed: bool) -> IntArray:
    """(beats, bytes) -> (beats, lanes) integers; the inverse of ``pack``."""
    _check_bits(bits, signed)
    beats = len(raw)
    if bits in (8, 16, 32, 64):
        whole = np.ascontiguousarray(raw).view(f"<{'i' if signed else 'u'}{bits // 8}")
        return whole.reshape(beats, lanes).astype(np.int64)
    result = np.empty((beats, lanes), np.int64)
    unit_bits = 8 if bits < 8 else 64
    step = max(1, _CHUNK_BITS // (lanes * unit_bits))
    for start in range(0, beats, step):
        chunk = raw[start : start + step]
        unpacked = np.unpackbits(chunk, axis=1, count=lanes * bits, bitorder="little")
        padded = np.zeros((len(chunk), lanes, unit_bits), np.uint8)
        padded[:, :, :bits] = unpacked.reshape(len(chunk), lanes, bits)
        units = np.packbits(padded, axis=2, bitorder="little")
        result[start : start + step] = units.view("<u1" if unit_bits == 8 else "<u8").reshape(
            len(chunk), lanes
        )
    if signed:
        sign = 1 << (bits - 1)
        result = (result ^ sign) - sign
    return result
