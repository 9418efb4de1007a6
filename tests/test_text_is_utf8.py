"""Text is UTF-8 wherever it is read or written, whatever the locale: each open says so."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("camera_path", "dupnet", "model", "hw", "flows", "outside")
    for path in (ROOT / folder).rglob("*.py")
)
#: Methods called open that are no files of text.
OTHER_OPENS = ("Image", "pillow", "tarfile", "os", "archive", "serial")
#: Readers of our own, which say it themselves.
OTHER_READERS = ("files",)


def _mode(call: ast.Call) -> str:
    """The mode that a call of open is given."""
    given = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    texts = [one.value for one in ast.walk(ast.List(given)) if isinstance(one, ast.Constant)]
    modes = [one for one in texts if isinstance(one, str) and set(one) <= set("rwaxbt+")]
    return "".join(modes)


def unsaid(source: str) -> list[int]:
    """Lines of calls that take the locale's encoding."""
    lines = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        keys = {word.arg for word in call.keywords}
        name, owner = ast.unparse(call.func), ""
        if isinstance(call.func, ast.Attribute):
            name, owner = call.func.attr, ast.unparse(call.func.value)
        method = bool(owner)
        text = (name == "read_text" and owner not in OTHER_READERS) or (
            name == "write_text" and method
        )
        opened = name in ("open", "fdopen") and owner.split(".")[-1] not in OTHER_OPENS
        opened = (opened or ast.unparse(call.func) == "os.fdopen") and "b" not in _mode(call)
        child = bool(keys & {"text", "universal_newlines"}) and owner == "subprocess"
        if (text or opened or child) and "encoding" not in keys:
            lines.append(call.lineno)
    return lines


@pytest.mark.parametrize(
    "source",
    ["p.read_text()", "p.write_text(t)", "open(p)", "p.open('w')", "os.fdopen(n, 'w')",
     "subprocess.run(c, text=True)"],
)  # fmt: skip
def test_a_call_without_an_encoding_is_found(source):
    assert unsaid(source) == [1]


@pytest.mark.parametrize(
    "source",
    ["p.read_text(encoding='utf-8')", "p.open('rb')", "open(p, 'wb')", "Image.open(p)",
     "write_text(p, t)", "subprocess.run(c, encoding='utf-8')"],
)  # fmt: skip
def test_others_are_not(source):
    assert unsaid(source) == []


def test_no_file_leaves_the_encoding_to_the_locale():
    assert len(FILES) > 250
    found = {
        str(path): lines
        for path in FILES
        if (lines := unsaid((ROOT / path).read_text(encoding="utf-8")))
    }
    assert found == {}
