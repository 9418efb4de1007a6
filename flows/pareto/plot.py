"""The picture of the front."""

from collections.abc import Sequence
from pathlib import Path

from flows.files import write_file
from flows.pareto.points import Point
from hw.boards import Board

_COLOURS = ("#0b6e99", "#c4501b", "#4a7c31", "#7a4a9e")


def draw(points: Sequence[Point], board: Board, clock_ns: float, path: Path) -> None:
    """Write a PNG: a line a network by the cost model, squares for what yosys measured."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    figure, axes = pyplot.subplots(figsize=(9, 5.6), dpi=130)
    for number, name in enumerate(dict.fromkeys(point.network for point in points)):
        colour = _COLOURS[number % len(_COLOURS)]
        mine = [point for point in points if point.network == name]
        model = sorted((p for p in mine if p.source == "cost model"), key=lambda p: p.fps)
        label = name.replace("_", "-")
        axes.plot(
            [p.fps for p in model], [p.lut for p in model], "o-", color=colour, mfc="white",
            label=f"{label}, cost model",
        )  # fmt: skip
        for point in model:
            axes.annotate(
                point.pixels_per_clock, (point.fps, point.lut), textcoords="offset points",
                xytext=(0, 7 if number == 0 else -13), ha="center", fontsize=7, color=colour,
            )  # fmt: skip
        tools = [p for p in mine if p.source != "cost model"]
        if tools:
            axes.plot(
                [p.fps for p in tools], [p.lut for p in tools], "s", color=colour,
                label=f"{label}, yosys",
            )  # fmt: skip
    axes.axhline(board.luts, color="#444444", ls="--", lw=1)
    axes.text(
        0.99, board.luts, f"{board.part}: {board.luts:,} LUT ", ha="right", va="bottom", fontsize=8,
        transform=axes.get_yaxis_transform(),
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axis.set_minor_formatter(NullFormatter())
    axes.set_ylim(top=1.35 * max([board.luts, *(point.lut for point in points)]))
    axes.tick_params(which="both", labelsize=8)
    axes.set_xlabel(f"frames per second at {1e3 / clock_ns:g} MHz (numbers: pixels a clock)")
    axes.set_ylabel("LUT (estimates)")
    axes.set_title(f"Least LUTs for a rate, {board.name}")
    axes.grid(which="both", alpha=0.25)
    axes.legend(loc="lower right", fontsize=8)
    figure.tight_layout()
    write_file(path, lambda file: figure.savefig(file, format="png"))
    pyplot.close(figure)
