"""Versions of nextpnr-xilinx, and which of them configure every block RAM as it is meant.

Up to mid 2026 a RAMB36 with a port of 1 or 9 bits lost every ninth bit (openXC7/nextpnr-xilinx,
pull request 95), and simple dual port memories were refused by fasm2frames (112) or read half a
word (150). The last of the three was merged on 2026-08-17; release 0.9.5 of September has them.
"""

import re
from dataclasses import dataclass

#: The first release that has all three.
MENDED = (0, 9, 5)
#: Releases by their commits, which a build without the repository's tags says instead.
_COMMITS = {"a9ceeec2": (0, 9, 5), "3fd78784": (0, 9, 6)}
#: What git describe --tags --always says: 0.9.6, 0.9.5-34-g6811cb8e, e22bcf69.
_SAID = re.compile(r"\(Version ([^)\s]+)\)")
_RELEASE = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:-\d+-g[0-9a-f]+)?(?:-dirty)?")
_COMMIT = re.compile(r"g?(?P<commit>[0-9a-f]{7,40})(?:-dirty)?")


@dataclass(frozen=True)
class RouterVersion:
    """A version as ``nextpnr-xilinx --version`` says it; "" where that is not known."""

    text: str = ""

    @property
    def release(self) -> tuple[int, ...] | None:
        """The release that it is, or that it came after; None where nothing says so."""
        if found := _RELEASE.fullmatch(self.text):
            return tuple(int(part or 0) for part in found.groups())
        if found := _COMMIT.fullmatch(self.text):
            return next(
                (
                    release
                    for commit, release in _COMMITS.items()
                    if found["commit"][:8].startswith(commit[: len(found["commit"])])
                ),
                None,
            )
        return None

    @property
    def is_mended(self) -> bool:
        """Whether every block RAM may be made, but for two in a cascade."""
        return self.release is not None and self.release >= MENDED

    def __str__(self) -> str:
        """For people."""
        return f"nextpnr-xilinx {self.text or 'of unknown version'}"


def read_version(said: str) -> RouterVersion:
    """Of what ``nextpnr-xilinx --version`` said."""
    found = _SAID.search(said)
    return RouterVersion(found[1] if found else "")
