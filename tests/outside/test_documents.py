"""JSON and YAML of other hands: what is refused, in words, at once."""

import json

import pytest

from outside.documents import MAX_DEPTH, Malformed, parse_json, parse_yaml, shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("9" * 5000, "a number of 5000 digits; at most 19"),
        ("-" + "9" * 20, "a number of 20 digits"),
        ("NaN", "NaN, which JSON does not have"),
        ("[-Infinity]", "-Infinity, which JSON does not have"),
        ("1e400", "a number beyond all bounds, 1e400"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "key 'c' is given twice"),
        ('{"a": "\\ud800"}', "half a surrogate pair"),
        ('{"\\uDFFF": 1}', "half a surrogate pair"),
        ("{", "Expecting property name"),
        ("", "Expecting value"),
        ("[1] [2]", "Extra data"),
    ],
)
def test_json_is_refused(text, message):
    with pytest.raises(Malformed, match=message):
        parse_json(text)


def test_json_is_read():
    value = {"a": [1, -2.5, None, True, "Größe \U0001f600"], "b": {"c": 10**18}}
    assert parse_json(json.dumps(value)) == value


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "an alias, line 2; write the value out"),
        ("a: &a [*a]", "an alias, line 1"),
        ("[" * 100_000, f"nested deeper than {MAX_DEPTH}, line 1"),
        ("{a: " * 5_000, f"nested deeper than {MAX_DEPTH}"),
        ("- " * 5_000 + "a", f"nested deeper than {MAX_DEPTH}"),
        ("a: " + "9" * 400, "a number of 400 digits, line 1"),
        ("a: 0x" + "f" * 400, "a number of 402 digits"),
        ("a: 1\nb: 2\na: 3", "key 'a' is given twice, line 3"),
        ("a: 1\n---\nb: 2", "expected a single document"),
        ("!!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("a: !!int x", "invalid literal"),
        ("a: !!timestamp x", "a value that is not of its tag"),
        ("a: 2001-99-99", "month must be in"),
        ("a: !!binary é", "failed to convert base64 data"),
        ("a: !!omap {a: 1}", "expected a sequence"),
        ("? [a]\n: 1", "unhashable key"),
        ("a: \x00", "special characters are not allowed"),
        ('a: "\\ud800"', "half a surrogate pair"),
        ("a: [", "while parsing"),
        ("%YAML 99999.1\n---\na: 1", "found incompatible YAML document"),
        ("a: !!bool maybe", "a value that is not of its tag"),
    ],
)
def test_yaml_is_refused(text, message):
    with pytest.raises(Malformed, match=message):
        parse_yaml(text)


def test_yaml_is_read():
    text = "a: 1\nb: [x, 2.5, .inf, true, null, 0x10]\nc: {d: Größe}\n"
    values = [*("x", 2.5), float("inf"), True, None, 16]
    assert parse_yaml(text) == {"a": 1, "b": values, "c": {"d": "Größe"}}


def test_a_value_is_shown_short():
    assert shown("a") == "'a'"
    assert len(shown("a" * 10**6)) < 100
    assert shown([0] * 10**6) == "a list of 1000000"
    assert len(shown(["a" * 10**6])) < 100
