"""The tiny build, made once; each test has a copy of its own."""

import shutil
from pathlib import Path

import pytest

from flows.build.build import Build
from tests.flows.report.report_case import make_build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration and its build; no verification has run."""
    folder = tmp_path_factory.mktemp("report")
    make_build(folder)
    return folder


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Build:
    """A copy of the build for one test."""
    shutil.copytree(built, tmp_path / "b")
    return Build.load(tmp_path / "b" / "c.yaml")
