"""A C++ project as plain data (JSON): its files, streams and operators."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER
from hw.sim.design import Fifo, Stream

#: Beats that a stream without a FIFO node holds (Vitis HLS's default).
STREAM_DEPTH = 2


@dataclass(frozen=True)
class HlsStream(Stream):
    """One hls::stream. name: producing node (``stream_name``), or name of the graph input; wire:
    its variable.

    kind: OUTPUT marks the stream in front of port m_axis_<i>. port: name of the AXI-Stream port it
    comes from or leads to, or "". depth: beats that hardware gives it.
    """

    port: str = ""
    depth: int = STREAM_DEPTH

    @property
    def container(self) -> str:
        """Smallest built-in integer that holds a lane."""
        bits = next(size for size in (8, 16, 32, 64) if size >= self.bits)
        return f"{'int' if self.signed else 'uint'}{bits}_t"


@dataclass(frozen=True)
class HlsNode:
    """One operator of the program. sources, sinks: names of streams; trips: of its loop a frame.

    call: the statement in the top level. tables: names of its constant tables.
    """

    name: str
    op_type: str
    function: str
    sources: tuple[str, ...]
    sinks: tuple[str, ...]
    trips: int
    call: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class _ProjectFile:
    """A project's file: all but its folder."""

    top: str
    files: tuple[str, ...]
    streams: tuple[HlsStream, ...]
    nodes: tuple[HlsNode, ...]
    fifos: tuple[Fifo, ...]


@dataclass(frozen=True)
class HlsProject:
    """A folder with the C++ of function ``top``.

    files: names inside folder of all that ``write_project`` wrote, main.cpp and ports.inc (for the
    simulation alone) included; ``<top>.cpp`` is the one source for synthesis. streams and nodes:
    in topological order.
    """

    top: str
    folder: Path
    files: tuple[str, ...]
    streams: tuple[HlsStream, ...]
    nodes: tuple[HlsNode, ...]
    fifos: tuple[Fifo, ...] = ()

    def stream(self, name: str) -> HlsStream:
        """Return the stream with this name, or raise HardwareError."""
        for stream in self.streams:
            if stream.name == name:
                return stream
        raise HardwareError(f"project {self.top} has no stream {name!r}")

    def of_kind(self, kind: str) -> list[HlsStream]:
        """Return the streams of one kind (INPUT, OUTPUT or INTERNAL), in order."""
        return [stream for stream in self.streams if stream.kind == kind]

    def to_json(self) -> str:
        """Return the project as JSON text; the folder is not part of it."""
        fields = asdict(self)
        del fields["folder"]
        return json.dumps(fields, indent=1) + "\n"

    @classmethod
    def load(cls, path: Path) -> "HlsProject":
        """Read the ``<top>.json`` of a project."""
        found = READER.json(path, _ProjectFile, "not an HLS project; write it again")
        return cls(found.top, path.parent, found.files, found.streams, found.nodes, found.fifos)
