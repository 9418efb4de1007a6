"""The tutorials, followed literally: their blocks run in order, in a folder of their own.

A block of Python, YAML or JSON begins with a comment that names its file and is written to it. A
block of sh is run, and must end with status 0. A block of text behind it is what was printed, line
by line; "..." stands for any text, alone in a line for any lines.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ("python", "yaml", "systemverilog", "cpp")


def pattern(expected: str) -> re.Pattern[str]:
    """A regular expression of what a block of text says."""
    lines = [
        r"(?:[^\n]*\n)*?" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + "\n"
        for line in expected.splitlines()
    ]
    return re.compile("".join(lines), re.M)


def follow(page: str, folder: Path, **variables: str) -> None:
    """Do what a page says, in a folder."""
    environment = (
        os.environ
        | variables
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    )
    printed = ""
    for token in MarkdownIt().parse(page):
        if token.type != "fence":
            continue
        if token.info in WRITTEN:
            name = re.match(r"(?:#|//) (\S+)\n", token.content)
            assert name, f"a block of {token.info} without its file's name: {token.content[:60]}"
            path = folder / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(token.content, encoding="utf-8")
        elif token.info == "sh":
            result = subprocess.run(
                ["sh", "-e", "-c", token.content],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=1200,
            )
            printed = result.stdout
            assert result.returncode == 0, f"{token.content}\n{printed[-3000:]}{result.stderr}"
        elif token.info == "text":
            assert pattern(token.content).search(printed), f"{token.content}\n is not in\n{printed}"
        else:
            raise AssertionError(f"a block of {token.info or 'no kind'}: nothing says what to do")


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_bring_your_own_network(tmp_path: Path) -> None:
    follow(page("bring-your-own-network"), tmp_path)


@pytest.mark.slow
def test_tour(tmp_path: Path) -> None:
    follow(page("tour"), tmp_path)


@pytest.mark.slow
def test_add_an_operator(tmp_path: Path) -> None:
    """In a copy of the repository, which comes before the installed package."""
    for name in ("hw", "outside", "tests"):
        unwanted = shutil.ignore_patterns("__pycache__", ".mypy_cache")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    follow(page("add-an-operator"), tmp_path, PYTHONPATH=str(tmp_path))


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("```sh\nfalse\n```", "false"),
        ("```sh\necho a\n```\n\n```text\nb\n```", "is not in"),
        ("```python\nx = 1\n```", "without its file's name"),
        ("```\nx\n```", "nothing says what to do"),
    ],
)
def test_a_page_that_is_wrong_fails(page: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=message):
        follow(page, tmp_path)


def test_files_are_written_and_output_is_compared(tmp_path: Path) -> None:
    page = """
```python
# a.py
print("one")
for number in range(3):
    print("line", number, "of 3")
```

```sh
python a.py
```

```text
one
...
line 2 of ...
```
"""
    follow(page, tmp_path)
