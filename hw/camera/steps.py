"""The steps of a resize along one axis, as ``resize_step`` and ``resize_pairs`` take them."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """takes: old elements that it takes, 0 to 2. gives: whether it gives a new one."""

    takes: int
    gives: bool


@dataclass(frozen=True)
class _One:
    takes: bool
    gives: bool
    advances: bool
    is_last: bool


def _single(old: int, new: int) -> list[_One]:
    down = new <= old
    span, stride = 2 * max(old, new), 2 * min(old, new)
    phase, has_low, shift, left = (0 if old == new else old + new), old == new, False, old - 1
    found = []
    for step in range(max(old, new)):
        is_last = step == max(old, new) - 1
        advances = phase + stride >= span
        takes = down or step == 0 or (shift and left > 0)
        gives = not down or (has_low and (advances or is_last))
        found.append(_One(takes, gives, advances, is_last))
        if shift and left:
            left -= 1
        phase += stride - (span if advances else 0)
        has_low, shift = has_low or advances, advances
    return found


def single_steps(old: int, new: int) -> list[Step]:
    """Steps of ``resize_rows``: of old lines that become new ones."""
    return [Step(int(one.takes), one.gives) for one in _single(old, new)]


def paired_steps(old: int, new: int, pairs: bool) -> list[Step]:
    """Steps of ``resize_columns``: two at a time where both give one new pixel, if pairs."""
    return list(_paired(_single(old, new), pairs and new <= old))


def _paired(steps: list[_One], may: bool) -> Iterator[Step]:
    at = 0
    while at < len(steps):
        one = steps[at]
        other = steps[at + 1] if may and not one.is_last else None
        if other is None or (one.advances and (other.is_last or other.advances)):
            yield Step(int(one.takes), one.gives)
            at += 1
        else:
            yield Step(2, one.gives or other.gives)
            at += 2
