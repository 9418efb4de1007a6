"""Charts: what stands where in them. ``templates/charts.html`` draws them as inline SVG.

Colours come from the page's style sheet (classes), so the charts follow its light and dark themes.
Lengths are in units of the drawing, WIDTH of which are as wide as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH = 1072
ROW = 20
TOP, BOTTOM = 8, 30
CHARACTER = 6.7  # width of a character of a label, roughly
LONGEST = 30  # characters of a label that are shown


@dataclass(frozen=True)
class Bar:
    """One bar. style: "main" or "minor"; note: printed behind it."""

    label: str
    value: float
    note: str
    style: str = "main"


@dataclass(frozen=True)
class Mark:
    """A line across all bars. style: "target" or "measured"; note: its legend."""

    value: float
    note: str
    style: str


@dataclass(frozen=True)
class Pair:
    """Two values of one thing: a ring at first, a dot at second; note: printed at the right."""

    label: str
    first: float
    second: float
    note: str


@dataclass(frozen=True)
class Span:
    """From when to when something lasted, once a frame; note: printed at the right."""

    label: str
    times: Sequence[tuple[float, float]]
    note: str
    style: str = "main"


@dataclass(frozen=True)
class Tick:
    """A label of the axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Shape:
    """A bar from x0 to x1, or the two ends of a pair; of it: style, and the frame's number."""

    x0: float
    x1: float
    style: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a chart: its label as far as it is shown, what is drawn, and the note behind."""

    label: str
    shown: str
    y: float
    shapes: Sequence[Shape]
    note: str


@dataclass(frozen=True)
class Key:
    """An entry of the legend. style: class of its sign."""

    style: str
    name: str


@dataclass(frozen=True)
class Chart:
    """A chart. kind: "bars", "pairs" or "spans"; left: where the labels end; marks: as Mark."""

    kind: str
    title: str
    left: float
    lines: Sequence[Line]
    ticks: Sequence[Tick]
    marks: Sequence[Shape]
    legend: Sequence[Key]
    width: float = WIDTH
    row: float = ROW
    top: float = TOP

    @property
    def bottom(self) -> float:
        """Where the rows end."""
        return self.top + len(self.lines) * self.row

    @property
    def height(self) -> float:
        """Of the drawing, its axis included."""
        return self.bottom + BOTTOM


def short(value: float) -> str:
    """Number of an axis: 0, 200, 50 k, 1.5 M."""
    for factor, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= factor:
            return f"{value / factor:g}{unit}"
    return f"{value:g}"


def bar_chart(title: str, bars: Sequence[Bar], marks: Sequence[Mark], legend: str) -> Chart:
    """Horizontal bars from 0; legend explains the "main" bars."""
    left = _label_width([bar.label for bar in bars])
    right = WIDTH - 12 - _label_width([bar.note for bar in bars])
    top = max([bar.value for bar in bars] + [mark.value for mark in marks] + [1.0]) * 1.01
    at = _linear(left, right, top)
    lines = [
        _line(index, bar.label, [Shape(left, max(at(bar.value), left + 0.5), bar.style)], bar.note)
        for index, bar in enumerate(bars)
    ]
    keys = [Key("swatch main", legend)]
    keys += [Key(f"line {mark.style}", mark.note) for mark in marks]
    shown = [Shape(at(mark.value), at(mark.value), mark.style) for mark in marks]
    return Chart("bars", title, left, lines, _ticks(at, _linear_ticks(top)), shown, keys)


def pair_chart(title: str, pairs: Sequence[Pair], names: tuple[str, str]) -> Chart:
    """Pairs on a logarithmic axis (zero stands at its left end)."""
    left = _label_width([pair.label for pair in pairs])
    right = WIDTH - 22 - _label_width([pair.note for pair in pairs])
    values = [v for pair in pairs for v in (pair.first, pair.second) if v > 0] or [1.0]
    low, high = log10(min(values)) - 0.08, log10(max(values)) + 0.08

    def at(value: float) -> float:
        share = (log10(value) - low) / (high - low) if value > 0 else 0.0
        return left + (right - left) * share

    lines = [
        _line(index, pair.label, [Shape(at(pair.first), at(pair.second))], pair.note)
        for index, pair in enumerate(pairs)
    ]
    keys = [Key("ring", names[0]), Key("dot", f"{names[1]}; logarithmic axis")]
    return Chart("pairs", title, left, lines, _ticks(at, _log_ticks(low, high)), [], keys)


def span_chart(title: str, spans: Sequence[Span], names: Sequence[str]) -> Chart:
    """Horizontal bars from one time to another; names: of the first, second, ... of each row."""
    left = _label_width([span.label for span in spans])
    right = WIDTH - 12 - _label_width([span.note for span in spans])
    top = max([end for span in spans for _, end in span.times] + [1.0]) * 1.01
    at = _linear(left, right, top)
    lines = [
        _line(
            index,
            span.label,
            [
                Shape(at(begin), max(at(end), at(begin) + 1), f"{span.style} frame{number}")
                for number, (begin, end) in enumerate(span.times)
            ],
            span.note,
        )
        for index, span in enumerate(spans)
    ]
    keys = [Key(f"swatch main frame{number}", name) for number, name in enumerate(names)]
    return Chart("spans", title, left, lines, _ticks(at, _linear_ticks(top)), [], keys)


def _linear(left: float, right: float, top: float) -> Callable[[float], float]:
    return lambda value: left + (right - left) * value / top


def _label_width(labels: Sequence[str]) -> float:
    return CHARACTER * min(max([len(label) for label in labels] + [4]), LONGEST) + 14


def _line(index: int, label: str, shapes: Sequence[Shape], note: str) -> Line:
    shown = label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
    return Line(label, shown, TOP + index * ROW, shapes, note)


def _ticks(at: Callable[[float], float], values: Sequence[float]) -> list[Tick]:
    return [Tick(at(value), short(value)) for value in values]


def _linear_ticks(top: float) -> list[float]:
    """0 and up to 8 round steps up to top."""
    power = 10.0 ** floor(log10(top))
    step = next(s * power for s in (0.1, 0.2, 0.25, 0.5, 1, 2) if top / (s * power) <= 8)
    return [index * step for index in range(floor(top / step) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten from 10^low to 10^high; where they are few, 2 and 5 times them too."""
    powers = range(floor(low), ceil(high) + 1)
    steps = (1, 2, 5) if high - low < 2.2 else (1,)
    ticks = [step * 10.0**power for power in powers for step in steps]
    return [tick for tick in ticks if low <= log10(tick) <= high]
