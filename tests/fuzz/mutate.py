"""Mutations of files: of their bytes, of documents' values, of ONNX messages' fields."""

import copy
import io
import json
import struct
from random import Random
from typing import Any

import numpy as np
import onnx
import yaml

#: Values that break readers.
NUMBERS = [0, -1, 1, 2, 3, 7, 2**31, -(2**31), 2**40, 2**62, -(2**63), 10**18]
REALS = [0.0, -1.0, 1e-320, 1e308, float("inf"), float("-inf"), float("nan"), 2.0**-149]
TEXTS = [
    "",
    "x",
    "../../x",
    "/etc/passwd",
    "a\nb",
    "<script>",
    "$(id)",
    "`id`",
    '"',
    "é",
    "x" * 300,
]
VALUES: list[Any] = [*NUMBERS, *REALS, *TEXTS, None, True, False, [], {}, [[]], {"": ""}, [1] * 99]
RAW = [
    *(b"[" * 5000, b"{" * 5000, b"9" * 5000, b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"NaN"),
    *(b"1e999", b"-Infinity", b"&a [*a, *a]", b"!!python/name:os.system", b"%YAML 9.9\n", b"---\n"),
    *(b'"\\ud800"', b"\x7fELF", b"PK\x03\x04", b"\r", b"\t", b": ", b"\n- ", b"? "),
]


def raw(content: bytes, random: Random) -> bytes:
    """Bytes changed, cut, doubled or put in."""
    data = bytearray(content)
    for _ in range(random.choice([1, 1, 2, 8, 64])):
        place = random.randrange(len(data) + 1)
        match random.randrange(6):
            case 0 if data:
                data[min(place, len(data) - 1)] = random.randrange(256)
            case 1:
                del data[place:]
            case 2:
                del data[place : place + random.choice([1, 4, 100])]
            case 3:
                data[place:place] = random.choice(RAW)
            case 4:
                data[place:place] = data[place : place + random.choice([1, 8, 1000])]
            case _:
                data[place : place + 8] = struct.pack("<q", random.choice(NUMBERS[:-1]))
    return bytes(data)


def value(data: Any, random: Random) -> Any:
    """A document with one of its values, or keys, another one."""
    if isinstance(data, (dict, list)) and data and random.random() < 0.85:
        changed = copy.copy(data)
        if isinstance(changed, list):
            place = random.randrange(len(changed))
            changed[place] = value(changed[place], random)
            return changed
        key = random.choice(list(changed))
        match random.randrange(8):
            case 0:
                del changed[key]
            case 1:
                changed[random.choice(TEXTS)] = changed.pop(key)
            case _:
                changed[key] = value(changed[key], random)
        return changed
    return random.choice(VALUES)


def json_text(content: bytes, random: Random) -> bytes:
    """JSON with another value, or with other bytes."""
    if random.random() < 0.3:
        return raw(content, random)
    return json.dumps(value(json.loads(content), random)).encode("utf-8", "surrogatepass")


def yaml_text(content: bytes, random: Random) -> bytes:
    """YAML with another value, or with other bytes."""
    if random.random() < 0.4:
        return raw(content, random)
    return yaml.safe_dump(value(yaml.safe_load(content), random)).encode()


def npy(content: bytes, random: Random) -> bytes:
    """An array with another header, of another form, or with other bytes."""
    if random.random() < 0.4:
        return raw(content, random)
    shapes = ["(1099511627776,)", "(-1, 6, 6, 2)", "()", "(0,)", "(1, 6, 6, 2", "(1, 6, 6, 2)"]
    kinds = ["|u1", "<f8", "|O", "<U1", "|V0", ">i2", "<c16", "[('a', '<i4')]", "<M8[s]"]
    order = random.choice(["False", "True", "None"])
    header = (
        f"{{'descr': '{random.choice(kinds)}', 'fortran_order': {order}, "
        f"'shape': {random.choice(shapes)}, }}"
    )
    text = random.choice([header, header, header * 200, "(" * 9000]).encode()
    version = random.choice([1, 1, 2, 3, 9])
    size = struct.pack("<H" if version == 1 else "<I", len(text) % 65536)
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + bytes(random.choice([0, 72, 144]))


def npz(content: bytes, random: Random) -> bytes:
    """An archive with an array another one, left out or put in, or with other bytes."""
    if random.random() < 0.4:
        return raw(content, random)
    with np.load(io.BytesIO(content)) as archive:
        arrays: dict[str, Any] = {name: archive[name] for name in archive.files}
    name = random.choice(list(arrays))
    match random.randrange(6):
        case 0:
            del arrays[name]
        case 1:
            arrays["x" * random.choice([1, 300])] = arrays[name]
        case 2:
            arrays[name] = arrays[name].astype(random.choice(["f8", "i1", "?", "U5"]))
        case 3:
            arrays[name] = np.full(arrays[name].shape, random.choice(REALS))
        case 4:
            arrays[name] = arrays[name].reshape(-1)[: random.choice([0, 1, 5])]
        case _:
            text = json.loads(arrays["metadata"].tobytes())
            changed = json.dumps(value(text, random)).encode()
            arrays["metadata"] = np.frombuffer(changed, np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def model(content: bytes, random: Random) -> bytes:
    """An ONNX model with fields of its messages changed, or with other bytes."""
    if random.random() < 0.15:
        return raw(content, random)
    proto = onnx.ModelProto.FromString(content)
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        _change(random.choice(_messages(proto.graph, random)), random)
    return bytes(proto.SerializeToString())


def _messages(message: Any, random: Random) -> list[Any]:
    """Messages within a message, itself among them; of nodes and tensors all, of the rest a few."""
    found = [message]
    for field, held in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for part in held if field.label == field.LABEL_REPEATED else [held]:
                found += _messages(part, random)
    return found


def _change(message: Any, random: Random) -> None:
    """One field of a message: another value, absent, doubled, emptied, in another order."""
    fields = message.ListFields()
    if not fields:
        return
    field, held = random.choice(fields)
    name = field.name
    if field.label == field.LABEL_REPEATED:
        items = list(held)
        match random.randrange(5):
            case 0:
                del held[random.randrange(len(items))]
            case 1:
                held.extend([random.choice(items)])
            case 2:
                random.shuffle(items)
                del held[:]
                held.extend(items)
            case 3:
                del held[:]
            case _ if field.type != field.TYPE_MESSAGE:
                held[random.randrange(len(items))] = _other(field, random)
        return
    if random.random() < 0.2 or field.type == field.TYPE_MESSAGE:
        message.ClearField(name)
        return
    try:
        setattr(message, name, _other(field, random))
    except (ValueError, TypeError):
        message.ClearField(name)


def _other(field: Any, random: Random) -> Any:
    match field.cpp_type:
        case field.CPPTYPE_STRING:
            text = random.choice(TEXTS)
            return text.encode() if field.type == field.TYPE_BYTES else text
        case field.CPPTYPE_FLOAT | field.CPPTYPE_DOUBLE:
            return random.choice(REALS)
        case field.CPPTYPE_INT64 | field.CPPTYPE_UINT64:
            return (
                abs(number)
                if (number := random.choice(NUMBERS)) < 0 and field.cpp_type == field.CPPTYPE_UINT64
                else number
            )
        case _:
            return random.choice([0, 1, 2, 3, 7, 100, 2**31 - 1])
