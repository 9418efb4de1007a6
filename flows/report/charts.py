"""Charts as inline SVG: bars against marks, and pairs of values on one axis.

Colours come from the page's style sheet (classes), so the charts follow its light and dark themes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from flows.report.markup import text

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


def short(value: float) -> str:
    """Number of an axis: 0, 200, 50 k, 1.5 M."""
    for factor, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= factor:
            return f"{value / factor:g}{unit}"
    return f"{value:g}"


def bar_chart(title: str, bars: Sequence[Bar], marks: Sequence[Mark], legend: str) -> str:
    """Horizontal bars from 0; legend explains the "main" bars."""
    left = _label_width([bar.label for bar in bars])
    right = WIDTH - 12 - _label_width([bar.note for bar in bars])
    top = max([bar.value for bar in bars] + [mark.value for mark in marks] + [1.0]) * 1.01
    ticks = _linear_ticks(top)

    def at(value: float) -> float:
        return left + (right - left) * value / top

    body = _axis([(at(tick), short(tick)) for tick in ticks], len(bars))
    for index, bar in enumerate(bars):
        y = TOP + index * ROW
        width = max(at(bar.value) - left, 0.5)
        body.append(_label(bar.label, left, y))
        body.append(
            f'<rect class="bar {bar.style}" x="{left:.1f}" y="{y + 4}" width="{width:.1f}" '
            f'height="{ROW - 8}" rx="1.5"><title>{text(bar.label)}: {text(bar.note)}</title></rect>'
        )
        body.append(f'<text class="value" x="{WIDTH}" y="{y + 14}">{text(bar.note)}</text>')
    for mark in marks:
        x = at(mark.value)
        body.append(
            f'<line class="mark {mark.style}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" '
            f'y2="{TOP + len(bars) * ROW + 2}"/>'
        )
    keys = [("swatch main", legend)] + [(f"line {mark.style}", mark.note) for mark in marks]
    return _legend(keys) + _svg(title, len(bars), body)


def pair_chart(title: str, pairs: Sequence[Pair], names: tuple[str, str]) -> str:
    """Pairs on a logarithmic axis (zero stands at its left end)."""
    left = _label_width([pair.label for pair in pairs])
    right = WIDTH - 22 - _label_width([pair.note for pair in pairs])
    values = [v for pair in pairs for v in (pair.first, pair.second) if v > 0] or [1.0]
    low, high = log10(min(values)) - 0.08, log10(max(values)) + 0.08

    def at(value: float) -> float:
        share = (log10(value) - low) / (high - low) if value > 0 else 0.0
        return left + (right - left) * share

    body = _axis([(at(tick), short(tick)) for tick in _log_ticks(low, high)], len(pairs))
    for index, pair in enumerate(pairs):
        y = TOP + index * ROW + ROW / 2
        first, second = at(pair.first), at(pair.second)
        body.append(_label(pair.label, left, TOP + index * ROW))
        body.append(
            f'<g><title>{text(pair.label)}: {text(pair.note)}</title><line class="span" '
            f'x1="{first:.1f}" x2="{second:.1f}" y1="{y}" y2="{y}"/>'
            f'<circle class="first" cx="{first:.1f}" cy="{y}" r="5"/>'
            f'<circle class="second" cx="{second:.1f}" cy="{y}" r="3.6"/></g>'
        )
        body.append(f'<text class="value" x="{WIDTH}" y="{y + 4}">{text(pair.note)}</text>')
    keys = [("ring", names[0]), ("dot", f"{names[1]}; logarithmic axis")]
    return _legend(keys) + _svg(title, len(pairs), body)


def _label_width(labels: Sequence[str]) -> float:
    return CHARACTER * min(max([len(label) for label in labels] + [4]), LONGEST) + 14


def _label(label: str, left: float, y: float) -> str:
    shown = label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
    return f'<text class="label" x="{left - 8:.1f}" y="{y + 14}">{text(shown)}</text>'


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


def _axis(ticks: Sequence[tuple[float, str]], rows: int) -> list[str]:
    bottom = TOP + rows * ROW
    lines = []
    for x, label in ticks:
        lines.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
        lines.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 18}">{label}</text>')
    return lines


def _legend(keys: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<span><i class="key {key}"></i>{text(name)}</span>' for key, name in keys)
    return f'<div class="legend">{items}</div>'


def _svg(title: str, rows: int, body: Sequence[str]) -> str:
    height = TOP + rows * ROW + BOTTOM
    lines = "\n".join(body)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{text(title)}">\n{lines}\n'
        "</svg>"
    )
