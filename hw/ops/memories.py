"""Contents of on-chip memories."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """Initial contents of one on-chip memory, written as a ``$readmemh`` file.

    words: one unsigned integer a row. width: bits of a row. kind: "weights" or "thresholds".
    stored_bits: bits that carry information (rows x width less padding); padding: why the
    difference, if any. style: rom_style that the memory is asked for. is_part: one of many small
    ones, which is not synthesized alone.
    """

    name: str
    words: list[int]
    width: int
    kind: str
    stored_bits: int
    padding: str = ""
    style: str = "auto"
    is_part: bool = False

    @property
    def bits(self) -> int:
        """Bits of the whole memory, padding included."""
        return len(self.words) * self.width

    def rows(self) -> list[str]:
        """The rows in hexadecimal, as ``write`` writes them."""
        digits = (self.width + 3) // 4
        return [f"{word:0{digits}x}" for word in self.words]

    def write(self, folder: Path) -> Path:
        """Write ``<name>.mem`` into folder, one hexadecimal row a line."""
        path = folder / f"{self.name}.mem"
        path.write_text("".join(f"{row}\n" for row in self.rows()), encoding="utf-8")
        return path
