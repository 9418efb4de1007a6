"""Builds that several test files look at; nobody writes into them but the commands under test."""

from pathlib import Path

import pytest

from flows.build.build import Build
from tests.flows.detector_case import built_detector


@pytest.fixture(scope="session")
def detector(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Build]:
    """(path of the configuration, configuration) of a built tiny detector."""
    return built_detector(tmp_path_factory.mktemp("detector"))
