"""The Vitis HLS project, as far as it can be checked without the tool.

The Tcl runs in tclsh with the vendor's commands recorded; the test bench and every top level are
compiled with g++ (also as Vitis HLS's C simulation compiles them: ap_uint ports) and compared with
the integer references.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.hls import vitis
from hw.hls.node_project import node_top
from hw.tools.tcl import quoted
from tests.hw.hls.vitis_case import (
    CLOCK,
    PART,
    check_files,
    compile_bench,
    model_vectors,
    parsed_calls,
    run_bench,
    tcl_calls,
    two_node_model,
    write_case,
)

needs_tclsh = pytest.mark.skipif(
    shutil.which("tclsh") is None,
    reason="tclsh is missing: the Tcl was only read by the parser of tests/hw/hls/vitis_case.py",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project, written and then moved."""
    folder = tmp_path_factory.mktemp("vitis")
    write_case(folder / "written")
    (folder / "written").rename(folder / "moved")
    return vitis.VitisProject(
        folder / "moved",
        tuple(
            vitis.Unit(u.name, u.kind, folder / "moved" / u.kind / u.name, u.digest, u.trips)
            for u in write_case(folder / "again").units
        ),
        PART,
        CLOCK,
    )


def expected_calls(root, kind, name, streams):
    """The script of one unit in words."""
    here = root / kind / name
    flags = f"-std=c++14 -DAP_INT_MAX_W=4096 -I{root / 'include'} -I{here}"
    source = "net.cpp" if kind == "region" else f"top_{name}.cpp"
    vectors = str(root / "vectors")
    return [
        ["open_project", "-reset", f"project_{name}"],
        ["add_files", str(here / source), "-cflags", flags],
        ["add_files", "-tb", str(root / "testbench.cpp"), "-cflags", flags],
        *[["add_files", "-tb", f"{vectors}/{stream}.bin"] for stream in streams],
        ["set_top", name],
        ["open_solution", "-reset", "sol1"],
        ["set_part", PART],
        ["config_compile", "-pipeline_style", "flp"],
        ["config_rtl", "-module_auto_prefix"],
        ["create_clock", "-period", "7.5", "-name", "default"],
        ["csim_design", "-O", "-argv", vectors],
        ["csynth_design"],
        ["cosim_design", "-O", "-rtl", "verilog", "-trace_level", "none", "-argv", vectors],
        [
            *["export_design", "-format", "ip_catalog", "-rtl", "verilog", "-vendor", "xilinx.com"],
            *["-library", "hls", "-ipname", name, "-version", "1.0"],
        ],
    ]


UNITS = [
    ("operators", "pad", ("input", "pad")),
    ("operators", "total", ("pad", "total")),
    ("region", "net", ("input", "total")),
]


def test_units(project):
    assert [(unit.kind, unit.name) for unit in project.units] == [u[:2] for u in UNITS]
    assert [unit.trips for unit in project.units] == [40, 40, 40]


@pytest.mark.parametrize("kind,name,streams", UNITS)
def test_tcl_as_parsed(project, kind, name, streams):
    calls = parsed_calls(project.folder / kind / name / f"hls_syn_{name}.tcl")
    assert calls == expected_calls(project.folder, kind, name, streams)
    check_files(calls)


@needs_tclsh
@pytest.mark.parametrize("kind,name,streams", UNITS)
def test_tcl_as_run(project, tmp_path, kind, name, streams):
    here = project.folder / kind / name
    script = here / f"hls_syn_{name}.tcl"
    status, calls = tcl_calls(script, tmp_path)
    assert status == 0
    assert calls == expected_calls(project.folder, kind, name, streams)
    assert calls == parsed_calls(script)
    digest = next(unit.digest for unit in project.units if unit.name == name)
    assert (here / "finished").read_text() == f"{digest}\n"
    (here / "finished").unlink()


@needs_tclsh
@pytest.mark.parametrize("command", ["csim_design", "csynth_design", "cosim_design", "set_part"])
def test_tcl_stops_at_what_fails(project, tmp_path, command):
    here = project.folder / "operators" / "pad"
    (here / "finished").write_text("of an earlier run")
    status, calls = tcl_calls(here / "hls_syn_pad.tcl", tmp_path, fail=command)
    assert status == 1
    assert calls[-1][0] == command
    assert not (here / "finished").exists()
    stage = "project" if command == "set_part" else command.removesuffix("_design")
    digest = project.units[0].digest
    assert (here / "failed").read_text() == f"{digest}\n{stage}: made to fail\n"
    entry = project.units[0].result()
    assert (entry["status"], entry["cosim"] == "fail") == ("failed", stage == "cosim")
    (here / "failed").unlink()


@needs_tclsh
def test_tcl_in_a_folder_whose_name_is_hard(project, tmp_path):
    folder = tmp_path / "a [b] $c"
    shutil.copytree(project.folder, folder)
    status, calls = tcl_calls(folder / "operators" / "pad" / "hls_syn_pad.tcl", tmp_path)
    assert status == 0
    assert calls[4] == ["add_files", "-tb", str(folder / "vectors" / "pad.bin")]
    # a blank cannot be in -argv: the test bench reads the tool's copies in its working folder
    assert ["csim_design", "-O"] in calls


@needs_tclsh
def test_quoted_words(tmp_path):
    text = 'a "b" [c] $d {e} \\f; g'
    (tmp_path / "q.tcl").write_text(f"puts -nonewline {quoted(text)}\n")
    done = subprocess.run(
        ["tclsh", tmp_path / "q.tcl"], capture_output=True, text=True, check=False
    )
    assert done.stdout == text


# --- the test bench ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["fast", "exact", "vendor"])
def test_benches(project, tmp_path, kind):
    units = {"fast": UNITS, "vendor": UNITS[1:]}.get(kind, UNITS[2:])
    for where, name, _ in units:
        binary = tmp_path / name
        compile_bench(project.folder, project.folder / where / name, kind, binary)
        status, said = run_bench(binary, project.folder / "vectors")
        assert (status, said) == (0, f"{name}: 1 frames, 40 beats, all equal\n")
    if len(units) == 1:
        return
    # one bit of one beat, one beat too few, a missing file
    vectors = tmp_path / "vectors"
    shutil.copytree(project.folder / "vectors", vectors)
    good = (vectors / "total.bin").read_bytes()
    (vectors / "total.bin").write_bytes(good[:31] + bytes([good[31] ^ 1]) + good[32:])
    status, said = run_bench(tmp_path / "total", vectors)
    assert status == 1
    assert "total: frame 0, beat 15 differs (total.bin)\n" in said
    assert "total: 1 of 40 beats differ" in said
    # a padding bit counts as well: the port's layout is part of what is meant
    (vectors / "total.bin").write_bytes(good[:-1] + bytes([good[-1] ^ 0x80]))
    assert run_bench(tmp_path / "net", vectors)[0] == 1
    (vectors / "total.bin").write_bytes(good[:-2])
    assert run_bench(tmp_path / "total", vectors)[0] == 2
    (vectors / "total.bin").unlink()
    assert run_bench(tmp_path / "total", vectors) == (2, "total.bin: cannot be read\n")


def test_command_of_the_readme(project, tmp_path):
    shutil.copytree(project.folder, tmp_path / "p")
    text = (tmp_path / "p" / "README.md").read_text()
    command = text.partition("Without Vitis HLS")[2].partition("\n\n")[2]
    done = subprocess.run(
        ["sh", "-ec", command], cwd=tmp_path / "p", capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("net: 1 frames, 40 beats, all equal\n", "")


def test_vectors_in_the_working_folder_and_several_frames(tmp_path):
    write_case(tmp_path / "p", frames=3)
    compile_bench(tmp_path / "p", tmp_path / "p" / "region" / "net", "fast", tmp_path / "bench")
    done = subprocess.run(
        [tmp_path / "bench"], cwd=tmp_path / "p" / "vectors", capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "net: 3 frames, 120 beats, all equal\n")


def test_ports_are_the_rtl_wrappers():
    model = two_node_model()
    op = getCustomOp(model.graph.node[2])
    text = node_top(op, model)
    assert "void total(df::port_t<3, 6> &in0_V, df::port_t<5, 2> &out0_V)" in text
    names = op.get_verilog_top_module_intf_names()
    assert (names["s_axis"], names["m_axis"]) == ([("in0_V", 24)], [("out0_V", 16)])
    for pragma in ("axis port = in0_V", "axis port = out0_V", "ap_ctrl_none port = return"):
        assert f"#pragma HLS INTERFACE {pragma}\n" in text


def test_wide_port_is_refused():
    model = two_node_model()
    op = getCustomOp(model.graph.node[2])
    op.set_nodeattr("inputShape", [1, 4, 5, 1500])
    op.set_nodeattr("SIMD", 1500)
    with pytest.raises(HardwareError, match=r"node total: its stream in0_V has 4500 bits.*4096"):
        node_top(op, model)


# --- writing ----------------------------------------------------------------------------------


def test_written_again_only_what_changed_is_new(tmp_path):
    first = write_case(tmp_path / "p")
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "p").rglob("*")}
    again = write_case(tmp_path / "p")
    assert again == first
    assert stamps == {path: path.stat().st_mtime_ns for path in (tmp_path / "p").rglob("*")}
    other = write_case(tmp_path / "p", seed=2)
    assert [u.digest for u in other.units] != [u.digest for u in first.units]
    assert not [path for path in tmp_path.iterdir() if path.name != "p"]  # nothing temporary stays


def test_stale_units_go(tmp_path):
    write_case(tmp_path / "p")
    for name in ("operators/stale", "region/stale"):
        (tmp_path / "p" / name / "project_stale").mkdir(parents=True)
    (tmp_path / "p" / "vectors" / "stale.bin").write_bytes(b"x")
    kept = tmp_path / "p" / "operators" / "pad" / "project_pad"
    kept.mkdir()
    write_case(tmp_path / "p")
    assert kept.is_dir()
    assert not list((tmp_path / "p").rglob("*stale*"))


def test_no_path_of_this_machine_in_the_project(project):
    for path in project.folder.rglob("*"):
        if path.is_file() and path.suffix != ".bin":
            text = path.read_text()
            for word in (str(project.folder.parent), str(Path.cwd()), str(Path.home()) + "/"):
                assert word not in text, path


def test_wrong_vectors_are_refused(tmp_path, monkeypatch):
    model = two_node_model()
    vectors = dict(model_vectors(model))
    short = {**vectors, "pad": vectors["pad"][:-1]}
    arguments = (tmp_path / "p", "net", PART, CLOCK, 1)
    with pytest.raises(HardwareError, match="stream pad: 119 bytes of vectors, expected 120"):
        vitis.write_vitis_project(model, *arguments, short.items())
    del short["pad"]
    with pytest.raises(HardwareError, match="stream pad: no vectors"):
        vitis.write_vitis_project(model, *arguments, short.items())
    monkeypatch.setattr(vitis, "MAX_VECTOR_BYTES", 100)
    with pytest.raises(HardwareError, match="stream pad: the vectors of 1 frames take"):
        vitis.write_vitis_project(model, *arguments, vectors.items())
