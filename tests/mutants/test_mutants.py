"""``make mutants`` itself: a fault that is found, one that is not, lists that have rotted."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.__main__ import LEAST, ROOT, main
from tests.mutants.faults import LISTS, read_faults

PRODUCT = "def clip(value):\n    return max(0, min(value, 9))\n"
TEST = "from product import clip\n\n\ndef test_clip():\n    assert clip(12) == 9\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A product of one file and its test, which looks at one end of two."""
    (tmp_path / "product.py").write_text(PRODUCT)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_product.py").write_text(TEST)
    settings = '[tool.pytest.ini_options]\npythonpath = ["."]\nmarkers = ["slow: slow"]\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    return tmp_path


def _faults(tree: Path, *faults: dict) -> None:
    (tree / "faults").mkdir(exist_ok=True)
    group = {"tests": ["tests/test_product.py"], "faults": list(faults)}
    (tree / "faults" / "all.yaml").write_text(json.dumps({"product.py": group}))


def _run(tree: Path, *more: str) -> int:
    return main(["--root", str(tree), "--faults", str(tree / "faults"), "--jobs", "1", *more])


UPPER = {"breaks": "upper end", "old": "value, 9", "new": "value, 8"}
LOWER = {"breaks": "lower end", "old": "max(0", "new": "max(1"}
HANGS = {"breaks": "never returns", "old": "    return", "new": "    while True: pass\n    return"}


def test_found_and_not_found(tree: Path, capsys: pytest.CaptureFixture):
    _faults(tree, UPPER, LOWER)
    assert _run(tree) == 1
    said = capsys.readouterr().out
    assert "killed" in said and "product.py: upper end" in said
    assert "survived: product.py: lower end (tests/test_product.py)" in said
    assert "2 faults planted: 1 found, 0 change nothing that can be seen, 1 wrong" in said
    assert (tree / "product.py").read_text() == PRODUCT  # the tree itself is never touched
    assert (tree / "build" / "mutants" / "0" / "product.py").read_text() == PRODUCT
    results = json.loads((tree / "build" / "mutants.json").read_text())
    assert results["product.py: upper end"]["said"] == "assert 8 == 9"

    # nothing is planted again until something changes; a test that sees it finds the other one
    assert _run(tree) == 1
    assert "2 faults, 0 to plant" in capsys.readouterr().out
    test = tree / "tests" / "test_product.py"
    test.write_text(TEST + "    assert clip(-3) == 0\n")
    assert _run(tree, "--only", "lower") == 0
    assert "1 faults planted: 1 found" in capsys.readouterr().out


def test_equivalent_only_where_nothing_finds_it(tree: Path, capsys: pytest.CaptureFixture):
    _faults(tree, {**UPPER, "equivalent": "so it is said"}, {**LOWER, "equivalent": "no number"})
    assert _run(tree) == 1
    said = capsys.readouterr().out
    assert "said to be equivalent, but found: product.py: upper end" in said
    assert "2 change nothing that can be seen, 1 wrong" in said


def test_a_hang_ends(tree: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.mutants.run.TIMES", 0.0)
    monkeypatch.setattr("tests.mutants.run.MORE", 3.0)
    _faults(tree, HANGS)
    assert _run(tree) == 0
    assert "overtime" in capsys.readouterr().out


def _places() -> Iterator[str]:
    """Where processes run."""
    for path in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # it has ended, or is not ours
            yield os.readlink(path)


def test_ended_early_it_ends_what_it_started(tree: Path):
    _faults(tree, HANGS)
    command = [sys.executable, "-m", "tests.mutants", "--root", str(tree)]
    with subprocess.Popen(
        [*command, "--faults", str(tree / "faults")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        for line in process.stdout:
            if "pass without a fault" in line:
                break
        time.sleep(1)  # by now the tests hang
        process.terminate()
        assert process.wait(20) == 130
        assert process.stderr.read() == "ended early; the results so far are kept\n"
    assert not (tree / "build" / "mutants.json").exists()
    assert (tree / "build" / "mutants" / "0" / "product.py").read_text() == PRODUCT
    assert not [path for path in _places() if path.startswith(str(tree))]


def test_tests_that_fail_without_a_fault_prove_nothing(tree: Path, capsys: pytest.CaptureFixture):
    (tree / "tests" / "test_product.py").write_text(TEST.replace("== 9", "== 7"))
    _faults(tree, UPPER)
    assert _run(tree) == 2
    assert "tests/test_product.py: failed without any fault" in capsys.readouterr().err
    assert not (tree / "build" / "mutants.json").exists()


def test_tests_that_do_not_run_prove_nothing(tree: Path, capsys: pytest.CaptureFixture):
    _faults(tree, {"breaks": "the file", "old": "def clip", "new": "def clip def"})
    assert _run(tree) == 1
    assert "tests did not run, broken: product.py: the file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({**UPPER, "old": "value, 10"}, "product.py: upper end: 0 times in the file: 'value, 10'"),
        ({**UPPER, "old": "value"}, "product.py: upper end: 2 times in the file: 'value'"),
        ({**UPPER, "new": "value, 9"}, "product.py: upper end: changes nothing"),
        ({**UPPER, "tests": ["tests/test_gone.py"]}, "no test tests/test_gone.py"),
        ({**UPPER, "tests": []}, "product.py: no tests named"),
        ({**UPPER, "tests": ["-k clip"]}, "names no test below tests/"),
        ({**UPPER, "because": ""}, "product.py: unknown because"),
        ({"breaks": "x"}, "product.py: old, new missing"),
        ({**UPPER, "new": 8}, "product.py: new is 8, expected str"),
    ],
)
def test_a_list_that_does_not_fit(tree: Path, capsys: pytest.CaptureFixture, fault, message: str):
    _faults(tree, fault)
    assert _run(tree) == 2
    assert message in capsys.readouterr().err


def test_two_of_one_name_and_no_such_name(tree: Path, capsys: pytest.CaptureFixture):
    _faults(tree, UPPER, {**LOWER, "breaks": "upper end"})
    assert _run(tree) == 2
    assert "product.py: upper end: listed twice" in capsys.readouterr().err
    _faults(tree, UPPER)
    assert _run(tree, "--only", "middle") == 2
    assert "no fault's name has middle" in capsys.readouterr().err


def test_the_lists_fit_the_code():
    assert len(read_faults(LISTS, ROOT)) >= LEAST
