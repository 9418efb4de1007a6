"""Sections: the nodes of the hardware graph in one table, their memories, their FIFOs."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.build.schemas import Bits, MemoryRow
from flows.report.charts import Bar, Chart, Mark, Pair, bar_chart, pair_chart
from flows.report.facts import Facts, FifoFacts
from flows.report.operators import STREAM_ONLY, NodeFacts
from flows.report.section import Section
from hw.boards import Board

PAPER_WEIGHT_BITS = {"dupnet-tinier-yolo": 301_920}
"""Weight bits of a network without the 480 bits of its biases: 36.9 KB in the paper."""


@dataclass(frozen=True)
class NodeRow:
    """A row of the table. beats, waiting: None where nothing was simulated."""

    node: NodeFacts
    beats: int | None
    waiting: float | None
    quiet: bool


@dataclass(frozen=True)
class Nodes:
    """The table of nodes, and the chart of their clocks. shares: of the board's LUT, BRAM, DSP."""

    rows: Sequence[NodeRow]
    simulated: bool
    sums: dict[str, int]
    shares: Sequence[float]
    board: Board
    chart: Chart


@dataclass(frozen=True)
class Memories:
    """The table of memories; sums by kind. wanted: the paper's bits of weights, if it says any."""

    rows: Sequence[MemoryRow]
    sums: dict[str, Bits]
    weights: Bits
    wanted: int | None

    @property
    def more(self) -> int:
        """Weight bits beyond the paper's."""
        return self.weights.stored_bits - (self.wanted or 0)


@dataclass(frozen=True)
class Fifos:
    """The table of FIFOs, and the chart of how full they were."""

    rows: Sequence[FifoFacts]
    simulated: bool
    bits: int
    chart: Chart | None


def nodes_section(facts: Facts) -> Section:
    """Per node: folding, clocks, bits, estimates; and the chart of clocks."""
    simulation, board = facts.simulation, facts.config.device
    rows = [
        NodeRow(
            node,
            simulation.beats_per_frame(node.name) if simulation else None,
            simulation.stalled_share(node.name) if simulation else None,
            node.kind in STREAM_ONLY,
        )
        for node in facts.nodes
    ]
    summed = ("weight_bits", "threshold_bits", "line_buffer_bits", "luts", "bram18", "dsp")
    sums = {key: sum(getattr(node, key) for node in facts.nodes) for key in summed}
    shares = [
        sums["luts"] / board.luts,
        sums["bram18"] / (2 * board.bram36),
        sums["dsp"] / board.dsp if board.dsp else 0.0,
    ]
    data = Nodes(rows, simulation is not None, sums, shares, board, _clocks(facts))
    return Section("nodes", "All figures", "Every node in one table", "nodes.html", data)


def _clocks(facts: Facts) -> Chart:
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
    return bar_chart(title, bars, marks, "matrix-vector units (grey: all others)")


def memory_section(facts: Facts) -> Section | None:
    """Every generated memory with its padding, and the sum against the paper's."""
    if not facts.memories:
        return None
    total = facts.memory_total
    sums = {"weights": total.weights, "thresholds": total.thresholds}
    wanted = PAPER_WEIGHT_BITS.get(facts.network)
    data = Memories(facts.memories, sums, total.weights, wanted)
    return Section("memories", "Memories", "Memories", "memories.html", data)


def fifo_section(facts: Facts) -> Section | None:
    """Depth and highest fill of every FIFO."""
    if not facts.fifos:
        return None
    pairs = [
        Pair(f.name, f.depth, f.fill, f"{f.fill:,} of {f.depth:,}")
        for f in facts.fifos
        if f.fill is not None
    ]
    title = "Beats: depth and highest fill of each FIFO"
    chart = pair_chart(title, pairs, ("depth", "highest fill")) if pairs else None
    bits = sum(fifo.bits for fifo in facts.fifos)
    data = Fifos(facts.fifos, facts.simulation is not None, bits, chart)
    return Section("fifos", "FIFOs", "FIFOs", "fifos.html", data)
