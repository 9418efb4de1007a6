"""Every command that a report prints is complete: it runs as it is printed."""

import hashlib
import html
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows import __main__ as flows_main
from flows.build.build import Build
from flows.build.config import BuildConfig
from flows.report.commands import Commands
from flows.report.html import write_report

ROOT = Path(__file__).resolve().parents[3]
NAME = "my $net's.yaml"
CHECKPOINT = ROOT / "model" / "checkpoints" / "dupnet-tinier-yolo.npz"


@pytest.fixture
def printed(detector: tuple[Path, Build], tmp_path: Path) -> tuple[Path, list[str]]:
    """The configuration's path, of a name that a shell would read otherwise; its commands."""
    folder = tmp_path / "a place"
    shutil.copytree(detector[0].parent, folder)
    path = folder / NAME
    (folder / "config.yaml").rename(path)
    page = write_report(Build.load(path), None, None, path)
    codes = re.findall(r"<code>(.*?)</code>", page.read_text(encoding="utf-8"), re.DOTALL)
    commands = [html.unescape(c) for c in codes if "python -m" in c]
    assert str(tmp_path) not in page.read_text(encoding="utf-8")
    return path, commands


def run(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """As it would be typed there, the environment active."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_each_command_is_one_that_the_program_takes(printed: tuple[Path, list[str]]) -> None:
    path, commands = printed
    parts = [part for command in commands for part in command.split(" && ")]
    names = set()
    for part in parts:
        words = shlex.split(part)
        assert words[:2] == ["python", "-m"]
        if words[2] == "model.complexity":
            continue
        assert words[2] == "flows"
        arguments = flows_main._parser().parse_args(words[3:])
        assert (path.parent / arguments.config).resolve() == path.resolve()
        names.add(arguments.command)
    assert names >= {"frames", "emulate", "rtlsim", "cppsim", "hls", "synth", "pnr", "bitstream"}
    assert names >= {"board-sim", "deploy", "detect", "report"}


@pytest.mark.parametrize(
    "kind",
    [
        r"flows emulate [^&]*[^s]$",  # without --brevitas: the tiny network is of none
        r"flows detect ",
        pytest.param(r"flows (rtlsim|cppsim|hls)|model\.cost", marks=pytest.mark.slow),
    ],
)
def test_commands_run_as_printed(printed: tuple[Path, list[str]], kind: str) -> None:
    path, commands = printed
    chosen = [command for command in commands if re.search(kind, command)]
    assert chosen
    for command in dict.fromkeys(chosen):
        done = run(command, path.parent)
        lacking = "is missing" in done.stderr and "flows hls" in command  # no Vitis here
        assert done.returncode == 0 or lacking, f"{command}\n{done.stderr}"


def test_the_checkpoint_is_named_where_it_ships(tmp_path: Path) -> None:
    build = Build(BuildConfig(tmp_path / "m.onnx", tmp_path / "build"))
    digest = hashlib.sha256(CHECKPOINT.read_bytes()).hexdigest()
    of = Commands(build, tmp_path / "-c.yaml", {"checkpoint": digest})
    words = shlex.split(of.complete("emulate", ["--brevitas"]))
    assert words[4] == "./-c.yaml"
    assert (tmp_path / words[-1]).resolve() == CHECKPOINT
    other = Commands(build, tmp_path / "c.yaml", {"checkpoint": "0" * 64})
    assert other.complete("emulate", ["--brevitas"]).endswith(f"OF-SHA256-{'0' * 16}.npz")


def test_frames_that_are_there_are_taken(tmp_path: Path) -> None:
    of = Commands(Build(BuildConfig(tmp_path / "m.onnx", tmp_path / "b")), tmp_path / "c.yaml")
    first = "python -m flows frames c.yaml --out b/frames.npy && "
    second = "python -m flows rtlsim c.yaml --input b/frames.npy"
    assert of.complete("rtlsim", []) == first + second
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "frames.npy").touch()
    assert of.complete("rtlsim", []) == second


def test_the_commands_of_a_text(tmp_path: Path) -> None:
    of = Commands(Build(BuildConfig(tmp_path / "m.onnx", tmp_path / "b")), tmp_path / "c.yaml")
    made = of.html("`python -m flows hls`, then `python -m flows build --start generate_rtl`: a<b")
    assert made == (
        "<code>python -m flows hls c.yaml</code>, then "
        "<code>python -m flows build c.yaml --start generate_rtl</code>: a&lt;b"
    )
