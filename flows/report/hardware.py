"""Sections: the nodes of the hardware graph, their memories, their FIFOs."""

from flows.report.charts import Bar, Mark, Pair, bar_chart, pair_chart
from flows.report.facts import STREAM_ONLY, Facts, NodeFacts
from flows.report.markup import (
    NOTHING,
    Column,
    Row,
    code,
    figure,
    meter,
    note,
    number,
    percent,
    section,
    table,
    text,
)

PAPER_WEIGHT_BITS = {"dupnet-tinier-yolo": 301_920}
"""Weight bits of a network without the 480 bits of its biases: 36.9 KB in the paper."""


def nodes_section(facts: Facts) -> str:
    """Per node: folding, clocks, bits, estimates; and the chart of clocks."""
    columns = [
        Column("node", "left"),
        Column("type", "left"),
        Column("PE"),
        Column("SIMD"),
        Column("clocks", hint="estimate"),
        Column("beats", hint="simulated"),
        Column("waiting", hint="simulated"),
        Column("weights"),
        Column("thresholds"),
        Column("line buffer"),
        Column("LUT"),
        Column("BRAM18"),
        Column("DSP"),
    ]
    groups = [("", 2), ("folding", 2), ("a frame", 3), ("bits stored", 3), ("estimate", 3)]
    rows = [_node(facts, node) for node in facts.nodes]
    device = facts.config.device
    luts, bram18, dsp = (
        sum(getattr(node, key) for node in facts.nodes) for key in ("luts", "bram18", "dsp")
    )
    shares = [luts / device.lut, bram18 / (2 * device.bram36), dsp / max(1, device.dsp)]
    used = [number(value) for value in (luts, bram18, dsp)]
    sums = [
        number(sum(getattr(node, key) for node in facts.nodes))
        for key in ("weight_bits", "threshold_bits", "line_buffer_bits")
    ]
    foot = [
        Row(["in all", "", "", "", "", "", "", *sums, *used]),
        Row(["of the board", code(device.part), *[""] * 8, *map(percent, shares)], "quiet"),
    ]
    lead = (
        "LUT, BRAM18 and DSP are <strong>estimates of a model fitted to yosys, not synthesis"
        "</strong>. Clocks: what the folding (PE, SIMD) makes of a node if its streams never wait. "
        "Beats: of its output stream, counted in the simulation. Waiting: share of all simulated "
        "clocks in which its output was valid and not taken; nodes in front of a slower one wait "
        "for it."
    )
    nodes = table(columns, rows, foot, groups)
    return section("nodes", "Layer by layer", note(lead), _clocks(facts), nodes)


def _node(facts: Facts, node: NodeFacts) -> Row:
    simulation = facts.simulation
    beats = simulation.beats_per_frame(node.name) if simulation else None
    share = simulation.stalled_share(node.name) if simulation else None
    bits = [
        number(value) if value else NOTHING
        for value in (node.weight_bits, node.threshold_bits, node.line_buffer_bits)
    ]
    cells = [
        code(node.name),
        text(node.kind),
        number(node.pe),
        number(node.simd),
        number(node.clocks),
        number(beats),
        NOTHING if share is None else meter(share, percent(share)),
        *bits,
        number(node.luts),
        number(node.bram18) if node.bram18 else NOTHING,
        number(node.dsp) if node.dsp else NOTHING,
    ]
    return Row(cells, "quiet" if node.kind in STREAM_ONLY else "")


def _clocks(facts: Facts) -> str:
    bars = [
        Bar(
            node.name,
            node.clocks,
            f"{node.clocks:,}",
            "main" if node.weight_bits else "minor",
        )
        for node in facts.nodes
        if node.kind not in STREAM_ONLY
    ]
    target = facts.target_clocks
    marks = [Mark(target, f"allowed for the target: {target:,}", "target")]
    if facts.simulation:
        clocks = facts.simulation.clocks_per_frame
        marks.append(Mark(clocks, f"whole accelerator, simulated: {clocks:,}", "measured"))
    title = "Clocks a frame of each node (estimate)"
    chart = bar_chart(title, bars, marks, "matrix-vector units (grey: all others)")
    return figure(chart, f"{text(title)} <span>without FIFOs and width converters</span>")


def memory_section(facts: Facts) -> str:
    """Every generated memory with its padding, and the sum against the paper's."""
    columns = [
        Column("memory", "left"),
        Column("kind", "left"),
        Column("rows", hint="by bits of a row"),
        Column("bits"),
        Column("stored"),
        Column("padding"),
        Column("padding is", "left"),
    ]
    rows = [
        Row(
            [
                code(row["file"]),
                text(row["kind"]),
                f"{row['rows']:,} &times; {row['width']:,}",
                number(row["bits"]),
                number(row["stored_bits"]),
                number(row["padding_bits"]),
                text(row["padding"]) if row["padding"] else NOTHING,
            ]
        )
        for row in facts.memories
    ]
    foot = [
        Row(
            [f"{kind} in all", "", ""]
            + [number(total[key]) for key in ("bits", "stored_bits", "padding_bits")]
            + [""]
        )
        for kind, total in facts.memory_total.items()
    ]
    return section("memories", "Memories", _sum(facts), table(columns, rows, foot))


def _sum(facts: Facts) -> str:
    weights = facts.memory_total["weights"]
    stored, padding = weights["stored_bits"], weights["padding_bits"]
    line = (
        f"The generated weight memories hold <strong>{stored:,} bits</strong> of weights and "
        f"{padding:,} bits of padding."
    )
    wanted = PAPER_WEIGHT_BITS.get(facts.network)
    if wanted is None:
        return note(line)
    line += f" The network of the paper (reconstruction) has {wanted:,}: "
    if stored == wanted:
        return note(line + '<strong class="yes">✓ equal</strong>.')
    more = "more" if stored > wanted else "fewer"
    return note(line + f'<strong class="no">≠ {abs(stored - wanted):,} {more}</strong>.', "warning")


def fifo_section(facts: Facts) -> str:
    """Depth and highest fill of every FIFO."""
    columns = [
        Column("FIFO", "left"),
        Column("width, bits"),
        Column("depth, beats"),
        Column("bits"),
        Column("highest fill", hint="simulated"),
        Column("of its depth", hint="simulated"),
    ]
    rows = []
    for fifo in facts.fifos:
        cells = [code(fifo.name), number(fifo.width), number(fifo.depth)]
        cells += [number(fifo.depth * fifo.width), number(fifo.fill)]
        share = None if fifo.fill is None else fifo.fill / fifo.depth
        cells.append(NOTHING if share is None else meter(share, percent(share)))
        rows.append(Row(cells))
    total = number(sum(fifo.depth * fifo.width for fifo in facts.fifos))
    chart = ""
    pairs = [
        Pair(f.name, f.depth, f.fill, f"{f.fill:,} of {f.depth:,}")
        for f in facts.fifos
        if f.fill is not None
    ]
    if pairs:
        title = "Beats: depth and highest fill of each FIFO"
        chart = figure(pair_chart(title, pairs, ("depth", "highest fill")), text(title))
    lead = note("" if facts.simulation else "No fill is known: the RTL simulation was not run.")
    if not facts.fifos:
        return section("fifos", "FIFOs", note("This design has none."))
    foot = [Row(["in all", "", "", total, "", ""])]
    return section(
        "fifos", "FIFOs", "" if facts.simulation else lead, chart, table(columns, rows, foot)
    )
