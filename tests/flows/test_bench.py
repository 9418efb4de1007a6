"""``make bench``: rows and ratios, sections, and rivals that are missing or wrong."""

import json

import pytest

from flows.__main__ import main as flows_main
from flows.bench import __main__ as bench
from flows.bench import cppsim as section
from flows.bench.__main__ import main
from flows.bench.rows import Row, Section, missing, table, with_ratios
from tests.flows.flow import write_config
from tests.flows.run.test_cppsim import NET


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Configuration of a finished build."""
    path = write_config(tmp_path_factory.mktemp("bench"), NET, target_fps=1000, name="small")
    assert flows_main(["build", str(path)]) == 0
    return path


def test_ratios_and_table():
    rows = with_ratios(
        [Row("a", 0.5, "s"), Row("b", 2.0, "s", "note"), Row("c", 9.0, "MB"), missing("d", "gone")],
        "a",
    )
    assert [row.ratio for row in rows] == [1.0, 4.0, None, None]
    assert rows[1].against == "a"
    assert with_ratios(rows[3:], "a")[0].ratio is None
    text = table(Section("s", "Title", rows, {"fact": "value"}))
    assert text.splitlines()[:2] == ["Title", "  fact: value"]
    assert "not measured" in text.splitlines()[-1]
    assert text.endswith("gone")


def _run(config, tmp_path, *arguments):
    out = tmp_path / "bench.json"
    status = main([str(config), "--json", str(out), "--frames", "2", *arguments])
    assert status == 0
    (found,) = json.loads(out.read_text())["sections"]
    return {row["what"]: row for row in found["rows"]}


def test_cppsim_section(config, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(section, "_hls4ml", lambda *_: missing("hls4ml", "not in this test"))
    rows = _run(config, tmp_path, "--sections", "cppsim")
    for name in ("cppsim, fast build", "cppsim, exact build"):
        assert rows[name]["value"] > 0
        assert "3 boundaries exact" in rows[name]["note"]
    assert rows["cppsim, fast build"]["ratio"] == 1.0
    assert rows["emulator (onnxruntime)"]["ratio"] > 0
    assert "100.0 % of the outputs are the emulator's" in rows["QONNX execution"]["note"]
    finn = rows["finn-hlslib, one process a node"]
    assert (finn["value"], finn["ratio"]) == (None, None)
    assert finn["note"] == "left out: it is not on PyPI; give a clone of it as FINN_HLSLIB="
    assert "not measured" in capsys.readouterr().out


def test_rivals_that_fail(config, tmp_path, monkeypatch):
    monkeypatch.setattr(section.sys, "executable", "/bin/false")
    rows = _run(config, tmp_path, "--sections", "cppsim", "--finn-hlslib", str(tmp_path / "none"))
    for name in ("hls4ml, g++ emulation", "finn-hlslib, one process a node"):
        assert rows[name]["value"] is None
    assert "no bnn-library.h; expected a clone" in rows["finn-hlslib, one process a node"]["note"]


@pytest.mark.slow
def test_hls4ml(config, tmp_path):
    row = _run(config, tmp_path, "--sections", "cppsim")["hls4ml, g++ emulation"]
    assert row["value"] > 0
    assert "100.0 % of the outputs are the emulator's" in row["note"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sections", "x"], "unknown section x; sections: cppsim"),
        (["--frames", "0"], "--frames 0: expected at least 1"),
        (["--jobs", "0"], "--jobs 0: expected 1 or more"),
        (
            ["--sections", "duplicates"],
            "{model}: section duplicates compares a dupnet network of the zoo",
        ),
    ],
)
def test_bad_arguments(config, capsys, arguments, message):
    assert main([str(config), *arguments]) == (2 if message.startswith("--") else 1)
    model = config.parent / "net0.onnx"
    assert capsys.readouterr().err.startswith(f"error: {message.format(model=model)}")


def test_sections_of_several_runs_stand_together(config, tmp_path, monkeypatch, capsys):
    made = iter(range(9))

    def section(name):
        return lambda *_: Section(name, name, [Row("a", float(next(made)), "s")])

    monkeypatch.setattr(bench, "SECTIONS", {name: section(name) for name in ("one", "two")})
    files = [str(config), "--json", str(tmp_path / "b.json"), "--markdown", str(tmp_path / "b.md")]
    for names in ("two", "one", "two"):
        assert main([*files, "--sections", names]) == 0
    data = json.loads((tmp_path / "b.json").read_text())
    values = {entry["name"]: entry["rows"][0]["value"] for entry in data["sections"]}
    assert list(values.items()) == [("one", 1.0), ("two", 2.0)]
    text = (tmp_path / "b.md").read_text()
    assert text.index("(`one`)") < text.index("(`two`)")
    (tmp_path / "b.json").write_text("[]")
    assert main([*files, "--sections", "one"]) == 0
    data = json.loads((tmp_path / "b.json").read_text())
    assert [entry["name"] for entry in data["sections"]] == ["one"]
