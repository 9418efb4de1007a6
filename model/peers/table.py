"""The figures of `model.peers.measure` as lines for a terminal."""

from typing import Any

from model.evaluation.bands import BANDS

NOT_INSTALLED, FAILED = "not installed here", "failed here"


def table(measured: dict[str, Any]) -> list[str]:
    """Lines of the table, of what is not there and how to install it, and of the given figures."""
    names = [one["detector"] for one in measured["rows"]] + [one[0] for one in measured["given"]]
    wide = max(map(len, names))
    lines = [
        f"AP at IoU 0.5 on {measured['pictures']} pictures, {measured['faces']} faces; faces by "
        f"size in the frame of {measured['size']} pixels",
        f"{'detector':<{wide}}{'KB':>9}{''.join(f'{name:>8}' for name in BANDS)}"
        f"{'pictures/s':>12}{'x ours':>8}",
    ]
    first = reference(measured["rows"])
    lines += [_line(one, wide, first) for one in measured["rows"]]
    lines.append("pictures/s: of one core's time, pictures being in memory; ours by PyTorch")
    for one in measured["rows"]:
        if "missing" in one:
            lines.append(f"{one['detector']}: {one['missing']}")
        elif "failed" in one:
            lines.append(one["failed"])
    lines += ["", f"given figures, not measured here, on {measured['given_on']}:"]
    for title, size, *values in measured["given"]:
        lines.append(f"{title:<{wide}}{size:>9,}{''.join(f'{value:>8.3f}' for value in values)}")
    return lines


def reference(rows: list[dict[str, Any]]) -> float | None:
    """Pictures by second of the first of our checkpoints; None where there is none."""
    return next((one["pictures_per_second"] for one in rows if "checkpoint" in one), None)


def _line(one: dict[str, Any], wide: int, first: float | None) -> str:
    """A row; first: our pictures by second."""
    title = f"{one['detector']:<{wide}}"
    if "bands" not in one:
        return f"{title}  {NOT_INSTALLED if 'missing' in one else FAILED}"
    bands = [one["bands"][name] for name in BANDS]
    values = "".join(f"{b['ap']:>8.3f}" if b["faces"] else f"{'-':>8}" for b in bands)
    rate = one["pictures_per_second"]
    speed = f"{rate:>12.1f}{rate / first:>8.2f}" if rate and first else f"{'-':>12}{'-':>8}"
    return f"{title}{one['kb']:>9,.0f}{values}{speed}"
