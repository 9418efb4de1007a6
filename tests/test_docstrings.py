"""Docstrings name their subject: none begins with "What", which leaves it open until its end."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("camera_path", "model", "hw", "flows", "dupnet", "outside", "tests")
KINDS = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def begun_with_what(text):
    """Lines of the definitions in a source whose docstring begins so."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, KINDS) and (ast.get_docstring(node) or "").startswith("What "):
            yield getattr(node, "lineno", 1)


def test_docstrings_name_their_subject():
    found = {
        str(path.relative_to(ROOT)): [*begun_with_what(path.read_text(encoding="utf-8"))]
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_such_a_docstring_is_found():
    assert [*begun_with_what('"""What a module holds."""\ndef f():\n    """What f does."""')] == [
        1,
        2,
    ]
