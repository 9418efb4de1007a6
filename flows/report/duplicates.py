"""Section: what taking out duplicated weights and inputs saved."""

from collections.abc import Sequence

from flows.build.names import ResultName
from flows.report.charts import Pair, pair_chart
from flows.report.facts import DUPLICATES, Facts, LayerBits
from flows.report.markup import Column, Row, code, figure, note, number, section, table, text

LEAD = (
    "<strong>Duplicated inputs</strong>: F binary kernels over copies of one tensor become one "
    "kernel of F + 1 levels, stored in ⌈log₂(F + 1)⌉ bits a weight. The copies are one tensor, so "
    "one line buffer serves them before and after. <strong>Duplicated weights</strong>: input "
    "channels with equal weights are summed in front of the line buffer, and one copy of the "
    "weights is kept. Both leave every integer as it was."
)
LINES = (
    "Line-buffer bits here: kernel height less one lines of the padded input, as the algorithm "
    "needs them; what the built windows hold, their registers included, is in the table of nodes."
)


def duplicates_section(facts: Facts) -> str:
    """The section."""
    columns = [Column("layer", "left"), Column("duplicates", "left")]
    groups = [("", 2)]
    for heading in ("weights", "weight bits", "line-buffer bits", "MACs a frame"):
        columns += [Column("before"), Column("after")]
        groups.append((heading, 2))
    rows = []
    for saving in facts.savings:
        letter = "F" if saving.kind == DUPLICATES[ResultName.FUSE_DUPLICATED_INPUTS] else "D"
        pairs = (saving.weights, saving.weight_bits, saving.line_buffer_bits, saving.macs)
        cells = [code(saving.layer), f"{text(saving.kind)}, {letter} = {number(saving.factor)}"]
        rows.append(Row(cells + [number(value) for pair in pairs for value in pair]))
    if not rows:
        rows.append(Row(["none", "no layer repeats", *[""] * 8]))
    return section(
        "duplicates",
        "What taking out the duplicates saved",
        note(LEAD),
        table(columns, rows, _totals(facts), groups),
        note(LINES),
        _kept(facts.not_folded),
        _chart(
            facts.layers, [layer.weight_bits for layer in facts.layers], "Weight bits of each layer"
        ),
        _chart(
            facts.layers,
            [layer.line_buffer_bits for layer in facts.layers],
            "Line-buffer bits of each layer",
        ),
    )


def _totals(facts: Facts) -> list[Row]:
    layers = facts.layers
    bits, lines, macs = (
        (sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs))
        for pairs in (
            [layer.weight_bits for layer in layers],
            [layer.line_buffer_bits for layer in layers],
            [layer.macs for layer in layers],
        )
    )
    cells = ["in all", "all layers, with duplicates or not", "", ""]
    ratio = [f"{_ratio(pair)} times less" for pair in (bits, lines, macs)]
    return [
        Row([*cells, *(number(value) for pair in (bits, lines, macs) for value in pair)]),
        Row(["", "", "", "", "", ratio[0], "", ratio[1], "", ratio[2]], "quiet"),
    ]


def _ratio(pair: tuple[int, int]) -> str:
    return f"{pair[0] / pair[1]:,.2f}" if pair[1] else "1.00"


def _kept(not_folded: dict[str, str]) -> str:
    if not not_folded:
        return ""
    items = "".join(f"<li>{code(k)}: {text(v)}</li>" for k, v in not_folded.items())
    return f'<p class="note">Repeating, but left as it is:</p><ul class="note">{items}</ul>'


def _chart(layers: Sequence[LayerBits], values: Sequence[tuple[int, int]], title: str) -> str:
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
    if not pairs:
        return ""
    return figure(pair_chart(title, pairs, ("with duplicates", "without")), text(title))
