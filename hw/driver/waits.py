"""How long a driver usually waits: most of that it sleeps at once, instead of looking again."""

from __future__ import annotations

#: Of a wait's length the last time, so much is slept before the first look.
AT_ONCE = 0.75


class Waits:
    """Seconds that waits of each kind took the last time. longest: that are ever slept at once.

    Frames of a stream take alike: a driver that sleeps three quarters of the last wait looks at the
    registers a few times a frame, and is as soon to see its end as one that looks all the time.
    Where a frame takes less than the one before, it is seen late once, and less is slept the next
    time.
    """

    def __init__(self, longest: float) -> None:
        self.longest = longest
        self._last: dict[str, float] = {}

    def at_once(self, kind: str) -> float:
        """Seconds to sleep before the first look; 0.0 where no wait of this kind has ended."""
        return min(AT_ONCE * self._last.get(kind, 0.0), self.longest)

    def ended(self, kind: str, seconds: float) -> None:
        """A wait is over; it took so long."""
        self._last[kind] = seconds
