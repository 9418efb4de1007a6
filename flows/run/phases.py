"""The progress of a place and route that takes minutes."""

import re
import time

#: What of nextpnr's log is worth a line: phase of the work.
_PHASES = re.compile(
    r"Info: (Packing|Promoting|Annotating|Running|Routing|Setting up|Creating initial)[^.\n]*"
)
#: Seconds without a new phase after which the latest line is shown.
EVERY = 30.0


class Phases:
    """Called with every line of nextpnr; prints each phase once, with the seconds so far.

    In a phase that lasts, the latest line is printed every EVERY seconds.
    """

    def __init__(self) -> None:
        self._began = self._shown_at = time.monotonic()
        self._shown: set[str] = set()

    def __call__(self, line: str) -> None:
        found = _PHASES.match(line)
        now = time.monotonic()
        if found and found.group() not in self._shown:
            self._shown.add(found.group())
            self._print(found.group(), now)
        elif now - self._shown_at >= EVERY and line.strip():
            self._print(line, now)

    def _print(self, line: str, now: float) -> None:
        self._shown_at = now
        text = line.removeprefix("Info: ").strip()
        print(f"  {now - self._began:5.0f} s  {text}", flush=True)
