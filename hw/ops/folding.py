"""The foldings of an operator: settings that the solver may choose from."""

from collections.abc import Iterator
from dataclasses import dataclass

#: What an operator's memory can be asked to be.
STYLES = ("block", "distributed")


@dataclass(frozen=True)
class Folding:
    """One way to fold an operator. settings: attributes by name; styles: ram_style to choose from,
    which changes neither its streams nor its clocks; (): it has no such attribute.
    """

    settings: dict[str, int | str]
    styles: tuple[str, ...] = ()


def divisors(number: int) -> Iterator[int]:
    """From 1 to number."""
    return (d for d in range(1, number + 1) if number % d == 0)
