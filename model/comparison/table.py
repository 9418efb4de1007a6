"""Results as Markdown: the table beside the paper's figures, and whether its claim holds."""

from collections.abc import Sequence
from pathlib import Path

from model import zoo
from model.comparison.config import Comparison
from model.comparison.run import Result
from model.complexity import BASELINE, SMALLEST, measure
from model.errors import ModelError
from model.evaluation.curve import SLACK
from model.files import READER, write_atomic
from model.network import Network

FULL = "tiny-yolo"
GAP = 0.04
"""The most that DupNet may lose against full precision in detection rate: 0.920 - 0.880."""


def start_mark(name: str) -> str:
    """The line behind which the tables of that name stand in a document."""
    return f"<!-- python -m model.comparison: {name} -->"


END_MARK = "<!-- end -->"


def by_network(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The results of each network, in order of their first."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.network, []).append(result)
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _figure(values: Sequence[float], sign: str = "") -> str:
    """The mean, and behind it each value where there are several; sign: "+" to show it always."""
    mean, *each = (f"{value:{sign}.3f}" for value in (_mean(values), *values))
    return mean if len(values) == 1 else f"{mean} ({', '.join(each)})"


def deviation(rate: float, faces: int) -> float:
    """Standard deviation of a rate that was measured on so many faces."""
    return float((max(0.0, rate * (1 - rate)) / faces) ** 0.5) if faces else 0.0


def _rows(groups: dict[str, list[Result]], specs: dict[str, zoo.NetworkSpec]) -> list[str]:
    lines = [
        "| network | detection rate | AP at IoU 0.5 | model size, KB | GFLOPs at 512 x 512 "
        "| paper's rate (FDDB) | learning rates | hours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, spec in specs.items():
        group = groups.get(name)
        if group is None:
            continue
        found = measure(Network(spec), spec.input_size)
        paper = spec.paper.detection_rate
        first = group[0].config
        rates = [f"{first['rate']:g}"] + [f"{first['latent_rate']:g}"] * spec.quantized
        columns = [
            name,
            _figure([one.rate for one in group]),
            _figure([one.ap for one in group]),
            f"{found.model_size_kb:,.1f}",
            f"{found.complexity_gflops:.4f}",
            "-" if paper is None else f"{paper:.3f}",
            ", ".join(rates),
            f"{sum(one.hours for one in group):.2f}",
        ]
        lines.append("| " + " | ".join(columns) + " |")
    return lines


def _differences(groups: dict[str, list[Result]], one: str, other: str) -> list[float]:
    """The rate of one network less that of another, seed by seed, for the seeds that both have."""
    rates = {result.seed: result.rate for result in groups[other]}
    return [result.rate - rates[result.seed] for result in groups[one] if result.seed in rates]


def claim(groups: dict[str, list[Result]]) -> list[str]:
    """The paper's claim in these results, part by part; nothing if a network is missing.

    Compared are runs of the same seed, which see the same pictures in the same order; nothing if
    the networks have no seed in common.
    """
    if not {FULL, BASELINE, SMALLEST} <= groups.keys():
        return []
    gains = _differences(groups, SMALLEST, BASELINE)
    losses = _differences(groups, SMALLEST, FULL)
    if not gains or not losses:
        return []
    return [
        f"- {SMALLEST} at or above {BASELINE}: {_figure(gains, '+')} in detection rate "
        "(paper: +0.024). "
        f"**{'Met' if _mean(gains) >= -SLACK else 'Not met'}.**",
        f"- {SMALLEST} within {GAP:.2f} of full precision: {_figure(losses, '+')} "
        "(paper: -0.040). "
        f"**{'Met' if _mean(losses) >= -GAP - SLACK else 'Not met'}.**",
    ]


def missing(terms: Comparison, groups: dict[str, list[Result]]) -> list[str]:
    """A line on the runs that are not done of the networks that have others, if there are any."""
    absent = {
        name: sorted(set(terms.seeds) - {result.seed for result in group})
        for name, group in groups.items()
    }
    runs = [f"{name} with seed {seed}" for name, seeds in absent.items() for seed in seeds]
    return [f"- not trained yet: {', '.join(runs)}"] if runs else []


def _terms(terms: Comparison, results: Sequence[Result]) -> list[str]:
    """Lines that say which data, budget and machine a table is of."""
    one = results[0]
    error = max(deviation(result.rate, result.faces) for result in results)
    kind = "near scenes (one to three people, or nobody)" if terms.near else "scenes"
    seeds = ", ".join(str(seed) for seed in terms.seeds)
    word = "seed" if len(terms.seeds) == 1 else "seeds"
    sizes = ", ".join(str(size) for size in terms.sizes)
    return [
        f"- data: {terms.pictures:,} generated {kind} of {terms.size} x {terms.size} pixels, seed "
        f"{terms.train_seed}; held out: {one.pictures:,} of seed {terms.held_out_seed}, "
        f"{one.faces:,} faces",
        f"- budget: {terms.steps:,} steps of {terms.batch} pictures for every network "
        f"({terms.steps * terms.batch:,} pictures, {terms.steps * terms.batch / terms.pictures:.1f}"
        f" passes), network input {sizes}, {terms.precision}, highest rates for {terms.hold:.0%} "
        f"of them, then a cosine; {word} {seeds} of weights, order and augmentation",
        "- detection rate: at 0.1 false positives a picture; its standard deviation by the number "
        f"of faces is {error:.3f} or less",
        f"- machine: {'; '.join(sorted({result.machine for result in results}))}; "
        f"{sum(result.hours for result in results):.2f} hours of training in all",
        f"- commit: {', '.join(sorted({result.commit or 'unknown' for result in results}))} "
        "(+: with changes not yet committed)",
    ]


def markdown(terms: Comparison, results: Sequence[Result], specs: Sequence[zoo.NetworkSpec]) -> str:
    """The table, the claim and the terms."""
    groups = by_network(results)
    parts = [_rows(groups, {spec.name: spec for spec in specs}), claim(groups)]
    parts.append([*_terms(terms, results), *missing(terms, groups)])
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def render(path: Path, name: str, text: str) -> None:
    """Put text between the marks of that name in a document."""
    document = READER.text(path, "expected a document to write into")
    mark = start_mark(name)
    before, found, rest = document.partition(mark + "\n")
    _, end, after = rest.partition(END_MARK)
    if not found or not end:
        raise ModelError(f"{path}: lacks the lines {mark} and {END_MARK}; expected both")
    write_atomic(path, f"{before}{mark}\n\n{text}\n{END_MARK}{after}".encode())
