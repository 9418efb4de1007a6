"""``pnr``: table and report of a build, the refusals, a run by the real tools."""

import json

import pytest

from flows.__main__ import main
from flows.run import pnr as flow
from hw.errors import HardwareError
from hw.pnr.operator import OperatorTiming
from hw.tools.nextpnr import Tool
from hw.tools.yosys import Yosys
from tests.flows.flow import small_network, write_config

PATH = {"from": "i_operator.i_core.a_q", "to": "b_q", "ns": 9.5, "logic_ns": 6, "routing_ns": 3.5}
NET = {"net": "i_operator.i_core.b_q", "loads": 123, "driver": "LUT4", "at": {"LUT4.A": 123}}


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Configuration file of a small build."""
    path = write_config(tmp_path_factory.mktemp("pnr"), small_network(), target_fps=20_000)
    assert main(["build", str(path)]) == 0
    return path


@pytest.fixture
def fake(monkeypatch):
    """No tools: every module reaches 105 MHz, mvaus 95. Yields the (unit, target) of each run."""
    runs = []

    def timing(unit, target, work, cache, tell, line):
        tell("netlist: kept")
        runs.append((unit, target))
        fmax = 95.0 if "mvau" in unit.name else 105.0
        nets = [NET] if "mvau" in unit.name else []
        return OperatorTiming(fmax, {**PATH, "hops": []}, 30, 20, 1, 4, nets), 0.5

    monkeypatch.setattr(flow, "find_yosys", lambda: Yosys(("yosys",), "Yosys 9 (test)"))
    monkeypatch.setattr(flow, "find_nextpnr", lambda: Tool("nextpnr", ("pnr",), "nextpnr-9"))
    monkeypatch.setattr(flow, "operator_timing", timing)
    return runs


def _report(config, name="post_route_timing"):
    return config.parent / "build" / "report" / f"{name}.json"


def _nodes(config):
    return list(json.loads(_report(config, "estimate_layer_cycles").read_text()))


def test_report_and_table(config, fake, capsys):
    assert main(["pnr", str(config), "--jobs", "2"]) == 0
    report, nodes = json.loads(_report(config).read_text()), _nodes(config)
    assert (
        list(report["operators"])
        == nodes
        == sorted((unit.name for unit, _ in fake), key=nodes.index)
    )
    assert (report["tools"], report["wanted_mhz"]) == ("Yosys 9, nextpnr-9", 100.0)
    of = report["operators"][nodes[0]]
    assert (of["fmax_mhz"], of["TRELLIS_COMB"], of["DP16KD"]) == (105.0, 30, 1)
    assert of["critical_path"]["from"] == PATH["from"]
    text = capsys.readouterr().out
    assert (
        "--85k --package CABGA381 --speed 6 --freq 100 --seed 1 --lpf-allow-unconstrained, " in text
    )
    assert "0.5 s, 95.0 MHz" in text and "netlist" not in text
    row = next(line for line in text.splitlines() if line.startswith(f"{nodes[0]} "))
    assert row.split()[1:] == [
        "105.0",
        "9.50",
        "6.00",
        "3.50",
        "30",
        "20",
        "1",
        "4",
        "a_q",
        "->",
        "b_q",
    ]
    slow = [name for name in nodes if "mvau" in name]
    assert slow and f"{len(nodes) - len(slow)} of {len(nodes)} operators reach 100 MHz" in text
    assert f"below it: {', '.join(slow)}" in text
    assert of["fan_out"] == ([NET] if nodes[0] in slow else [])
    wide = text.partition("nets of 100 loads and more")[2].splitlines()[2:]
    assert [row.split() for row in wide if row] == [
        ["123", name, "b_q", "LUT4", "LUT4.A"] for name in sorted(slow)
    ]


def test_some_nodes_and_another_part_leave_the_report_alone(config, fake, capsys):
    assert main(["pnr", str(config)]) == 0
    before = _report(config).read_text()
    fake.clear()
    node = _nodes(config)[0]
    part = ["--device", "25k", "--speed", "8", "--mhz", "50", "--seed", "3"]
    assert main(["pnr", str(config), "--nodes", node, *part]) == 0
    ((unit, target),) = fake
    assert unit.name == node
    assert (target.device, target.speed, target.mhz, target.seed) == ("25k", 8, 50.0, 3)
    assert _report(config).read_text() == before
    assert "1 of 1 operators reach 50 MHz; below it: none" in capsys.readouterr().out


def test_whole_network_is_one_unit_with_all_memories(config, fake, capsys):
    _report(config).unlink(missing_ok=True)
    assert main(["pnr", str(config), "--whole"]) == 0
    assert "netlist: kept" in capsys.readouterr().out
    ((unit, _),) = fake
    rtl = config.parent / "build" / "rtl"
    assert f"module {unit.name} (" in unit.sources[f"{unit.name}.sv"]
    # not the file of weights that are in a graph of adders
    wrappers = "".join(path.read_text() for path in rtl.glob("conv*.sv"))
    named = {path.name for path in rtl.glob("*.mem") if f'"{path.name}"' in wrappers}
    assert named and set(unit.memories) == named
    assert list(
        json.loads(_report(config, "post_route_timing_network").read_text())["operators"]
    ) == [unit.name]
    assert not _report(config).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nodes", "nobody"], "no node nobody (--nodes, NODES=); nodes: "),
        (["--jobs", "0"], "--jobs 0: expected 1 or more"),
        (["--whole", "--nodes", "a"], "--whole: expected without --nodes"),
        (["--speed", "9"], "ECP5 speed grade 9: expected 6, 7 or 8"),
    ],
)
def test_refusals(config, fake, capsys, arguments, message):
    assert main(["pnr", str(config), *arguments]) == (2 if message.startswith("--") else 1)
    assert message in capsys.readouterr().err
    assert not fake


def test_failure_leaves_no_report(config, fake, monkeypatch, capsys):
    assert main(["pnr", str(config)]) == 0

    def fail(*_):
        raise HardwareError("node conv: it failed")

    monkeypatch.setattr(flow, "operator_timing", fail)
    assert main(["pnr", str(config)]) == 1
    assert "error: node conv: it failed" in capsys.readouterr().err
    assert not _report(config).exists()


def test_missing_nextpnr(config, fake, monkeypatch, capsys):
    def missing():
        raise HardwareError("place and route needs nextpnr-ecp5, which is missing")

    monkeypatch.setattr(flow, "find_nextpnr", missing)
    assert main(["pnr", str(config)]) == 1
    assert "error: place and route needs nextpnr-ecp5, which is missing" in capsys.readouterr().err


def test_one_operator_by_the_tools_and_again(config, capsys):
    node = next(name for name in _nodes(config) if "pool" in name)
    assert main(["pnr", str(config), "--nodes", node]) == 0
    first = capsys.readouterr().out
    assert f"{node}: kept" not in first
    assert main(["pnr", str(config), "--nodes", node]) == 0
    again = capsys.readouterr().out
    assert f"[1/1] {node}: kept" in again
    assert first.partition("operator (")[2] == again.partition("operator (")[2]
