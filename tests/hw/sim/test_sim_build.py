"""Building simulators: designs as JSON, the cache, waves."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hw.errors import HardwareError
from hw.sim import verilate
from hw.sim.design import OUTPUT, Design
from hw.sim.run import simulate
from hw.sim.verilate import build
from hw.tools.cache import ToolCache
from hw.tools.compiler import find_compiler
from hw.tools.verilator import find_verilator
from tests.hw.bench import CACHE
from tests.hw.sim.chain import chain, take_runtime
from tests.hw.sim.test_sim_run import _inputs


@pytest.fixture
def fresh_cache(tmp_path):
    """A cache without simulators; Verilator's runtime is taken from the tests' common cache."""
    cache = tmp_path / "cache"
    take_runtime(cache, tmp_path)
    return cache


def test_json_round_trip(tmp_path):
    design = chain(tmp_path, ["stage", "stage"], lanes=3, bits=5)
    assert Design.load(design.save()) == design
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
    assert not list(fresh_cache.glob(".*"))


def test_plain_builds_share_the_headers_and_others_have_none(tmp_path, monkeypatch):
    ran = []

    def run(command, log, *_):
        ran.append(command)
        log.parent.mkdir(parents=True, exist_ok=True)
        Path(command[command.index("-o") + 1]).touch()

    monkeypatch.setattr(verilate, "_run", run)
    cache = ToolCache(tmp_path)
    plain, quick = (
        verilate._Toolchain(find_verilator(), find_compiler(), False, level)
        for level in ("-O0", "-O2")
    )
    options = verilate._prelude(plain, cache, print)
    assert options == verilate._prelude(plain, cache, print) and len(ran) == 1
    assert verilate._prelude(quick, cache, print) == [] and len(ran) == 1
    assert set(verilate._CXX_FLAGS) | {"-O0"} <= set(ran[0])
    assert '#include "verilated.h"' in Path(options[1]).read_text()
    assert Path(f"{options[1]}.gch").is_file()  # where g++ looks for it


def test_whatever_a_simulator_is_made_of_is_in_its_key(tmp_path, monkeypatch):
    """One other ingredient, another simulator; nothing is compiled here."""

    def make(design, tools, harness, made, cache, work, log, progress):
        (work / "simulate").touch()

    monkeypatch.setattr(verilate, "_make", make)
    folder = tmp_path / "d"
    design = chain(folder, ["stage", "stage"])
    harness = tmp_path / "h.cpp"
    harness.write_text("int main() {}\n")

    def exe(design=design, **options):
        return build(design, cache_dir=tmp_path / "cache", **{"harness": [harness], **options}).exe

    def changed(index, **fields):
        streams = list(design.streams)
        streams[index] = replace(streams[index], **fields)
        return replace(design, streams=tuple(streams))

    first = exe()
    assert exe(replace(design, folder=folder)) == first
    others = [
        exe(replace(design, top="other")),
        exe(changed(0, frame_beats=11)),  # the table of streams
        exe(changed(2, frame_beats=20)),
        exe(changed(1, bits=16)),
        exe(changed(1, kind=OUTPUT)),
        exe(changed(1, wire="wire")),
        exe(replace(design, fifos=())),
        exe(replace(design, fifos=design.fifos[::-1])),
        exe(waves=True),
        exe(optimize="-O1"),
    ]
    changes = {
        "_CXX_FLAGS": (*verilate._CXX_FLAGS, "-DA"),
        "_VERILATOR_FLAGS": (*verilate._VERILATOR_FLAGS, "--assert"),
        "find_verilator": lambda: replace(find_verilator(), version="another"),
        "find_compiler": lambda: replace(find_compiler(), version="another"),
    }
    for name, value in changes.items():
        with monkeypatch.context() as patch:
            patch.setattr(verilate, name, value)
            others.append(exe())
    assert exe() == first
    harness.write_text("int main() { return 1; }\n")
    others.append(exe())
    harness.write_text("int main() {}\n")
    text = (folder / "stage.sv").read_text()
    (folder / "stage.sv").write_text(text + "// changed\n")
    others.append(exe())
    (folder / "stage.sv").write_text(text)
    # the same texts in files of other names, and in another order
    (folder / "renamed.sv").write_text(text)
    others.append(exe(replace(design, sources=("renamed.sv", *design.sources[1:]))))
    others.append(exe(replace(design, sources=design.sources[::-1])))
    assert exe() == first
    assert len({first, *others}) == 1 + len(others)


def test_double_underscores_in_names(tmp_path):
    design = chain(tmp_path / "d", ["stage", "stage"], top="chain__top")
    simulator = build(design, cache_dir=CACHE, optimize="-O0")
    assert simulate(simulator, _inputs(10), 1).streams["n0_stage"].transfers == 10


@pytest.mark.slow
def test_waves(tmp_path):
    simulator = build(chain(tmp_path / "d", ["stage"]), cache_dir=CACHE, optimize="-O0", waves=True)
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


def test_no_perl_and_no_path_are_needed(tmp_path, monkeypatch, fresh_cache):
    compiler = find_compiler().command
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "g++").symlink_to(compiler)
    for name in ("as", "ld"):  # what the compiler itself runs
        (folder / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("VERILATOR_ROOT", raising=False)
    find_verilator.cache_clear()
    design = chain(tmp_path / "d", ["stage", "stage"], top="bare")
    simulator = build(design, cache_dir=fresh_cache, optimize="-O0")
    assert simulate(simulator, _inputs(10), 1).latency_clocks == 20


def test_parameters_that_a_module_refuses_are_an_error(tmp_path):
    """They end Verilator, with the module's own words; a warning would be simulated on."""
    design = chain(tmp_path / "d", ["stage"])
    source = design.folder / "stage.sv"
    refusal = '  if (W < 1000) begin : gen_check\n    $error("stage: W is small");\n  end\n'
    source.write_text(
        source.read_text().replace("  logic full_q;\n", f"{refusal}  logic full_q;\n")
    )
    with pytest.raises(HardwareError, match="stage: W is small"):
        build(design, optimize="-O0", cache_dir=tmp_path / "cache")
