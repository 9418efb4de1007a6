"""Every refusal that stands in the code of the importer and the graph has a remedy, with a section.

The messages are read from the code: the texts of all errors and obstacles, values in them replaced
by a number. A new refusal without a remedy fails this test.
"""

import ast
import re
from pathlib import Path

import pytest

from flows.remedies import remedy

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = {
    line[3:].lower()
    for line in (ROOT / "docs" / "why-refused.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("## ")
}
#: Messages that are no refusal of a file: of frames that are run, and of the folding's target.
OTHERS = {
    "flows/graph/input_type.py": "frames that an executor is given",
    "flows/graph/pack_pixels.py": "a target that the folding cannot meet; the text names the key",
    "flows/graph/integer_graph.py": "the integer graph's own limits; the text says what to do",
    "flows/graph/layout.py": "layouts that our own code makes",
}


def text_of(node: ast.expr) -> str:
    """The text that an expression makes, with 3 for each value in it."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            text_of(part) if isinstance(part, ast.Constant) else "3" for part in node.values
        )
    if isinstance(node, ast.BinOp):
        return text_of(node.left) + text_of(node.right)
    return ""


def refusals() -> list[tuple[str, int, str]]:
    """(file, line, text) of every error and obstacle."""
    found = []
    for folder in ("importing", "graph"):
        for path in sorted((ROOT / "flows" / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name in OTHERS:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                called = ast.unparse(node.func)
                if called.endswith(("FlowError", "obstacles.add")) and text_of(node.args[0]):
                    found.append((name, node.lineno, text_of(node.args[0])))
    return found


def test_a_refusal_of_another_kind_has_none() -> None:
    """No remedy fits just anything."""
    for text in ("node a (Foo): turns pixels round", "node b: weighs 3 kg; expected less", "3"):
        assert not remedy(text)


def test_there_are_refusals() -> None:
    assert len(refusals()) > 150
    assert all((ROOT / name).is_file() for name in OTHERS)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in refusals()}))
def test_each_has_a_remedy(name: str) -> None:
    for file, line, text in refusals():
        if file != name or not re.search("[a-z]", text):  # a text made elsewhere, passed on
            continue
        said = remedy(text)
        assert said, f"{file}:{line}: {text!r} has no remedy in flows/remedies.py"
        section = said.rpartition("#")[2].rstrip(")")
        assert section in SECTIONS
