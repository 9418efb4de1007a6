"""Builds that several test files look at; nobody writes into them but the commands under test."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from flows.build.build import Build
from flows.build.layout import Layout
from flows.run import rtlsim
from hw.hls import compiler
from tests.flows.detector_case import built_detector
from tests.hw.bench import CACHE as VERILATOR_CACHE
from tests.hw.hls.compiling import CACHE as HLS_CACHE


@pytest.fixture(scope="session", autouse=True)
def _shared_caches() -> Iterator[None]:
    """Programs of all builds share caches, Verilator's runtime too, and are not optimized."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Layout, "verilator_cache", VERILATOR_CACHE)
        patch.setattr(Layout, "hls_cache", HLS_CACHE)
        patch.setattr(rtlsim, "build_simulator", partial(rtlsim.build_simulator, optimize="-O0"))
        for name, flags in compiler.BUILD_FLAGS.items():
            patch.setitem(compiler.BUILD_FLAGS, name, (*flags, "-O0"))
        yield


@pytest.fixture(scope="session")
def detector(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Build]:
    """(path of the configuration, configuration) of a built tiny detector."""
    return built_detector(tmp_path_factory.mktemp("detector"))
