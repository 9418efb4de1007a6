"""Section: what taking out duplicated weights and inputs saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.report.charts import Chart, Pair, pair_chart
from flows.report.facts import Facts
from flows.report.savings import LayerBits, Saving
from flows.report.section import Section


@dataclass(frozen=True)
class Sum:
    """A figure of all layers, with duplicates and without."""

    before: int
    after: int

    @property
    def ratio(self) -> float:
        """How many times less it is without."""
        return self.before / self.after if self.after else 1.0


@dataclass(frozen=True)
class Duplicates:
    """The view of the section. kept: why a layer that repeats stays as it is, by layer."""

    savings: Sequence[Saving]
    sums: Sequence[Sum]
    kept: dict[str, str]
    charts: Sequence[Chart]


def duplicates_section(facts: Facts) -> Section | None:
    """The section; None of a network without duplicates, of which it has nothing to say."""
    if not facts.savings and not facts.not_folded:
        return None
    pairs = [
        [layer.weight_bits for layer in facts.layers],
        [layer.line_buffer_bits for layer in facts.layers],
        [layer.macs for layer in facts.layers],
    ]
    sums = [Sum(sum(a for a, _ in of), sum(b for _, b in of)) for of in pairs]
    titles = ("Weight bits of each layer", "Line-buffer bits of each layer")
    made = [_chart(facts.layers, of, title) for of, title in zip(pairs, titles, strict=False)]
    charts = [chart for chart in made if chart is not None]
    data = Duplicates(facts.savings, sums, facts.not_folded, charts)
    title = "What taking out the duplicates saved"
    return Section("duplicates", "Duplicates", title, "duplicates.html", data)


def _chart(
    layers: Sequence[LayerBits], values: Sequence[tuple[int, int]], title: str
) -> Chart | None:
    pairs = [
        Pair(
            layer.name,
            before,
            after,
            f"{before:,} → {after:,}" if before != after else f"{after:,}",
        )
        for layer, (before, after) in zip(layers, values, strict=True)
        if before or after
    ]
    return pair_chart(title, pairs, ("with duplicates", "without")) if pairs else None
