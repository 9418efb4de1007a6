"""The driver's commands end with a line and a status, whatever happens."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hw.driver.command import ended
from hw.driver.errors import AcceleratorError

ROOT = Path(__file__).resolve().parents[3]
HINT = " (a fault of this program, not foreseen; --debug shows the traceback)\n"


def raising(error: BaseException) -> Any:
    def action() -> int:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (AcceleratorError("no block named idma0"), 1, "error: no block named idma0\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (MemoryError("8 GiB"), 1, "error: not enough memory (8 GiB)\n"),
        (KeyError("scale"), 70, f"error: KeyError: 'scale'{HINT}"),
        (OSError(5, "Input/output error"), 70,
         f"error: OSError: [Errno 5] Input/output error{HINT}"),
        (ZeroDivisionError("a\n b"), 70, f"error: ZeroDivisionError: a b{HINT}"),
        (AssertionError(), 70, f"error: AssertionError: {HINT}"),
        (ValueError("x" * 9000), 70, f"error: ValueError: {'x' * 300}{HINT}"),
    ],
)  # fmt: skip
def test_each_end_is_one_line(
    capsys: pytest.CaptureFixture[str], error: BaseException, status: int, said: str
) -> None:
    assert ended(raising(error)) == status
    assert capsys.readouterr() == ("", said)


def test_debug_shows_the_traceback_of_what_nobody_foresaw(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(raising(KeyError("scale")), debug=True) == 70
    said = capsys.readouterr().err
    assert said.startswith("Traceback (most recent call last):\n")
    assert "error: KeyError: 'scale'" in said.splitlines()[-1]
    assert ended(raising(AcceleratorError("no bitfile")), debug=True) == 1
    assert capsys.readouterr().err == "error: no bitfile\n"


def test_the_status_of_an_action_is_its_own() -> None:
    assert [ended(lambda: 0), ended(lambda: 3)] == [0, 3]


def process(body: str, **options: Any) -> "subprocess.Popen[bytes]":
    text = f"""
import sys, time
from hw.driver.command import ended
def action():
    {body}
    return 0
sys.exit(ended(action))
"""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([sys.executable, "-c", text], cwd=ROOT, env=environment, **pipes)


@pytest.mark.parametrize(
    "body",
    [
        "[print(i) for i in range(100_000)]",
        "print('a', flush=True); sys.stdin.read(); print('b', flush=True)",
        "sys.stdin.read(); print('only at the end')",
    ],
)
def test_a_closed_pipe_ends_a_command_quietly(body: str) -> None:
    child = process(body, stdin=subprocess.PIPE)
    assert child.stdout and child.stderr and child.stdin
    child.stdout.close()
    child.stdin.close()
    assert child.stderr.read() == b""
    assert child.wait(20) == 141


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("print('a')", b"error: standard output: No space left on device\n"),
        ("[print(i) for i in range(100_000)]", b"error: No space left on device\n"),
        ("raise KeyError(print('a'))", f"error: KeyError: None{HINT}".encode()),
    ],
)
def test_a_full_output_is_one_line(body: str, said: bytes) -> None:
    with open("/dev/full", "wb") as full:
        child = process(body, stdout=full)
        assert child.stderr
        assert child.stderr.read() == said
        assert child.wait(20) == (70 if b"KeyError" in said else 1)


def test_ctrl_c_is_one_line() -> None:
    child = process("print('ready', flush=True); time.sleep(60)")
    assert child.stdout and child.stderr
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert child.stderr.read() == b"interrupted\n"
    assert child.wait(20) == 130
