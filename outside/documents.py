"""JSON and YAML as plain values, with the ways out that both formats leave closed.

Refused: nesting too deep (in YAML deeper than MAX_DEPTH), integers of more than MAX_DIGITS digits,
a key given twice, halves of surrogate pairs, in JSON numbers that are not finite, in YAML aliases,
tags of objects and several documents.
"""

import json
import re
from collections.abc import Hashable
from typing import Any

import yaml

MAX_DEPTH = 40
MAX_DIGITS = 19
#: The longest text that is quoted in a message.
MAX_SHOWN = 60

_SURROGATE = re.compile("[\ud800-\udfff]")


class Malformed(ValueError):  # noqa: N818 (says what the text is)
    """Why a text is no such document, without its file's name."""


def shown(value: Any) -> str:
    """A value as Python writes it, cut where it is long; never costly."""
    if isinstance(value, str) and len(value) > MAX_SHOWN:
        return repr(value[:MAX_SHOWN]) + "..."
    if isinstance(value, (list, dict)) and len(value) > 8:
        return f"a {'list' if isinstance(value, list) else 'table'} of {len(value)}"
    text = repr(value)
    return text if len(text) <= 4 * MAX_SHOWN else text[:MAX_SHOWN] + "..."


def _integer(text: str) -> int:
    digits = len(text.lstrip("+-"))
    if digits > MAX_DIGITS:
        raise Malformed(f"a number of {digits} digits; at most {MAX_DIGITS} are read")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Malformed(f"a number beyond all bounds, {text[:MAX_SHOWN]}")
    return value


def _no_constant(text: str) -> float:
    raise Malformed(f"{text}, which JSON does not have")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Malformed(f"key {shown(twice)} is given twice")
    return found


def _check_texts(value: Any) -> None:
    """Refuse halves of surrogate pairs: nothing can print or write them."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise Malformed(f"half a surrogate pair in {value[:MAX_SHOWN]!a}")
    elif isinstance(value, dict):
        for key, entry in value.items():
            _check_texts(key)
            _check_texts(entry)
    elif isinstance(value, list):
        for entry in value:
            _check_texts(entry)


def parse_json(text: str, finite: bool = True) -> Any:
    """Plain values of a JSON text; Malformed says what is wrong with it.

    finite: refuse NaN and Infinity, which Python writes of figures that are not defined.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_no_constant if finite else float,
        )
    except json.JSONDecodeError as error:
        raise Malformed(str(error)) from error
    except RecursionError as error:
        raise Malformed("nested too deeply") from error
    if "\\ud" in text.lower():
        _check_texts(value)
    return value


class _Loader(yaml.SafeLoader):
    """SafeLoader with the limits of this module."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise Malformed(f"an alias, {_line(self.peek_event())}; write the value out")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Malformed(f"nested deeper than {MAX_DEPTH}, {_line(self.peek_event())}")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for number, (key, (where, _)) in enumerate(zip(keys, node.value, strict=True)):
            if isinstance(key, Hashable) and key in keys[:number]:
                raise Malformed(f"key {shown(key)} is given twice, {_line(where)}")
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found

    def construct_yaml_int(self, node: Any) -> int:
        if len(node.value) > MAX_DIGITS + 1:
            count = len(node.value)
            raise Malformed(f"a number of {count} digits, {_line(node)}; at most {MAX_DIGITS}")
        return int(super().construct_yaml_int(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


def _line(where: Any) -> str:
    return f"line {where.start_mark.line + 1}"


def parse_yaml(text: str) -> Any:
    """Plain values of a YAML text; Malformed says what is wrong with it."""
    try:
        loader = _Loader(text)
        try:
            value = loader.get_single_data()
        finally:
            loader.dispose()
    except Malformed:
        raise
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise Malformed(" ".join(str(error).split())) from error
    except (TypeError, AttributeError, KeyError, IndexError) as error:  # tags on foreign nodes
        raise Malformed(f"a value that is not of its tag ({error})") from error
    _check_texts(value)
    return value
