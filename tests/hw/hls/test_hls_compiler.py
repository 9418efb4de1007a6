"""Compiling HLS projects: the cache, the flags, what is missing."""

import shutil

import pytest

from hw.errors import HardwareError
from hw.hls import compiler
from hw.hls.compiler import EXACT, FAST, build_program, find_ap_headers
from hw.hls.project import write_project
from hw.tools import compiler as finding
from tests.hw.hls.chain import sums
from tests.hw.hls.compiling import CACHE


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(sums(), tmp_path_factory.mktemp("p") / "cpp", "sums")


@pytest.fixture
def _forgetful_tools():
    finding.find_compiler.cache_clear()
    yield
    finding.find_compiler.cache_clear()


def test_cache(project, tmp_path):
    said = []
    options = {"cache_dir": tmp_path, "flags": ("-O0",)}
    first = build_program(project, FAST, progress=said.append, **options)
    again = build_program(project, FAST, progress=said.append, **options)
    assert (first.cached, again.cached) == (False, True)
    assert (again.exe, again.seconds) == (first.exe, first.seconds)
    assert said[0].startswith("compiling the fast build of sums with ")
    assert said[1].startswith("fast build: compiled in ")
    assert said[2].startswith("fast build: compiled earlier in ")
    shutil.copytree(project.folder, tmp_path / "other")
    table = tmp_path / "other" / "group_sum.hpp"
    table.write_text(table.read_text() + "// changed\n")
    moved = project.__class__.load(tmp_path / "other" / "sums.json")
    assert build_program(moved, FAST, **options).exe != first.exe
    # headers that the program does not include do not matter
    unused = project.folder / "max_pool.hpp"
    unused.write_text(unused.read_text() + "// changed\n")
    assert build_program(project, FAST, **options).cached
    assert not list(tmp_path.glob("tmp-*"))


def test_no_warnings(project):
    for build in compiler.BUILDS:
        build_program(project, build, cache_dir=CACHE, flags=("-Werror",))


def test_broken_source(project, tmp_path):
    shutil.copytree(project.folder, tmp_path / "broken")
    source = tmp_path / "broken" / "sums.cpp"
    source.write_text(source.read_text().replace("df::group_sum", "df::group_product"))
    broken = project.__class__.load(tmp_path / "broken" / "sums.json")
    with pytest.raises(HardwareError, match=r"failed on sums: .*group_product.* \(log: .*\.log\)"):
        build_program(broken, FAST, cache_dir=tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]


def test_cache_that_cannot_be_written(project, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HardwareError, match=r"file/.*: cannot be written"):
        build_program(project, FAST, cache_dir=tmp_path / "file")


@pytest.mark.usefixtures("_forgetful_tools")
def test_no_compiler(project, monkeypatch, tmp_path):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(finding, "COMPILERS", ("no-such-compiler",))
    with pytest.raises(HardwareError) as caught:
        build_program(project, FAST, cache_dir=tmp_path)
    assert str(caught.value) == (
        "C++ simulation of HLS (cppsim) needs a C++ compiler; none of no-such-compiler runs: "
        "install g++ (everything but cppsim and RTL simulation works without it)"
    )


@pytest.fixture
def _no_headers(monkeypatch):
    monkeypatch.setattr(compiler.importlib.util, "find_spec", lambda _: None)
    for name in ("XILINX_HLS", "XILINX_VITIS"):
        monkeypatch.delenv(name, raising=False)
    which = shutil.which
    monkeypatch.setattr(
        compiler.shutil, "which", lambda name: None if name.startswith("vitis") else which(name)
    )


@pytest.mark.usefixtures("_no_headers")
def test_no_headers(project, tmp_path):
    with pytest.raises(HardwareError) as caught:
        build_program(project, EXACT, cache_dir=tmp_path)
    assert str(caught.value) == (
        "the exact build of cppsim needs the ap_int headers, which are missing: pip install "
        "--no-deps hls4ml==1.3.0, or put Vitis HLS on the PATH (the fast build works without them)"
    )


@pytest.mark.usefixtures("_no_headers")
def test_headers_of_vitis(tmp_path, monkeypatch):
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "ap_int.h").write_text("")
    monkeypatch.setenv("XILINX_HLS", str(tmp_path))
    assert find_ap_headers().folder == tmp_path / "include"
    monkeypatch.delenv("XILINX_HLS")
    binary = str(tmp_path / "bin" / "vitis_hls")
    monkeypatch.setattr(
        compiler.shutil, "which", lambda name: binary if name == "vitis_hls" else None
    )
    found = find_ap_headers()
    assert found.folder == tmp_path / "include"
    assert found.source == f"Vitis HLS, {tmp_path}"


def test_headers_of_the_wheel():
    assert find_ap_headers().source == "PyPI wheel hls4ml"


def test_unknown_build(project):
    with pytest.raises(HardwareError, match="build 'slow': expected one of fast, exact"):
        build_program(project, "slow")
