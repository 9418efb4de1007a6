"""``synth``: tables and reports of a build, the refusals, a run by the real yosys."""

import json

import pytest

from flows.__main__ import main
from flows.run import synth as flow
from hw.errors import HardwareError
from hw.shell import board_top
from hw.synth.resources import Resources
from hw.tools.yosys import Yosys
from tests.flows.flow import write_config
from tests.flows.networks import random_network


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Configuration file of a small build."""
    path = write_config(tmp_path_factory.mktemp("synth"), random_network(1001), target_fps=20_000)
    assert main(["build", str(path)]) == 0
    return path


@pytest.fixture
def fake(monkeypatch):
    """No yosys: every module takes 3 LUTs and an RAMB18. Yields the names synthesized."""
    names = []

    def synthesize(unit, family, yosys, work, cache):
        names.append(unit.name)
        if unit.name.endswith(("_board", "_shell")):
            is_whole = unit.name.endswith("_board")
            assert "dma_shell.sv" in unit.sources
            assert any(name.startswith("mvau") for name in unit.sources) == is_whole
            return Resources(LUT=300 if is_whole else 70, FF=6, BRAM_36K=7 * is_whole), 0.5
        return Resources(LUT=3, LC=2, FF=5, BRAM_18K=1), 0.5

    monkeypatch.setattr(flow, "find_yosys", lambda: Yosys(("yosys",), "Yosys 9 (test)"))
    monkeypatch.setattr(flow, "synthesize", synthesize)
    return names


def _nodes(config):
    path = config.parent / "build" / "report" / "estimate_layer_cycles.json"
    return list(json.loads(path.read_text()))


def test_reports_and_table(config, fake, capsys):
    assert main(["synth", str(config), "--jobs", "2"]) == 0
    report = config.parent / "build" / "report"
    figures = json.loads((report / "post_synth_resources.json").read_text())
    nodes = _nodes(config)
    assert list(figures) == ["(top)", "(operators)", "(shell)", *nodes]
    keys = {"LUT", "FF", "SRL", "BRAM_36K", "BRAM_18K", "DSP", "LUTRAM", "CARRY4"}
    assert all(keys <= set(entry) for entry in figures.values())
    assert figures["(operators)"]["LUT"] == 3 * len(nodes) and set(nodes) <= set(fake)
    assert figures["(top)"]["LUT"] == 300 and figures["(shell)"]["LUT"] == 70
    memories = json.loads((report / "synth_memories.json").read_text())
    stored = json.loads((report / "memories.json").read_text())["memories"]
    assert len(memories["memories"]) == len(stored)
    for kind in ("weights", "thresholds"):
        ideal = sum(m["ideal_bits"] for m in memories["memories"] if m["kind"] == kind)
        assert ideal == sum(m["stored_bits"] for m in stored if m["kind"] == kind)
    text = capsys.readouterr().out
    assert f"Yosys 9, synth_xilinx -family xc7, {len(nodes)} operators" in text
    assert f"[{len(nodes) + 2}/{len(nodes) + 2}]" in text and "0.5 s, 3 LUT" in text
    assert "estimates by yosys" in text
    part = next(line for line in text.splitlines() if line.startswith("xc7z020clg400-1 has"))
    assert part.split()[2:] == ["53200", "106400", "140", "220"]
    used = next(line for line in text.splitlines() if line.startswith("used"))
    assert used.split()[3:] == ["0.6", "%", "0.0", "%", "5.0", "%", "0.0", "%"]  # of (top)
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.startswith("(")}
    assert rows["(shell)"][:3] == ["(shell)", "alone", "70"]
    assert rows["(top)"][:5] == ["(top)", "both", "as", "one", "300"]


def test_where_no_shell_fits_the_sum_is_the_whole(config, fake, monkeypatch, capsys):
    def nine(design):
        raise HardwareError("design d: a board's shell takes 1 to 8 input streams, not 9")

    monkeypatch.setattr(board_top, "board_engines", nine)
    assert main(["synth", str(config)]) == 0
    assert "without a shell: design d: a board's shell takes" in capsys.readouterr().out
    report = config.parent / "build" / "report" / "post_synth_resources.json"
    figures = json.loads(report.read_text())
    assert "(shell)" not in figures and figures["(top)"] == figures["(operators)"]


def test_the_whole_may_be_left_out(config, fake, capsys):
    assert main(["synth", str(config), "--no-whole"]) == 0
    assert not any(name.endswith(("_board", "_shell")) for name in fake)
    assert "both as one" not in capsys.readouterr().out


def test_the_whole_alone(config, fake, capsys):
    report = config.parent / "build" / "report" / "post_synth_resources.json"
    report.unlink(missing_ok=True)
    assert main(["synth", str(config), "--whole-only", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["top"]["LUT"], found["shell"]["LUT"]) == (300, 70)
    assert [name.rpartition("_")[2] for name in fake] == ["board", "shell"]
    assert not report.exists()
    assert main(["synth", str(config), "--whole-only", "--no-whole"]) in (1, 2)


@pytest.mark.slow
def test_the_whole_is_about_the_sum_of_its_parts(config, capsys):
    """By yosys itself: what is flat together is at most a fifth away from what lies apart."""
    assert main(["synth", str(config)]) == 0
    report = config.parent / "build" / "report" / "post_synth_resources.json"
    found = json.loads(report.read_text())
    for name in ("LUT", "FF"):
        parts = found["(operators)"][name] + found["(shell)"][name]
        assert 0.8 * parts < found["(top)"][name] < 1.2 * parts
    assert found["(shell)"]["LUT"] > 500


def test_some_nodes_leave_the_report_alone(config, fake, capsys):
    assert main(["synth", str(config)]) == 0
    report = config.parent / "build" / "report" / "post_synth_resources.json"
    before = report.read_text()
    fake.clear()
    node = _nodes(config)[0]
    assert main(["synth", str(config), "--nodes", node]) == 0
    assert [name for name in fake if not name.endswith("_rom")] == [node]
    assert report.read_text() == before
    assert "xc7z020" not in capsys.readouterr().out.rpartition("operators")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nodes", "nobody"], "no node nobody (--nodes, NODES=); nodes: "),
        (["--jobs", "0"], "--jobs 0: expected 1 or more"),
    ],
)
def test_refusals(config, fake, capsys, arguments, message):
    assert main(["synth", str(config), *arguments]) == (2 if message.startswith("--") else 1)
    assert message in capsys.readouterr().err


def test_failure_leaves_no_report(config, fake, monkeypatch, capsys):
    assert main(["synth", str(config)]) == 0

    def fail(*_):
        raise HardwareError("node conv: it failed")

    monkeypatch.setattr(flow, "synthesize", fail)
    assert main(["synth", str(config)]) == 1
    assert "error: node conv: it failed" in capsys.readouterr().err
    assert not (config.parent / "build" / "report" / "post_synth_resources.json").exists()


def test_missing_yosys(config, monkeypatch, capsys):
    def missing():
        raise HardwareError("synthesis needs yosys, which is missing")

    monkeypatch.setattr(flow, "find_yosys", missing)
    assert main(["synth", str(config)]) == 1
    assert "error: synthesis needs yosys, which is missing" in capsys.readouterr().err


def test_one_operator_by_yosys_and_again(config, capsys):
    node = min(_nodes(config), key=lambda name: "mvau" in name or "window" in name)
    assert main(["synth", str(config), "--nodes", node]) == 0
    first = capsys.readouterr().out
    assert f"{node}: kept" not in first
    assert main(["synth", str(config), "--nodes", node]) == 0
    again = capsys.readouterr().out
    assert f"[1/1] {node}: kept" in again
    assert first.partition("operator (")[2] == again.partition("operator (")[2]
