"""How commands end: each status, one line, and never a traceback that nobody asked for."""

import ast
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from outside.arguments import Parser
from outside.command import doing, run_command
from outside.errors import UserError

ROOT = Path(__file__).resolve().parents[2]


def ended(capsys, error, *arguments, step=None):
    """Status of a command that raises error, and what it says on stderr."""
    parser = Parser(prog="python -m x")
    parser.add_argument("--config", default="c.yaml")

    def action(_):
        if step is None:
            raise error
        with doing(step):
            raise error

    status = run_command(parser, action, arguments, subject=lambda options: options.config)
    return status, capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UserError("c.yaml: unknown key a"), 1, "error: c.yaml: unknown key a\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (MemoryError(), 1, "error: c.yaml: not enough memory (MemoryError)\n"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 9 bytes"), 1,
         "error: c.yaml: not enough memory ([enforce fail] DefaultCPUAllocator: can't allocate "
         "memory: 9 bytes)\n"),
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), 1,
         "error: /x/y: No space left on device\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 1,
         "error: c.yaml: No space left on device\n"),
    ],
)  # fmt: skip
def test_what_a_user_can_mend_is_one_line(capsys, error, status, said):
    assert ended(capsys, error) == (status, said)


@pytest.mark.parametrize(
    "error",
    [KeyError("a"), ZeroDivisionError("division\nby zero"), RecursionError("too deep"),
     BrokenPipeError(errno.EPIPE, "Broken pipe"), RuntimeError("x" * 10_000), AssertionError()],
)  # fmt: skip
def test_what_nobody_foresaw_is_one_line_with_file_command_step_and_hint(capsys, error):
    status, said = ended(capsys, error, step="step streamline")
    assert status == 70
    assert said.count("\n") == 1
    assert said.startswith(f"error: c.yaml: python -m x: step streamline: {type(error).__name__}: ")
    assert said.endswith("(a fault of this program, not foreseen; --debug shows the traceback)\n")
    assert len(said) < 500


def test_debug_shows_the_traceback(capsys):
    status, said = ended(capsys, KeyError("a"), "--debug")
    assert status == 70
    assert said.startswith("Traceback (most recent call last):\n")
    assert said.endswith("error: c.yaml: python -m x: KeyError: 'a' (a fault of this program, not "
                         "foreseen)\n")  # fmt: skip


def test_an_action_says_its_status():
    assert run_command(Parser(), lambda options: 3, []) == 3
    assert run_command(Parser(), lambda options: None, []) == 0


@pytest.fixture
def parser():
    made = Parser(prog="python -m x")
    made.add_argument("--epochs", type=int, required=True)
    made.add_argument("--precision", choices=("fp32", "bf16"))
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser("build")
    command.add_argument("config")
    command.add_argument("--start", help="first step")
    return made


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--epoch 3 build c", "unknown option --epoch; did you mean --epochs?"),
        ("--epoch=3", "unknown option --epoch; did you mean --epochs?"),
        ("--epochs 3 build c --strat x", "unknown option --strat; did you mean --start?"),
        ("--epochs 3 build c --zzz", "unknown option --zzz"),
        ("--epochs 3 biuld c", "argument COMMAND: unknown command 'biuld'; did you mean build?"),
        ("--epochs 3 --precision fp3 build c",
         "argument --precision: unknown value 'fp3'; did you mean fp32?"),
        ("--epochs 3 --precision x build c",
         "argument --precision: unknown value 'x'; known: fp32, bf16"),
        ("build c", "the following arguments are required: --epochs"),
        ("--epochs three build c", "argument --epochs: invalid int value: 'three'"),
        ("--epochs 3 build c d", "unrecognized arguments: d"),
    ],
)  # fmt: skip
def test_an_option_is_never_abbreviated_and_the_one_meant_is_named(
    parser, capsys, arguments, message
):
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(arguments.split())
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith(f"error: {message}\n")


def test_debug_is_taken_anywhere(parser):
    for arguments in ("--debug --epochs 3 build c", "--epochs 3 build c --debug"):
        assert parser.parse_args(arguments.split()).debug
    assert "debug" not in parser.parse_args(["--epochs", "3", "build", "c"])
    assert parser.parse_args(["--epochs", "3", "build", "--", "--strange"]).config == "--strange"


# --- processes -----------------------------------------------------------------------------------

SCRIPT = """
import sys, time
from outside.arguments import Parser
from outside.command import run_command
def action(options):
    {body}
sys.exit(run_command(Parser(prog="x"), action))
"""


def start(body, **options):
    text = SCRIPT.format(body=body)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    environment = {**os.environ, **pipes.pop("env", {})}
    return subprocess.Popen([sys.executable, "-c", text], cwd=ROOT, env=environment, **pipes)


@pytest.mark.parametrize(
    "body", ["[print(i) for i in range(100_000)]", "print('a'); time.sleep(0.5); print('b')"]
)
def test_a_closed_pipe_ends_a_command_quietly(body):
    child = start(body, env={"PYTHONUNBUFFERED": ""})
    time.sleep(0.2)
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(20) == 141


def test_a_full_output_is_one_line():
    with open("/dev/full", "wb") as full:
        child = start("print('a')", stdout=full, env={"PYTHONUNBUFFERED": ""})
        assert child.stderr.read() == b"error: standard output: No space left on device\n"
        assert child.wait(20) == 1


def test_ctrl_c_is_one_line():
    child = start("print('ready', flush=True); time.sleep(60)")
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert child.stderr.read() == b"interrupted\n"
    assert child.wait(20) == 130


def test_what_does_not_fit_the_locale_is_printed_as_utf8(tmp_path):
    folder = tmp_path / "größe"
    folder.mkdir()
    (folder / "a").write_text("é", encoding="utf-8")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    body = (
        "name = options.name; "
        "print(name, '→', os.listdir(name), open(name + '/a', encoding='utf-8').read())"
    )
    text = SCRIPT.format(body=body).replace('Parser(prog="x")', "parser")
    script = tmp_path / "x.py"
    script.write_text(
        text.replace(
            "def action", "import os\nparser = Parser()\nparser.add_argument('name')\ndef action"
        ),
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        env={**os.environ, **locale, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (done.stdout.decode(), done.stderr) == (f"{folder} → ['a'] é\n", b"")


def test_ctrl_c_while_modules_are_loaded(tmp_path):
    package = tmp_path / "slow"
    package.mkdir()
    (package / "__init__.py").write_text("from outside.early import guard_start; guard_start()")
    (package / "__main__.py").write_text(
        "import sys, time\nprint('ready', flush=True)\n"
        "if '--fail' in sys.argv: import nothing_of_this_name\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-m", "slow"]
    options = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = subprocess.Popen(command, **options, **pipes)
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert (child.stderr.read(), child.wait(20)) == (b"interrupted\n", 130)
    done = subprocess.run([*command, "--fail"], **options, **pipes, check=False)
    assert done.returncode == 70
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"error: ModuleNotFoundError: No module named 'nothing_of_")


POOL = """
import multiprocessing, sys, time
from outside.arguments import Parser
from outside.command import deaf_to_interrupts, run_command
def action(options):
    with deaf_to_interrupts():
        workers = multiprocessing.get_context("spawn").Pool(2)
    with workers as pool:
        pool.map(time.sleep, [0.01] * 2)
        print("ready", flush=True)
        pool.map(time.sleep, [60] * 2)
if __name__ == "__main__":
    sys.exit(run_command(Parser(), action))
"""


def test_ctrl_c_reaches_no_worker(tmp_path):
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    child = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    child.stdout.readline()
    os.killpg(child.pid, signal.SIGINT)
    assert child.stderr.read() == b"interrupted\n"
    assert child.wait(20) == 130


def test_every_command_is_in_this_frame():
    """Whatever can be run by ``python -m`` ends by run_command; the board's driver has its own."""
    commands, others = set(), set()
    for folder in ("camera_path", "dupnet", "model", "hw", "flows"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(ROOT)
            if "argparse.ArgumentParser(" in text:
                others.add(str(name))
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            if "run_command" in names:
                commands.add(str(name))
            elif '__name__ == "__main__"' in text and "cli import main" not in text:
                others.add(str(name))
    assert len(commands) >= 12
    # the Makefile's own call of the exporter takes no arguments and prints a hash; two are what
    # a command starts in a process of its own
    assert others == {"hw/driver/__main__.py", "hw/driver/camera.py", "model/exporter.py",
                      "flows/bench/hls4ml_rival.py", "model/peers/worker.py"}  # fmt: skip
