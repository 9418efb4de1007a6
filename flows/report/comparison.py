"""``report --compare A B``: two builds side by side, as a page and as lines for the terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.found import find_build
from flows.files import write_text
from flows.report.facts import Facts, gather
from flows.report.operators import NodeFacts
from flows.report.render import render
from flows.report.section import Section
from flows.report.shown import show
from flows.report.verdict import verdict

#: Of a node: title of the figure, and how it is read.
_OF_NODE: dict[str, Callable[[NodeFacts], int | None]] = {
    "PE": lambda node: node.pe,
    "SIMD": lambda node: node.simd,
    "clocks": lambda node: node.clocks,
    "LUT": lambda node: node.luts,
    "BRAM18": lambda node: node.bram18,
    "DSP": lambda node: node.dsp,
}


@dataclass(frozen=True)
class Setting:
    """A key of the configuration that differs."""

    key: str
    first: str
    second: str


@dataclass(frozen=True)
class Figure:
    """A figure of both builds; None where one of them has it not. unit: behind it, in words."""

    name: str
    first: float | None
    second: float | None
    decimals: int = 0
    hint: str = ""

    @property
    def change(self) -> float | None:
        """Of the second from the first, as a share of the first."""
        if self.first is None or self.second is None or not self.first:
            return None
        return self.second / self.first - 1


@dataclass(frozen=True)
class Equal:
    """A tensor that both have, on the same frame. differing, count: integers; largest: difference.

    kind: "integers" of a boundary, or "output": real values.
    """

    name: str
    kind: str
    count: int
    differing: int
    largest: float


@dataclass(frozen=True)
class NodePair:
    """A node of both builds by its name: figures as Figure; where: "both", "A" or "B"."""

    name: str
    kind: str
    where: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Values:
    """Tensors compared on one frame; why: the reason where there are none."""

    source: str
    tensors: Sequence[Equal]
    why: str

    @property
    def sentence(self) -> str:
        """One sentence on what is equal."""
        if self.why:
            return f"The integers are not compared: {self.why}."
        inner = [tensor for tensor in self.tensors if tensor.kind == "integers"]
        off = [tensor for tensor in inner if tensor.differing]
        if not off:
            return f"On the same frame, all integers of all {len(inner)} common tensors are equal."
        return f"On the same frame, {len(off)} of {len(inner)} common tensors differ."


@dataclass(frozen=True)
class Side:
    """One of the two builds. letter: "A" or "B"; words: such as "tfc on Pynq-Z2"."""

    letter: str
    name: str
    words: str


@dataclass(frozen=True)
class Comparison:
    """All that is compared of two builds."""

    sides: tuple[Side, Side]
    settings: Sequence[Setting]
    figures: Sequence[Figure]
    values: Values
    nodes: Sequence[NodePair]

    def lines(self) -> list[str]:
        """For the terminal."""
        made = [f"{side.letter}: {side.words} ({side.name})" for side in self.sides]
        made += [f"{s.key}: {s.first} | {s.second}" for s in self.settings]
        rows = [
            (figure.name, _shown(figure, figure.first), _shown(figure, figure.second))
            for figure in self.figures
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for figure, (name, first, second) in zip(self.figures, rows, strict=True):
            change = f"  {100 * figure.change:+.1f} %" if figure.change else ""
            made.append(f"{name:{widths[0]}}  {first:>{widths[1]}}  {second:>{widths[2]}}{change}")
        return [*made, self.values.sentence]

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "settings": {s.key: [s.first, s.second] for s in self.settings},
            "figures": {f.name: [f.first, f.second] for f in self.figures},
            "tensors": {t.name: {"count": t.count, "differing": t.differing, "largest": t.largest}
                        for t in self.values.tensors},
            "nodes": {n.name: {f.name: [f.first, f.second] for f in n.figures} for n in self.nodes},
        }  # fmt: skip


def write_comparison(first: Path, second: Path, out: Path | None) -> tuple[Path, Comparison]:
    """Compare two builds and write the page; its path, and the comparison.

    first, second: each a build folder or its configuration. out: the page; default: in the second
    one's folder of results. Raises FlowError where one of them is no finished build.
    """
    builds = [find_build(path) for path in (first, second)]
    made = compare([build for build, _ in builds])
    page = render(
        "compare.html",
        title=f"{made.sides[0].words} beside {made.sides[1].words}",
        sides=made.sides,
        sections=_sections(made),
    )
    other = builds[0][0].folder.name
    path = out or builds[1][0].paths.report / f"beside-{other}.html"
    write_text(path, page)
    return path, made


def compare(builds: Sequence[Build]) -> Comparison:
    """Two finished builds."""
    facts = [gather(build) for build in builds]
    sides = tuple(
        Side(letter, build.folder.name, f"{of.network} on {build.config.board}")
        for letter, build, of in zip("AB", builds, facts, strict=True)
    )
    return Comparison(
        sides=(sides[0], sides[1]),
        settings=_settings(builds),
        figures=_figures(facts),
        values=_values(builds),
        nodes=_nodes(facts),
    )


def _settings(builds: Sequence[Build]) -> list[Setting]:
    """By the fingerprints: the model and the folding file by their hashes, no paths."""
    first, second = (build.config.fingerprint() for build in builds)
    return [
        Setting(key, str(first[key]), str(second[key]))
        for key in first
        if first[key] != second[key]
    ]


def _figures(facts: Sequence[Facts]) -> list[Figure]:
    """Those that at least one of both has."""
    pairs = zip(_of_build(facts[0]), _of_build(facts[1]), strict=True)
    found = [
        Figure(name, first, second, decimals, hint)
        for (name, first, decimals, hint), (_, second, _, _) in pairs
    ]
    return [figure for figure in found if (figure.first, figure.second) != (None, None)]


def _of_build(facts: Facts) -> list[tuple[str, float | None, int, str]]:
    """Name, value, decimals and hint of each figure of a build."""
    simulation, total, judged = facts.simulation, facts.memory_total, verdict(facts.levels)
    clocks = simulation.clocks_per_frame if simulation else None
    latency = simulation.latency_clocks if simulation else None
    rate = 1e9 / facts.config.clock_ns / (clocks or facts.slowest.clocks)

    def nodes(key: str) -> int:
        return sum(getattr(node, key) for node in facts.nodes)

    yosys = "counted by yosys"
    return [
        ("clocks a frame", clocks, 0, "simulated"),
        ("clocks of the slowest node", facts.slowest.clocks, 0, "estimate"),
        ("frames/s", rate, 1, "simulated, else estimate"),
        ("latency, clocks", latency, 0, "simulated"),
        ("LUT", nodes("luts"), 0, "estimate"),
        ("BRAM18", nodes("bram18"), 0, "estimate"),
        ("DSP", nodes("dsp"), 0, "estimate"),
        ("LUT of netlists", _counted(facts, "LUT"), 0, yosys),
        ("FF of netlists", _counted(facts, "FF"), 0, yosys),
        ("BRAM36 of netlists", _counted(facts, "BRAM_36K"), 0, yosys),
        ("BRAM18 of netlists", _counted(facts, "BRAM_18K"), 0, yosys),
        ("DSP of netlists", _counted(facts, "DSP"), 0, yosys),
        ("weight bits", total.weights.stored_bits, 0, ""),
        ("threshold bits", total.thresholds.stored_bits, 0, ""),
        ("FIFO bits", sum(fifo.bits for fifo in facts.fifos), 0, ""),
        ("nodes", len(facts.nodes), 0, ""),
        ("levels passed", len(judged.passed), 0, "of those that need no vendor tool"),
        ("levels failed", len(judged.failed), 0, ""),
    ]


def _counted(facts: Facts, key: str) -> float | None:
    """Of all nodes, where all were synthesized."""
    found = [node.netlist for node in facts.nodes if node.netlist is not None]
    if len(found) < len(facts.nodes):
        return None
    return float(sum(getattr(netlist, key) for netlist in found))


def _values(builds: Sequence[Build]) -> Values:
    """Both on the first one's frame."""
    first = show(builds[0])
    second = show(builds[1], first.frame)
    if second.frame is not first.frame:
        sizes = [
            " and ".join("x".join(map(str, image.shape)) for image in each.images.values())
            for each in (first, second)
        ]
        return Values("", [], f"A takes frames of {sizes[0]}, B of {sizes[1]} or of other integers")
    common = [name for name in first.tensors if name in second.tensors and name not in first.images]
    found = [_equal(name, "integers", first.tensors[name], second.tensors[name]) for name in common]
    other = {output.name: output.hardware for output in second.outputs}
    found += [
        _equal(output.name, "output", output.hardware, other[output.name])
        for output in first.outputs
        if output.name in other
    ]
    tensors = [each for each in found if each is not None]
    return Values(first.source, tensors, "" if tensors else "they have no tensor in common")


def _equal(name: str, kind: str, first: Any, second: Any) -> Equal | None:
    """None for tensors of different shapes."""
    if first.shape != second.shape:
        return None
    apart = np.abs(first.astype(np.float64) - second.astype(np.float64))
    return Equal(name, kind, apart.size, int((apart != 0).sum()), float(apart.max(initial=0.0)))


def _nodes(facts: Sequence[Facts]) -> list[NodePair]:
    """Nodes of the first in its order, then those that the second alone has."""
    first, second = ({node.name: node for node in of.nodes} for of in facts)
    return [_pair(name, first.get(name), second.get(name)) for name in {**first, **second}]


def _pair(name: str, first: NodeFacts | None, second: NodeFacts | None) -> NodePair:
    figures = [
        Figure(title, read(first) if first else None, read(second) if second else None)
        for title, read in _OF_NODE.items()
    ]
    where = "both" if first and second else "A" if first else "B"
    kind = " | ".join(dict.fromkeys(node.kind for node in (first, second) if node))
    return NodePair(name, kind, where, figures)


def _sections(made: Comparison) -> list[Section]:
    found = [
        Section("settings", "Configuration", "Configuration", "compare_settings.html", made),
        Section("figures", "Figures", "Clocks, resources, memories", "compare_figures.html", made),
        Section("values", "Integers", "Are the integers equal?", "compare_values.html", made),
        Section("nodes", "Nodes", "Node by node", "compare_nodes.html", made),
    ]
    return found


def _shown(figure: Figure, value: float | None) -> str:
    return "-" if value is None else f"{value:,.{figure.decimals}f}"
