"""Section: size and complexity of the four networks beside the paper's figures (cost.json)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows.files import READER
from flows.report.commands import Commands
from flows.report.markup import NOTHING, Column, Row, code, note, number, section, table, text

HEADER = (
    "Our figures are of a <strong>reconstruction</strong>: the paper prints sums, not its factors "
    "per layer, and those here are the simplest that meet its figures, save those marked. "
    "KB = 1,024 bytes; complexity as the paper counts it: two operations a multiply-accumulate in "
    "full precision, 64 bit operations to one operation with binary weights."
)

#: Key of cost.json, title, decimals that the paper prints.
COMPARED = (
    ("model_size_kb", "model size, KB", 1),
    ("complexity_gflops", "complexity, GFLOPs", 4),
    ("size_reduction", "times smaller than IFQ", 1),
    ("complexity_reduction_percent", "% less complex than IFQ", 1),
    ("size_ratio", "size, times DupNet", 1),
    ("complexity_ratio", "complexity, times DupNet", 1),
)

#: Whether a figure meets the paper's -> sign behind it.
SIGNS = {
    True: '<i class="sign yes">✓</i>',
    False: '<i class="sign no">≠</i>',
    None: '<i class="sign"></i>',
}


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


def read_cost(path: Path) -> dict[str, dict[str, Any]]:
    """Figures by network of a cost.json; FlowError where it is missing or another file."""
    hint = "make it with `python -m model.complexity --json`"
    found = READER.json(path, dict[str, _Network], hint)
    return {name: asdict(network) for name, network in found.items()}


def sizes_section(cost: Path | None, network: str, commands: Commands) -> str:
    """The section; network: name of the one that was built, which is set apart."""
    title = "Size and complexity against the paper"
    if cost is None:
        missing = f"Not computed: {code(commands.cost())} computes and shows them."
        return section("sizes", title, note(missing))
    networks = read_cost(cost)
    columns = [Column("", "left")] + [Column("ours"), Column("paper")] * len(networks)
    groups = [("", 1)] + [(_name(name, name == network), 2) for name in networks]
    rows = [
        _exact("weight bits", networks, lambda of: number(of["weight_bits"])),
        _exact("MACs, million", networks, lambda of: number(of["macs"] / 1e6, 1)),
        *(_compared(key, heading, decimals, networks) for key, heading, decimals in COMPARED),
        _rates(networks),
    ]
    missed = [
        f"{text(name)}: {heading}"
        for name, figures in networks.items()
        for key, heading, decimals in COMPARED
        if _meets(figures[key], figures["paper"][key], decimals) is False
    ]
    notes = "; ".join(f"{code(name)}: {text(of['note'])}" for name, of in networks.items())
    legend = "✓ equal to the paper's figure in the decimals that it prints; ≠ not equal"
    if missed:
        legend += f" ({'; '.join(missed)}; no reading of the paper was found that meets them)"
    legend += ". The detection rates are the paper's; none of ours is measured here."
    figures = f'<div class="columns">{table(columns, rows, groups=groups)}</div>'
    return section("sizes", title, note(HEADER), figures, note(legend), note(f"{notes}."))


def _meets(ours: float | None, paper: float | None, decimals: int) -> bool | None:
    """Whether ours is the paper's figure in its decimals; None where one of them is not known."""
    if ours is None or paper is None:
        return None
    return f"{ours:.{decimals}f}" == f"{paper:.{decimals}f}"


def _name(network: str, built: bool) -> str:
    return text(network) + (' <span class="tag">built</span>' if built else "")


def _exact(
    heading: str, networks: dict[str, dict[str, Any]], show: Callable[[dict[str, Any]], str]
) -> Row:
    """A row of ours alone."""
    cells = [cell for of in networks.values() for cell in (show(of), NOTHING + SIGNS[None])]
    return Row([text(heading), *cells])


def _compared(key: str, heading: str, decimals: int, networks: dict[str, dict[str, Any]]) -> Row:
    cells = [text(heading)]
    for of in networks.values():
        ours, paper = of[key], of["paper"][key]
        sign = SIGNS[_meets(ours, paper, decimals)]
        cells += [number(ours, decimals), number(paper, decimals) + sign]
    return Row(cells)


def _rates(networks: dict[str, dict[str, Any]]) -> Row:
    cells = ["detection rate"]
    for of in networks.values():
        cells += [NOTHING, number(of["paper"]["detection_rate"], 3) + SIGNS[None]]
    return Row(cells)
