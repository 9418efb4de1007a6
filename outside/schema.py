"""Plain values checked against a described schema (pydantic, strict types)."""

import dataclasses
import json
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from outside.documents import Malformed, shown
from outside.nearest import meant

T = TypeVar("T")

_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


class Document(BaseModel):
    """A table whose keys are all known. A field's description ends the message about its value.

    ``expected``, where a schema has it, stands instead of all that could be said of its parts.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class OpenDocument(BaseModel):
    """A table of which some keys are read; others are passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


@cache
def _adapter(schema: Hashable) -> TypeAdapter[Any]:
    kind: Any = schema
    return TypeAdapter(kind)


def fit(data: Any, schema: type[T], text: str | None = None) -> T:
    """Data (plain values; text: its JSON, if it is at hand) as schema: a Document, dataclass, type.

    Types are strict: no number is made of a text. Malformed names the key, its value and what was
    expected.
    """
    try:
        text = json.dumps(data) if text is None else text
        found: T = _adapter(cast(Hashable, schema)).validate_json(text, strict=True)
    except ValidationError as error:
        raise Malformed(_said(error, schema)) from error
    except (TypeError, ValueError) as error:  # dates and sets of YAML, keys that are no text
        raise Malformed(f"a value that is no text, number, list or table ({error})") from error
    return found


def _said(error: ValidationError, schema: Any) -> str:
    """The first fault, in our words; of all, a key that nobody knows comes first."""
    faults = error.errors(include_url=False)
    fault = next((one for one in faults if one["type"] in _UNKNOWN), faults[0])
    known = _keys(schema)
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"key {place} is missing"
    if fault["type"] in _UNKNOWN:
        key = str(fault["loc"][-1])
        hint = meant(key, known) or f"; known: {', '.join(known)}"
        return f"unknown key {key[:60]}{hint}"
    expected = _description(schema, fault["loc"]) or _plain(fault["msg"])
    if whole := getattr(schema, "expected", ""):
        return f"expected {whole}"
    if not place:
        return f"expected {expected}"
    return f"{place} = {shown(fault['input'])}; expected {expected}"


def _plain(message: str) -> str:
    return message.removeprefix("Input should be ").removeprefix("Value error, ")


def _keys(schema: Any) -> list[str]:
    if dataclasses.is_dataclass(schema):
        return [field.name for field in dataclasses.fields(schema)]
    return list(getattr(schema, "model_fields", {}))


def _description(schema: Any, place: tuple[int | str, ...]) -> str:
    """The schema's words on the field at place (on itself without one); "" if it has none."""
    if not place:
        marks = list(get_args(schema))
    elif not isinstance(schema, type):
        return ""
    else:
        hint = get_type_hints(schema, include_extras=True).get(str(place[0]))
        marks = [mark for kind in (hint, *get_args(hint)) for mark in get_args(kind)]
        marks.append(getattr(schema, "model_fields", {}).get(place[0]))
    said = (mark.description for mark in marks if isinstance(mark, FieldInfo))
    return next((text for text in said if text), "")
