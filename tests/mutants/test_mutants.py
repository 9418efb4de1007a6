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
from tests.mutants.digests import Digests
from tests.mutants.faults import LISTS, read_faults
from tests.mutants.sample import spread
from tests.mutants.scratch import Scratch

PRODUCT = "def clip(value):\n    return max(0, min(value, 9))\n"
TEST = "from product import clip\n\n\ndef test_clip():\n    assert clip(12) == 9\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A product of one file and its test, which looks at one end of two."""
    (tmp_path / "product.py").write_text(PRODUCT)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_product.py").write_text(TEST)
    settings = '[tool.pytest.ini_options]\npythonpath = ["."]\nmarkers = ["slow: slow"]\n'
    settings += 'addopts = "-p no:cacheprovider"\n'  # as here
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


def test_a_selection_of_one_file_is_none_of_another(tree: Path, capsys: pytest.CaptureFixture):
    """Pytest by itself takes the last -k for all files."""
    more = TEST.replace("test_clip", "test_more").replace("12) == 9", "-3) == 0")
    more = more.replace("def ", "import pytest\n\n@pytest.mark.slow\ndef ")
    (tree / "tests" / "test_more.py").write_text(more)
    both = ["tests/test_product.py -k clip", "tests/test_more.py -k more -m ''"]
    _faults(tree, {**UPPER, "tests": both}, {**LOWER, "tests": both})
    assert _run(tree) == 0
    assert "2 faults planted: 2 found" in capsys.readouterr().out
    _faults(tree, {**UPPER, "tests": ["tests/test_product.py -k of_that_name_there_is_none"]})
    assert _run(tree) == 1
    assert "tests did not run" in capsys.readouterr().out


def test_equivalent_only_where_nothing_finds_it(tree: Path, capsys: pytest.CaptureFixture):
    _faults(tree, {**UPPER, "equivalent": "so it is said"}, {**LOWER, "equivalent": "no number"})
    assert _run(tree) == 1
    said = capsys.readouterr().out
    assert "said to be equivalent, but found: product.py: upper end" in said
    assert "2 change nothing that can be seen, 1 wrong" in said


def test_a_hang_ends(tree: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.mutants.run.FIRST_LIMIT", 3.0)
    monkeypatch.setattr("tests.mutants.run.TIMES", 0.0)
    monkeypatch.setattr("tests.mutants.run.MORE", 4.0)  # so that it is tried once more
    _faults(tree, HANGS)
    assert _run(tree) == 0
    assert "overtime" in capsys.readouterr().out


def test_slow_tests_are_no_hang(
    tree: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    """They are given more time, for they take as long without the fault; LOWER then survives."""
    monkeypatch.setattr("tests.mutants.run.FIRST_LIMIT", 2.0)
    (tree / "tests" / "test_product.py").write_text(TEST + "    __import__('time').sleep(3)\n")
    _faults(tree, LOWER)
    assert _run(tree) == 1
    assert "survived: product.py: lower end" in capsys.readouterr().out


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
        while not any(path.startswith(str(tree)) for path in _places()):
            time.sleep(0.1)
        time.sleep(2)  # by now the tests hang
        process.terminate()
        assert process.wait(20) == 130
        assert process.stderr.read() == "ended early; the results so far are kept\n"
    assert not (tree / "build" / "mutants.json").exists()
    assert (tree / "build" / "mutants" / "0" / "product.py").read_text() == PRODUCT
    assert not [path for path in _places() if path.startswith(str(tree))]


def test_tests_that_fail_without_a_fault_prove_nothing(tree: Path, capsys: pytest.CaptureFixture):
    (tree / "tests" / "test_product.py").write_text(TEST.replace("== 9", "== 7"))
    _faults(tree, UPPER)
    assert _run(tree) == 1
    said = "failed without the fault too: tests/test_product.py::test_clip assert 9 == 7"
    assert said in capsys.readouterr().out
    assert _run(tree) == 1  # and it is tried again, for it may have been chance
    assert "1 faults, 1 to plant" in capsys.readouterr().out


def test_a_sample_has_some_of_every_file_and_says_what_it_leaves_out(
    tree: Path, capsys: pytest.CaptureFixture
):
    (tree / "other.py").write_text(PRODUCT)
    _faults(tree, UPPER, LOWER, {"breaks": "both", "old": "max(0, min(value, 9))", "new": "0"})
    more = {"breaks": "upper", "old": "value, 9", "new": "value, 8"}
    group = {"other.py": {"tests": ["tests/test_product.py"], "faults": [more]}}
    (tree / "faults" / "more.yaml").write_text(json.dumps(group))
    faults = read_faults(tree / "faults", tree)
    seen = set()
    for seed in range(200):
        order = spread(faults, seed)
        assert order == spread(faults[::-1], seed) and set(order) == set(faults)
        assert {fault.file for fault in order[:2]} == {"product.py", "other.py"}
        seen.add(tuple(order))
    assert len(seen) == 12  # two orders of files, six of product.py's faults
    assert _run(tree, "--sample", "1", "--seed", "3") in (0, 1)
    said = capsys.readouterr().out
    named = [line for line in said.splitlines() if line.startswith("left out of ")]
    assert sum(line.count(";") + 1 for line in named) == 3
    assert "3 of 4 faults left out of the sample" in said and "1 faults, 1 to plant" in said
    assert "[0 left, about 0 min]" in said
    with pytest.raises(SystemExit):
        _run(tree, "--sample", "0")


def test_a_folder_of_the_tree_may_be_called_build(tree: Path):
    """At the top it is what tools made; below, as flows/build, it is part of the tree."""
    (tree / "build").mkdir()
    (tree / "build" / "made.py").write_text("")
    (tree / "part" / "build").mkdir(parents=True)
    (tree / "part" / "build" / "own.py").write_text("1")
    before = Digests(tree).of([])
    copy = Scratch(tree, tree / "build" / "mutants" / "0").folder
    assert (copy / "part" / "build" / "own.py").is_file()
    assert not (copy / "build" / "made.py").exists()
    (tree / "build" / "made.py").write_text("2")
    assert Digests(tree).of([]) == before
    (tree / "part" / "build" / "own.py").write_text("2")
    assert Digests(tree).of([]) != before


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
