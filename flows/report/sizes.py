"""Section: size and complexity of the four networks beside the paper's figures (cost.json)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.files import READER
from flows.report.commands import Commands
from flows.report.facts import Facts
from flows.report.section import Section

#: Key of cost.json, title, decimals that the paper prints.
COMPARED = (
    ("model_size_kb", "model size, KB", 1),
    ("complexity_gflops", "complexity, GFLOPs", 4),
    ("size_reduction", "times smaller than IFQ", 1),
    ("complexity_reduction_percent", "% less complex than IFQ", 1),
    ("size_ratio", "size, times DupNet", 1),
    ("complexity_ratio", "complexity, times DupNet", 1),
)


@dataclass(frozen=True)
class _Figures:
    """The figures of COMPARED; None where one is not known."""

    model_size_kb: float | None = None
    complexity_gflops: float | None = None
    size_reduction: float | None = None
    complexity_reduction_percent: float | None = None
    size_ratio: float | None = None
    complexity_ratio: float | None = None


@dataclass(frozen=True)
class _Paper(_Figures):
    """The paper's."""

    detection_rate: float | None = None


@dataclass(frozen=True, kw_only=True)
class _Network(_Figures):
    """A network of cost.json."""

    paper: _Paper
    weight_bits: int
    macs: int
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """Our figure and the paper's. equal: in the paper's decimals; None where one is not known."""

    ours: float | None
    paper: float | None
    equal: bool | None = None


@dataclass(frozen=True)
class SizeRow:
    """A figure of each network."""

    title: str
    decimals: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Sizes:
    """The view of the section. command: that makes the figures; missed: which are not the paper's.

    notes: on networks, by name.
    """

    command: str
    networks: Sequence[str] = ()
    built: str = ""
    rows: Sequence[SizeRow] = ()
    missed: Sequence[str] = ()
    notes: dict[str, str] | None = None


def read_cost(path: Path) -> dict[str, _Network]:
    """Figures by network of a cost.json; FlowError where it is missing or another file."""
    hint = "make it with `python -m model.complexity --json`"
    return READER.json(path, dict[str, _Network], hint)


def sizes_section(cost: Path | None, facts: Facts, commands: Commands) -> Section | None:
    """The section; None of a network that is none of the paper's, for which no figures are given.

    cost: None where they have not been computed.
    """
    if cost is None and "network" not in facts.metadata:
        return None
    data = Sizes(commands.cost())
    if cost is not None:
        data = _sizes(read_cost(cost), facts.network, commands)
    title = "Size and complexity against the paper"
    return Section("sizes", "Against the paper", title, "sizes.html", data)


def _sizes(networks: dict[str, _Network], built: str, commands: Commands) -> Sizes:
    of = networks.values()
    rows = [
        SizeRow("weight bits", 0, [Cell(network.weight_bits, None) for network in of]),
        SizeRow("MACs, million", 1, [Cell(network.macs / 1e6, None) for network in of]),
    ]
    missed = []
    for key, title, decimals in COMPARED:
        cells = [
            _compared(getattr(network, key), getattr(network.paper, key), decimals)
            for network in of
        ]
        rows.append(SizeRow(title, decimals, cells))
        missed += [
            f"{name}: {title}"
            for name, cell in zip(networks, cells, strict=True)
            if cell.equal is False
        ]
    rates = [Cell(None, network.paper.detection_rate) for network in of]
    rows.append(SizeRow("detection rate", 3, rates))
    notes = {name: network.note for name, network in networks.items() if network.note}
    return Sizes(commands.cost(), list(networks), built, rows, missed, notes)


def _compared(ours: float | None, paper: float | None, decimals: int) -> Cell:
    """Whether ours is the paper's figure in its decimals; None where one of them is not known."""
    if ours is None or paper is None:
        return Cell(ours, paper)
    return Cell(ours, paper, f"{ours:.{decimals}f}" == f"{paper:.{decimals}f}")
