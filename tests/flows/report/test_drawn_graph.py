"""The drawn dataflow graph and its cards: nothing left out, duplicates and times where they are."""

import re
from pathlib import Path

import pytest

from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.files import write_model
from flows.report.cards import Graph, graph_section
from flows.report.facts import Facts, gather
from flows.report.html import write_report
from flows.report.shown import show
from flows.report.timeline import timeline
from tests.flows.flow import write_config
from tests.flows.report.report_case import put, report, simulation
from tests.flows.residual import residual
from tests.flows.several_outputs import file


def _graph(build: Build) -> tuple[Facts, Graph]:
    facts = gather(build)
    times = timeline(build, facts.simulation, [node.name for node in facts.nodes])
    return facts, graph_section(build, facts, show(build), times).data


def _streams(facts: Facts) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in facts.edges]


def test_every_node_is_drawn_and_has_its_card(build: Build) -> None:
    facts, graph = _graph(build)
    names = [node.name for node in facts.nodes]
    drawn = [box for box in graph.drawing.boxes if box.link]
    assert sorted(box.link for box in drawn) == sorted(f"op-{name}" for name in names)
    assert [card.node.name for card in graph.cards] == names
    assert len(graph.drawing.streams) == len(names) + 1
    assert _streams(facts) == [*zip(["", *names], [*names, ""], strict=True)]  # a chain
    page = report(build)
    for name in names:
        assert page.count(f'id="op-{name}"') == 1


def test_duplicates_are_told_where_they_act(build: Build) -> None:
    _, graph = _graph(build)
    badges = {box.title: box.badge for box in graph.drawing.boxes if box.badge}
    assert badges == {"conv1_mvau": "F = 2", "sum2": "D = 2", "conv2_mvau": "D = 2"}
    page = " ".join(re.sub("<.*?>", "", report(build)).split())
    assert "F = 2 acts here. conv1 takes its input 2 times" in page
    assert "144 weights become 72, 5,184 MACs a frame become 2,592" in page
    assert "This operator adds up the 2 channels that share their weights" in page
    assert "108 weights become 54" in page
    assert page.count("arXiv 1911.05341") == 4  # three operators, and the section of duplicates


def test_cards_say_shape_folding_and_what_is_stored(build: Build) -> None:
    _, graph = _graph(build)
    card = next(card for card in graph.cards if card.node.name == "conv2_mvau")
    assert card.node.comes.size == "6 \N{MULTIPLICATION SIGN} 6 \N{MULTIPLICATION SIGN} 18"
    assert card.node.goes.shape == (6, 6, 3)
    assert card.node.weight_bits == 54
    assert {"PE", "SIMD"} <= set(card.node.folding)
    assert card.tensor == "conv2"
    assert card.map is not None
    assert card.compared == []  # nothing has run
    fifos = [card for card in graph.cards if card.fifo is not None]
    assert fifos
    assert all(card.fifo and card.fifo.fill is None for card in fifos)


def test_times_are_the_simulations(build: Build) -> None:
    names = [node.name for node in gather(build).nodes]
    first = {name: [10 + at, 1010 + at] for at, name in enumerate(names)}
    last = {name: [900 + at, 1900 + at] for at, name in enumerate(names)}
    changes = {"stream_first_clocks": first, "stream_last_clocks": last}
    put(build, "rtlsim_performance", simulation(build, **changes))
    facts, graph = _graph(build)
    assert graph.measured
    stretch = graph.cards[1].stretches[0]
    assert (stretch.first, stretch.last) == (1, 891)  # from the first beat of all
    whole = 1900 + len(names) - 1 - 10 + 1
    assert stretch.begin == pytest.approx(1 / whole)
    assert stretch.end == pytest.approx(892 / whole)
    assert graph.cards[0].compared == []
    compared = {card.tensor: card.compared for card in graph.cards if card.tensor}
    assert compared["conv2"] == ["RTL simulation = emulator"]
    assert facts.simulation is not None


def test_without_a_simulation_the_model_tells_the_times(build: Build) -> None:
    _, graph = _graph(build)
    assert not graph.measured
    assert graph.timeline is not None
    assert "(by the timing model)" in graph.timeline.title
    ends = [card.stretches[0].last for card in graph.cards]
    assert ends == sorted(ends)  # of a chain, each ends behind the one before


@pytest.mark.slow
def test_a_residual_network(tmp_path: Path) -> None:
    build = Build.load(write_config(tmp_path, residual(), target_fps=100_000))
    run_steps(build)
    facts, graph = _graph(build)
    streams = _streams(facts)
    fork = next(node.name for node in facts.nodes if node.name.endswith("_dup"))
    assert [source for source, _ in streams].count(fork) == 2
    assert [target for _, target in streams].count("add3") == 2
    assert next(card for card in graph.cards if card.node.name == fork).stretches
    xs = {round(box.x + box.width / 2) for box in graph.drawing.boxes}
    assert len(xs) >= 3  # the trunk, the branch, the shortcut
    page = write_report(build, None, None).read_text(encoding="utf-8")
    assert 'id="duplicates"' not in page  # no empty sections
    assert 'id="sizes"' not in page
    assert "What goes in, and what comes out" in page


@pytest.mark.slow
def test_several_outputs(tmp_path: Path) -> None:
    write_model(tmp_path / "m.onnx", file(outputs="h g"))
    config = "model: m.onnx\noutput_dir: out\ntarget_fps: 100000\n"
    (tmp_path / "c.yaml").write_text(config)
    build = Build.load(tmp_path / "c.yaml")
    run_steps(build)
    _, graph = _graph(build)
    ends = [box.title for box in graph.drawing.boxes if box.style == "end"]
    assert [end.partition(":")[0] for end in sorted(ends)] == ["in", "out", "out"]
    page = write_report(build, None, None).read_text(encoding="utf-8")
    assert "Out: <code>h</code>" in page
    assert "Out: <code>g</code>" in page
