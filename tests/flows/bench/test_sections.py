"""Sections duplicates, emulator, build and growth on small networks; Markdown; what is refused."""

import json

import numpy as np
import onnxruntime
import pytest

from flows.__main__ import main as flows_main
from flows.bench import __main__ as bench
from flows.bench import duplicates, emulator_speed, growth
from flows.bench.building import build_section
from flows.bench.our_figures import OurFigures
from flows.bench.plain_onnx import plain_onnx
from flows.bench.rows import Options, Row, Section, markdown
from flows.bench.subprocesses import run_subprocess
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import STEPS
from flows.build.steps.import_model import load_qonnx, prepare
from flows.errors import FlowError
from hw.synth.resources import Resources
from model.export import export
from tests.flows.builder import Builder, Network
from tests.flows.flow import small_network, write_config

SIZE = 64


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Configuration of a finished build of a small network."""
    path = write_config(tmp_path_factory.mktemp("small"), small_network(), name="small")
    assert flows_main(["build", str(path)]) == 0
    return Build.load(path)


@pytest.fixture(scope="module")
def dupnet(tmp_path_factory):
    """Configuration of a finished build of the smallest DupNet."""
    folder = tmp_path_factory.mktemp("dupnet")
    export("dupnet-tinier-yolo", 1, SIZE, folder / "dupnet.onnx")
    path = folder / "config.yaml"
    path.write_text("model: dupnet.onnx\noutput_dir: build\nname: dupnet\ntarget_fps: 1000\n")
    assert flows_main(["build", str(path)]) == 0
    return Build.load(path)


def _ours(build, jobs):
    """No yosys: a unit of LUTs a letter of the name of the network."""
    count = len(build.top)
    return OurFigures(10 * count, count, {"a": Resources(LUT=count)}, {"a": "MultiLevelMVAU"})


@pytest.mark.slow
def test_folds(dupnet, tmp_path, monkeypatch):
    monkeypatch.setattr(duplicates, "measure_ours", _ours)
    monkeypatch.setattr("flows.build.build.source_digest", lambda: "the same sources")
    found = duplicates.duplicates_section(dupnet, Options(tmp_path))
    rows = {row.what: row for row in found.rows}
    assert rows["LUT, dupnet-tinier-yolo"].value == len("dupnet")
    assert rows["LUT, ifq-tinier-yolo"].value == len("ifq_tinier_yolo")
    assert rows["clocks, ifq-tinier-yolo"].ratio == 15 / 6
    built = json.loads((tmp_path / "ifq-tinier-yolo/report/memories.json").read_text())
    ours = json.loads((dupnet.folder / "report/memories.json").read_text())
    bits = [data["total"]["weights"]["stored_bits"] for data in (built, ours)]
    assert bits[0] > 6 * bits[1]
    before = (tmp_path / "ifq-tinier-yolo/build_state.json").stat().st_mtime_ns
    duplicates.duplicates_section(dupnet, Options(tmp_path))
    assert (tmp_path / "ifq-tinier-yolo/build_state.json").stat().st_mtime_ns == before


def test_growth(dupnet, tmp_path, monkeypatch):
    def one(build, options, network, size):
        assert network == "dupnet-tinier-yolo"
        figures = {"clocks": size**2, "build": size**4, "peak memory of the build": 100.0}
        estimates = {f"{name}, the cost model's estimates": 5 for name in ("BRAM36", "LUT")}
        return {**figures, **estimates, "note": "timing model"}

    monkeypatch.setattr(growth, "_one", one)
    found = growth.growth_section(dupnet, Options(tmp_path), (32, 64, 128))
    rows = {row.what: row for row in found.rows}
    assert rows["clocks, 128 x 128"].ratio == 16
    assert rows["clocks, 128 x 128"].note == "timing model"
    powers = found.details["exponents"]
    assert (powers["clocks"], powers["build"]) == (pytest.approx(1), pytest.approx(2))
    assert powers["peak memory of the build"] == 0
    grows = found.facts["growth over the last two sizes"]
    assert "clocks: pixels^1.00; build: pixels^2.00 (worse than linear)" in grows


@pytest.mark.slow
def test_growth_agrees_with_the_simulated_rtl(dupnet, tmp_path):
    found = growth.growth_section(dupnet, Options(tmp_path), (32, 64))
    clocks = [row for row in found.rows if row.what.startswith("clocks")]
    assert {row.note for row in clocks} == {"timing model and simulated RTL, bit-exact"}
    for size, row in zip((32, 64), clocks, strict=True):
        assert (size + 2) ** 2 <= row.value <= 1.3 * (size + 2) ** 2


def test_growth_refuses_a_wrong_model(dupnet, tmp_path, monkeypatch):
    monkeypatch.setattr(growth, "clocks", lambda _: 1)
    monkeypatch.setattr(growth, "run_subprocess", lambda *_: None)
    with pytest.raises(FlowError, match=r"takes \d+ clocks, the timing model 7"):
        report = tmp_path / "built" / "report"
        report.mkdir(parents=True)
        found = '{"frame_intervals_clocks": [9, 6], "clocks_per_frame": 6}'
        (report / "rtlsim_performance.json").write_text(found)
        build = dupnet.of(output_dir=tmp_path / "built")
        growth._simulated(tmp_path / "c.yaml", build, tmp_path, 7, 32)


@pytest.mark.parametrize("section", [duplicates.duplicates_section, growth.growth_section])
def test_networks_of_the_zoo_alone(small, tmp_path, section):
    with pytest.raises(FlowError, match=r"net0\.onnx: section \w+ "):
        section(small, Options(tmp_path))


def test_build(small, tmp_path):
    rows = {row.what: row for row in build_section(small, Options(tmp_path)).rows}
    assert list(rows)[: len(STEPS)] == list(STEPS)
    assert rows["the process"].value > rows["all steps"].value > 0
    assert rows["its peak memory"].value > 50
    same = Build.load(tmp_path / "build.yaml")
    assert same.config.fingerprint() == small.config.fingerprint()


def test_emulator(dupnet, tmp_path):
    rows = {
        row.what: row for row in emulator_speed.emulator_section(dupnet, Options(tmp_path)).rows
    }
    assert rows["onnxruntime, float32"].ratio == 1.0
    for name in ("onnxruntime, float32", "QONNX execution"):
        assert "100.0 % of the outputs equal" in rows[name].note
    for name in ("emulator", "emulator with the duplicates", "QONNX execution"):
        assert rows[name].ratio > 0


def test_emulator_compares_the_integers(dupnet):
    frames = np.zeros((1, SIZE, SIZE, 3), np.uint8)
    emulator = emulator_speed.Emulator(dupnet.model(StepName.STREAMLINE))

    class Other:
        def run(self, frames):
            return emulator.run(frames) + 1

    with pytest.raises(FlowError, match="change when its duplicates"):
        emulator_speed._same_integers(emulator, Other(), frames)
    emulator_speed._same_integers(emulator, emulator, frames)


def _signed():
    """Signed levels, a narrow range, a batch normalization."""
    b = Builder(np.random.default_rng(5), (2, 6, 6), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.conv(tensor, b.rng.integers(-1, 2, (4, 2, 3, 3)), "ternary", (1, 1), [1] * 4)
    tensor = b.quant(b.batch_norm(tensor), 3, True, narrow=True)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (3, 4, 1, 1)), "binary", (1, 1), [0] * 4)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


@pytest.mark.parametrize("network", [small_network, _signed])
def test_plain_onnx_is_the_network(tmp_path, network):
    net = network()
    made = plain_onnx(prepare(load_qonnx(net.save(tmp_path))))
    assert not any(node.domain for node in made.graph.node)
    session = onnxruntime.InferenceSession(made.SerializeToString())
    name = session.get_inputs()[0].name
    for frame in net.frames(2):
        real = (frame.transpose(2, 0, 1)[None] * net.step).astype(np.float32)
        (found,) = session.run(None, {name: real})
        expected, _ = net.reference(frame)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_plain_onnx_refuses_other_rounding(tmp_path):
    b = Builder(np.random.default_rng(0), (1, 4, 4), 2.0**-8, exact=True)
    net = b.finish(b.quant("x", 2, False, mode="FLOOR"))
    path = tmp_path / "floor.onnx"
    path.write_bytes(net.SerializeToString())
    with pytest.raises(FlowError, match=r"node Quant_\d \(Quant\): not written out"):
        plain_onnx(prepare(load_qonnx(path)))


def test_child_that_fails(tmp_path):
    with pytest.raises(FlowError, match=r"log: .*No module named no_such_module"):
        run_subprocess(["no_such_module"], tmp_path / "log")


def test_markdown():
    rows = [Row("a", 1234567.0, "LUT", "note"), Row("b", 0.5, "s", ratio=2.0, against="a")]
    text = markdown(Section("s", "Title", rows, {"fact": "value"}))
    assert text.splitlines()[0] == "### Title (`s`)"
    assert "| a | 1,234,567 LUT |  | note |" in text
    assert "| b | 0.5 s | 2 x |  |" in text
    assert text.endswith("- fact: value\n")


def test_sections_of_other_settings_do_not_stay_in_the_table(small, tmp_path, monkeypatch):
    """Those of earlier runs with the same settings do."""
    monkeypatch.setattr(bench, "_build_if_stale", lambda build: None)
    for name in ("duplicates", "growth"):
        section = Section(name, name, [Row("a", 1.0, "LUT")])
        monkeypatch.setitem(bench.SECTIONS, name, lambda *_, section=section: section)
    build, kept = tmp_path / "c.yaml", tmp_path / "bench.json"
    (tmp_path / "m.onnx").write_bytes(b"a")

    def run(section, fps):
        text = f"model: m.onnx\noutput_dir: {small.folder}\ntarget_fps: {fps}\n"
        build.write_text(text)
        assert bench.main([str(build), "--sections", section, "--json", str(kept)]) == 0
        return [entry["name"] for entry in json.loads(kept.read_text())["sections"]]

    assert run("duplicates", 60) == ["duplicates"]
    assert run("growth", 60) == ["duplicates", "growth"]
    assert run("growth", 30) == ["growth"]
    (tmp_path / "m.onnx").write_bytes(b"b")
    assert run("duplicates", 30) == ["duplicates"]
