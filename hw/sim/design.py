"""A stitched design as plain data (JSON): its files, its streams, its FIFOs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER, write_text

#: Kinds of a stream, as seen from the design.
INPUT, OUTPUT, INTERNAL = "input", "output", "internal"
#: Files beside the sources that simulators and synthesis read: memory contents.
MEMORY_SUFFIXES = (".dat", ".mem", ".vh")


def stream_name(node: str, output: int, outputs: int) -> str:
    """Name of a node's stream: the node's; of a node with several outputs, <node>_out<i>."""
    return node if outputs == 1 else f"{node}_out{output}"


@dataclass(frozen=True)
class Stream:
    """One AXI-Stream of the top level.

    name: producing node (``stream_name``), or name of the graph input. wire: prefix of
    ``_tdata``, ``_tvalid`` and ``_tready`` in the top level. frame_beats: beats of one frame
    (N = 1). producer, consumer: node names, empty at the design's edge.
    """

    name: str
    wire: str
    kind: str
    lanes: int
    bits: int
    signed: bool
    frame_beats: int
    producer: str = ""
    consumer: str = ""

    @property
    def width(self) -> int:
        """Bits that carry data."""
        return self.lanes * self.bits

    @property
    def bytes(self) -> int:
        """Bytes of tdata, which is padded to bytes."""
        return (self.width + 7) // 8


@dataclass(frozen=True)
class Fifo:
    """One FIFO node: the names of the streams at its input and output, and what it can hold."""

    name: str
    in_stream: str
    out_stream: str
    depth: int


@dataclass(frozen=True)
class LoadTable:
    """A table that the load bus writes (hw/rtl/table_ram.sv).

    name: of its memory. kind: "weights" or "thresholds". address: of word 0 of row 0, counted in
    words of 32 bits. width: bits of a row. row_words: addresses that a row has.
    """

    node: str
    name: str
    kind: str
    address: int
    rows: int
    width: int
    row_words: int


@dataclass(frozen=True)
class _DesignFile:
    """A design's file: all but its folder."""

    top: str
    sources: tuple[str, ...]
    streams: tuple[Stream, ...]
    fifos: tuple[Fifo, ...]
    tables: tuple[LoadTable, ...] = ()
    frame_clocks: int = 0


@dataclass(frozen=True)
class Design:
    """A folder with everything that Verilator, yosys or Vivado need to build module ``top``.

    sources: file names inside folder, in compile order. streams: in topological order. tables:
    those that can be written while it runs; with any, the module has the ports ``load_i``,
    ``load_o``. frame_clocks: clocks between frames by its slowest node; 0: not known.
    """

    top: str
    folder: Path
    sources: tuple[str, ...]
    streams: tuple[Stream, ...]
    fifos: tuple[Fifo, ...] = ()
    tables: tuple[LoadTable, ...] = ()
    frame_clocks: int = 0

    def stream(self, name: str) -> Stream:
        """Return the stream with this name, or raise HardwareError."""
        for stream in self.streams:
            if stream.name == name:
                return stream
        raise HardwareError(f"design {self.top} has no stream {name!r}")

    def of_kind(self, kind: str) -> list[Stream]:
        """Return the streams of one kind (INPUT, OUTPUT or INTERNAL), in order."""
        return [stream for stream in self.streams if stream.kind == kind]

    def to_json(self) -> str:
        """Return the design as JSON text; the folder is not part of it (see ``save``)."""
        fields = asdict(self)
        del fields["folder"]
        for name in ("tables", "frame_clocks"):
            if not fields[name]:
                del fields[name]
        return json.dumps(fields, indent=1)

    def save(self) -> Path:
        """Write ``<top>.json`` beside the sources, so that the folder can be moved as a whole."""
        path = self.folder / f"{self.top}.json"
        write_text(path, self.to_json() + "\n")
        return path

    @classmethod
    def load(cls, path: Path) -> "Design":
        """Read a design that ``save`` wrote; HardwareError where its folder holds more than files.

        Tools open the files by name, and would wait for a pipe.
        """
        found = READER.json(path, _DesignFile, "expected a stitched design; build again")
        for place in sorted(path.parent.iterdir()):
            if not place.is_file() and not place.is_dir():
                raise HardwareError(f"{place}: no plain file; build again")
        return cls(
            found.top,
            path.parent,
            found.sources,
            found.streams,
            found.fifos,
            found.tables,
            found.frame_clocks,
        )
