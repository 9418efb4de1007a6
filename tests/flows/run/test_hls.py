"""``flows hls``: the project without Vitis HLS, and what is done with a stand-in for it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import flows.run.hls
from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.run.hls import vectors
from hw.hls.project import write_project
from hw.sim.beats import pack
from tests.flows.flow import write_config
from tests.flows.networks import random_network
from tests.hw.hls.vitis_case import compile_bench, fake_tool, parsed_calls, run_bench


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A finished build that tests copy."""
    net = random_network(1)
    path = write_config(tmp_path_factory.mktemp("hls"), net, name="acc", synth_clk_period_ns=6.5)
    assert main(["build", str(path)]) == 0
    return net, path


@pytest.fixture
def config(built, tmp_path):
    """The configuration file of a copy of the build."""
    shutil.copytree(built[1].parent, tmp_path / "copy")
    return tmp_path / "copy" / built[1].name


@pytest.fixture
def no_tool(monkeypatch, tmp_path):
    """A PATH without Vitis HLS."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """A PATH with the stand-in for Vitis HLS; returns a function: tops it ran since last asked."""
    monkeypatch.setenv("PATH", str(fake_tool(tmp_path / "bin")))
    log = tmp_path / "log"
    monkeypatch.setenv("FAKE_LOG", str(log))

    def ran():
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line.split("hls_syn_")[1].removesuffix(".tcl") for line in lines]

    return ran


def result(config):
    return json.loads((config.parent / "build" / "report" / "hls_synth.json").read_text())


def test_without_the_tool(config, no_tool, capsys, tmp_path, monkeypatch):
    assert main(["hls", str(config)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        "error: Vitis HLS is missing: neither vitis_hls nor vitis-run is on the PATH; "
        "9 of 9 top levels are not synthesized."
    )
    assert "`sh run_all.sh`" in said and "`python -m flows cppsim`" in said
    assert said.count("\n") == 1
    found = result(config)
    assert (found["tool"], found["complete"], found["faults"]) == (None, False, [])
    assert len(found["not_run"]) == 9 and list(found["region"]) == ["acc"]
    assert found["clock_ns"] == 6.5
    # the project can be moved, and is right as far as a C++ compiler can tell
    folder = tmp_path / "elsewhere"
    shutil.move(config.parent / "build" / "hls" / "vitis", folder)
    monkeypatch.setenv("PATH", os.defpath)
    for unit, kind in (("region/acc", "fast"), ("operators/conv1_mvau", "synthesis")):
        calls = parsed_calls(folder / unit / f"hls_syn_{Path(unit).name}.tcl")
        assert ["create_clock", "-period", "6.5", "-name", "default"] in calls
        assert ["set_part", "xc7z020clg400-1"] in calls
        for call in calls:
            if call[0] == "add_files":
                assert Path(call[1 + (call[1] == "-tb")]).is_file()
        compile_bench(folder, folder / unit, kind, tmp_path / "bench")
        status, text = run_bench(tmp_path / "bench", folder / "vectors")
        assert status == 0, text


def test_write_only(config, no_tool, capsys):
    assert main(["hls", str(config), "--write-only"]) == 0
    said = capsys.readouterr().out
    assert "8 operators and the network, 1 frame(s)" in said
    assert (config.parent / "build" / "hls" / "vitis" / "run_all.sh").is_file()
    assert not (config.parent / "build" / "report" / "hls_synth.json").exists()


def test_vectors_are_the_emulators(built, tmp_path):
    """Every stream that is a tensor of the integer graph, of all frames, in its order."""
    from flows.run.emulator import Emulator

    net, path = built
    config = Build.load(path)
    model = config.model(StepName.INSERT_STREAMS)
    project = write_project(model, tmp_path / "cpp", "acc")
    emulator = Emulator(config.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    frames = net.frames(2)
    found = dict(vectors(model, emulator, frames))
    assert set(found) == {stream.name for stream in project.streams}
    last = project.of_kind("output")[0]
    beats = emulator.run(frames).reshape(-1, last.lanes)
    assert found[last.name] == pack(beats, last.bits, last.signed).tobytes()
    source = project.of_kind("input")[0]
    pixels = frames.astype(np.int64).reshape(-1, source.lanes)
    assert found[source.name] == pack(pixels, 8, False).tobytes()


def test_with_the_tool(config, fake, capsys, monkeypatch):
    assert main(["hls", str(config)]) == 0
    assert len(fake()) == 9
    found = result(config)
    assert (found["tool"], found["complete"], found["not_run"]) == ("Vitis HLS 2022.2", True, [])
    entry = found["region"]["acc"]
    assert (entry["status"], entry["cosim"]) == ("passed", "pass")
    assert entry["interval_clocks"] == [43, 43] and entry["resources"]["LUT"] == 1234
    assert (config.parent / "build" / entry["ip"] / "component.xml").is_file()
    # done is done; what is reported stays reported, also where the tool is not
    assert main(["hls", str(config)]) == 0
    assert fake() == []
    assert "9 top levels synthesized" in capsys.readouterr().out
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["hls", str(config)]) == 0
    assert result(config) == found


def test_cosim_failure_fails_and_the_rest_is_kept(config, fake, capsys, monkeypatch):
    monkeypatch.setenv("FAKE_FAIL", "conv1_mvau:cosim")
    assert main(["hls", str(config)]) == 1
    said = capsys.readouterr().err
    assert "HLS: 1 of 9 top levels failed; conv1_mvau: cosim: ERROR: [COSIM 212-4]" in said
    assert len(fake()) == 9
    found = result(config)
    assert not found["complete"]
    assert found["faults"] == [
        "conv1_mvau: cosim: ERROR: [COSIM 212-4] *** C/RTL co-simulation finished: FAIL ***"
    ]
    assert found["operators"]["conv1_mvau"]["cosim"] == "fail"
    assert found["operators"]["conv1_pad"]["status"] == "passed"
    monkeypatch.delenv("FAKE_FAIL")
    assert main(["hls", str(config)]) == 0
    assert fake() == ["conv1_mvau"]


def test_nodes(config, fake, capsys):
    assert main(["hls", str(config), "--nodes", "act0,acc"]) == 0
    assert fake() == ["act0", "acc"]
    found = result(config)
    assert not found["complete"] and len(found["not_run"]) == 7
    assert main(["hls", str(config), "--nodes", "act1"]) == 1
    assert "no node act1 to synthesize; there are: act0," in capsys.readouterr().err


def test_frames_are_the_users(config, built, fake, capsys, tmp_path):
    np.save(tmp_path / "x.npy", built[0].frames(2))
    assert main(["hls", str(config), "--nodes", "act0", "--input", str(tmp_path / "x.npy")]) == 0
    assert result(config)["frames"] == 2
    # other vectors: the results are not of these
    fake()
    assert main(["hls", str(config), "--nodes", "act0"]) == 0
    assert fake() == ["act0"]
    np.save(tmp_path / "x.npy", built[0].frames(5))
    assert main(["hls", str(config), "--input", str(tmp_path / "x.npy")]) == 1
    assert "5 frames of vectors; at most 4" in capsys.readouterr().err


def test_results_from_another_machine(config, fake, tmp_path, monkeypatch):
    """Written here, run there by run_all.sh in a moved folder, read here."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["hls", str(config)]) == 1
    folder = config.parent / "build" / "hls" / "vitis"
    shutil.move(folder, tmp_path / "there")
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.defpath}"}
    subprocess.run(["/bin/sh", tmp_path / "there" / "run_all.sh"], check=True, env=environment)
    assert len(fake()) == 9
    shutil.move(tmp_path / "there", folder)
    assert main(["hls", str(config)]) == 0
    assert result(config)["complete"]


def test_a_new_build_removes_the_report(config, fake):
    assert main(["hls", str(config), "--nodes", "act0"]) == 0
    assert main(["build", str(config)]) == 0
    assert not (config.parent / "build" / "report" / "hls_synth.json").exists()
    fake()
    assert main(["hls", str(config), "--nodes", "act0"]) == 0
    assert fake() == []  # the same sources: Vitis HLS's results stand


def test_interrupted(config, fake, monkeypatch):
    """Nodes that were done before stay done and reported."""
    real, done = flows.run.hls.run_unit, []

    def run_unit(unit, tool):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(unit.name)
        return real(unit, tool)

    monkeypatch.setattr(flows.run.hls, "run_unit", run_unit)
    assert main(["hls", str(config)]) == 130
    assert len(result(config)["not_run"]) == 7
    monkeypatch.setattr(flows.run.hls, "run_unit", real)
    assert main(["hls", str(config)]) == 0
    ran = fake()
    assert len(ran) == len(set(ran)) == 9


def test_folder_that_cannot_be_written(config, no_tool, capsys):
    (config.parent / "build" / "hls").write_text("a file")
    assert main(["hls", str(config)]) == 1
    assert "build/hls/vitis: cannot be written: Not a directory" in capsys.readouterr().err


def test_before_the_build(tmp_path, capsys):
    path = write_config(tmp_path, random_network(1))
    assert main(["hls", str(path)]) == 1
    assert "step insert_streams has not been built" in capsys.readouterr().err
