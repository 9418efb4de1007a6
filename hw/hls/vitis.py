"""The Vitis HLS project of a dataflow graph: written whole, run operator by operator, read back.

Folder (all paths in it are relative; it may be moved as a whole)::

    include/                    the operators' headers, and stand-ins
    testbench.cpp               one test bench for every top level
    vectors/<stream>.bin        the beats of each stream, packed as TDATA, frame after frame
    operators/<node>/           top_<node>.cpp, tables, bench.hpp, hls_syn_<node>.tcl
    region/<top>/               the whole network as one top level
    camera/<top>_camera_in/     of a build with a camera path: from a frame in memory to pixels,
    camera/<top>_camera_out/    and from integers to records in memory
    run_all.sh, README.md       everything with one command, where Vitis HLS is

A top level is done when its script left ``finished`` with the digest of the sources at hand, so a
second run goes on where the first was stopped, and results of a folder that ran elsewhere count.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.files import READER, write_changed
from hw.hls.design import HlsProject, HlsStream
from hw.hls.node_project import (
    TCL_FILE,
    TOP_FILE,
    Port,
    bench_header,
    copy_headers,
    in_ports,
    node_top,
    out_ports,
    tables_text,
)
from hw.hls.project import write_project
from hw.hls.tcl import Bench, script
from hw.hls.vitis_reports import read_unit
from hw.hls.vitis_texts import readme, run_all
from hw.ops.hls_base import hls_variant
from hw.ops.registry import HLS_DOMAIN
from hw.tools.process import run_to_log
from hw.tools.tcl import FAILED, FINISHED
from outside.whole import remove

HLS_DIR = Path(__file__).parent
#: Vectors of one stream may take so much.
MAX_VECTOR_BYTES = 256 << 20
OPERATORS, REGION, CAMERA = "operators", "region", "camera"


@dataclass(frozen=True)
class Unit:
    """One top level. kind: OPERATORS, REGION or CAMERA; trips: clocks a frame that are meant."""

    name: str
    kind: str
    folder: Path
    digest: str
    trips: int

    def result(self) -> dict[str, Any]:
        """Its entry of report/hls_synth.json."""
        return read_unit(self.folder, self.name, self.digest, self.trips)


@dataclass(frozen=True)
class MoreUnit:
    """A top level that is no part of the graph, with a bench of its own.

    sources: texts of its files, the bench's among them, by name; bench: which that is. vectors: its
    files of beats. kind, trips: as of Unit.
    """

    name: str
    kind: str
    sources: dict[str, str]
    bench: str
    vectors: dict[str, bytes]
    trips: int


@dataclass(frozen=True)
class VitisProject:
    """A project that ``write_vitis_project`` wrote."""

    folder: Path
    units: tuple[Unit, ...]
    part: str
    clock_ns: float

    def select(self, names: Iterable[str] | None) -> list[Unit]:
        """Units of these names (default: all); HardwareError for a name that is none."""
        if names is None:
            return list(self.units)
        known = {unit.name: unit for unit in self.units}
        wanted = list(dict.fromkeys(names))
        for name in wanted:
            if name not in known:
                raise HardwareError(f"no node {name} to synthesize; there are: {', '.join(known)}")
        return [known[name] for name in wanted]


def run_unit(unit: Unit, tool: list[str]) -> dict[str, Any]:
    """Run the unit's script (log: run.log beside it); its entry of report/hls_synth.json."""
    for name in (FINISHED, FAILED):
        (unit.folder / name).unlink(missing_ok=True)
    command = [*tool, TCL_FILE.format(unit.name)]
    log = unit.folder / "run.log"
    status = run_to_log(command, unit.folder, log)
    entry = unit.result()
    if entry["status"] == "not run":  # it died before it could say why
        said = f"{Path(tool[0]).name} ended with status {status}; see {log}"
        entry |= {"status": "failed", "message": said}
        write_changed(unit.folder / FAILED, f"{unit.digest}\ntool: {said}\n".encode())
    return entry


def made_verilog(model: ModelWrapper, folder: Path, part: str, clock_ns: float) -> dict[str, Path]:
    """Folders with Vitis HLS's Verilog of those HLS nodes that it has finished, by node.

    folder: of the project. Only what was made of these very sources, part and clock counts.
    """
    found = {}
    same = all(
        _holds(folder / "include" / p.name, p.read_text(encoding="utf-8"))
        for p in HLS_DIR.glob("*.hpp")
    )
    for node in model.graph.node if same else ():
        if node.domain != HLS_DOMAIN:
            continue
        name, op = node.name, hls_variant(node)
        where = folder / OPERATORS / name
        tables = tables_text(op, model)
        if not _holds(where / TOP_FILE.format(name), node_top(op, model)):
            continue
        if tables and not _holds(where / f"{name}_tables.hpp", tables):
            continue
        text = (where / TCL_FILE.format(name)).read_text(encoding="utf-8", errors="replace")
        digest = re.search(r'^set digest "(\w+)"$', text, re.MULTILINE)
        lines = (f'  set_part "{part}"\n', f"  create_clock -period {clock_ns:g} ")
        if digest is None or not all(line in text for line in lines):
            continue
        if read_unit(where, name, digest[1], 0)["status"] == "passed":
            found[name] = where / f"project_{name}" / "sol1" / "impl" / "verilog"
    return found


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text


# --- writing ----------------------------------------------------------------------------------


def check_vectors(streams: Iterable[HlsStream], frames: int) -> int:
    """Bytes that the vectors of so many frames take; HardwareError if a stream's are too many."""
    total = 0
    for stream in streams:
        size = stream.bytes * stream.frame_beats * frames
        if size > MAX_VECTOR_BYTES:
            raise HardwareError(
                f"stream {stream.name}: the vectors of {frames} frames take {size >> 20} MiB, more "
                f"than {MAX_VECTOR_BYTES >> 20}; take fewer or smaller frames"
            )
        total += size
    return total


def plan(model: ModelWrapper, folder: Path, top: str) -> HlsProject:
    """The graph's C++ project, written into folder / "cpp"."""
    return write_project(model, folder / "cpp", top)


def write_vitis_project(
    model: ModelWrapper,
    folder: Path,
    top: str,
    part: str,
    clock_ns: float,
    frames: int,
    vectors: Iterable[tuple[str, bytes]],
    more: Callable[[HlsProject], Sequence[MoreUnit]] = lambda _: (),
) -> VitisProject:
    """Write the project of a graph of RTL, HLS or mixed nodes; files that are as they were stay.

    vectors: (stream name, packed beats) for every stream of the C++ project, of so many frames.
    more: further top levels, of the C++ project.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".vitis-") as name:
            writer = _Writer(model, folder, top, part, clock_ns)
            return writer.write(Path(name), frames, vectors, more)
    except OSError as error:
        where = error.filename or folder
        raise HardwareError(f"{where}: cannot be written: {error.strerror}") from error


class _Writer:
    """Writes the files, and digests what each unit is made of."""

    def __init__(
        self, model: ModelWrapper, folder: Path, top: str, part: str, clock_ns: float
    ) -> None:
        self.model, self.folder, self.top = model, folder, top
        self.part, self.clock_ns = part, clock_ns
        self.common = hashlib.sha256()
        self.hashes: dict[str, str] = {}
        self.written: set[Path] = set()

    def write(
        self,
        temporary: Path,
        frames: int,
        vectors: Iterable[tuple[str, bytes]],
        more: Callable[[HlsProject], Sequence[MoreUnit]],
    ) -> VitisProject:
        project = plan(self.model, temporary, self.top)
        check_vectors(project.streams, frames)
        self._common(temporary)
        self._vectors(project, frames, vectors)
        units = [self._operator(project, node.name) for node in project.nodes]
        units.append(self._region(project))
        counts = (len(units) - 1, frames, MAX_VECTOR_BYTES)
        units += [self._more(unit) for unit in more(project)]
        names = [(str(u.folder.relative_to(self.folder)), u.name, u.digest) for u in units]
        self._put("run_all.sh", run_all(names))
        self._put("README.md", readme(self.top, self.part, self.clock_ns, *counts))
        self._remove_stale(units)
        return VitisProject(self.folder, tuple(units), self.part, self.clock_ns)

    def _put(self, name: str, text: str | bytes) -> bytes:
        content = text if isinstance(text, bytes) else text.encode()
        path = self.folder / name
        write_changed(path, content)
        self.written.add(path)
        return content

    def _common(self, temporary: Path) -> None:
        for name in copy_headers(temporary / "include", stand_ins=True):
            content = (temporary / "include" / name).read_bytes()
            self.common.update(self._put(f"include/{name}", content))
        bench = (HLS_DIR / "testbench.cpp").read_bytes()
        self.common.update(self._put("testbench.cpp", bench))

    def _vectors(
        self, project: HlsProject, frames: int, vectors: Iterable[tuple[str, bytes]]
    ) -> None:
        for name, content in vectors:
            stream = project.stream(name)
            expected = stream.bytes * stream.frame_beats * frames
            if len(content) != expected:
                raise HardwareError(
                    f"stream {name}: {len(content)} bytes of vectors, expected {expected}"
                )
            self._put(f"vectors/{name}.bin", content)
            self.hashes[name] = hashlib.sha256(content).hexdigest()
        missing = [stream.name for stream in project.streams if stream.name not in self.hashes]
        if missing:
            raise HardwareError(f"stream {missing[0]}: no vectors were given")

    def _operator(self, project: HlsProject, name: str) -> Unit:
        node = next(node for node in self.model.graph.node if node.name == name)
        op = hls_variant(node)
        entry = next(entry for entry in project.nodes if entry.name == name)
        sources = {TOP_FILE.format(name): node_top(op, self.model)}
        if tables := tables_text(op, self.model):
            sources[f"{name}_tables.hpp"] = tables
        files = (*entry.sources, *entry.sinks)
        return self._unit(name, OPERATORS, sources, in_ports(op), out_ports(op), files, entry.trips)

    def _region(self, project: HlsProject) -> Unit:
        inputs, outputs = project.of_kind("input"), project.of_kind("output")
        ends = [
            [
                Port(s.port, s.bits, s.signed, s.lanes, s.frame_beats).checked(f"design {self.top}")
                for s in side
            ]
            for side in (inputs, outputs)
        ]
        names = [f"{self.top}.cpp", f"{self.top}.hpp"]
        names += [name for name in project.files if name.endswith("_tables.hpp")]
        sources = {name: READER.text(project.folder / name, "build again") for name in names}
        files = [stream.name for stream in (*inputs, *outputs)]
        trips = max(node.trips for node in project.nodes)
        return self._unit(self.top, REGION, sources, ends[0], ends[1], files, trips)

    def _unit(
        self,
        name: str,
        kind: str,
        sources: dict[str, str],
        ins: Sequence[Port],
        outs: Sequence[Port],
        streams: Sequence[str],
        trips: int,
    ) -> Unit:
        where = f"{kind}/{name}"
        files = tuple(f"{stream}.bin" for stream in streams)
        texts = {**sources, "bench.hpp": bench_header(name, ins, outs, files)}
        bench = Bench(
            "../../testbench.cpp", tuple(f"../../vectors/{file}" for file in files), "../../vectors"
        )

        def tcl(digest: str) -> str:
            compiled = [file for file in sources if file.endswith(".cpp")]
            return script(
                name,
                compiled,
                self.part,
                self.clock_ns,
                include="../../include",
                bench=bench,
                digest=digest,
            )

        digest = self.common.copy()
        for text in (*texts.values(), tcl(""), *(self.hashes[stream] for stream in streams)):
            digest.update(text.encode() + b"\0")
        for file, text in texts.items():
            self._put(f"{where}/{file}", text)
        self._put(f"{where}/{TCL_FILE.format(name)}", tcl(digest.hexdigest()))
        return Unit(name, kind, self.folder / where, digest.hexdigest(), trips)

    def _more(self, unit: MoreUnit) -> Unit:
        where = f"{unit.kind}/{unit.name}"
        files = tuple(f"../../vectors/{name}" for name in unit.vectors)

        def tcl(digest: str) -> str:
            compiled = [name for name in unit.sources if name.endswith(".cpp")]
            compiled.remove(unit.bench)
            return script(
                unit.name,
                compiled,
                self.part,
                self.clock_ns,
                include="../../include",
                bench=Bench(unit.bench, files, "../../vectors"),
                digest=digest,
            )

        digest = self.common.copy()
        for text in (*unit.sources.values(), tcl("")):
            digest.update(text.encode() + b"\0")
        for name, content in unit.vectors.items():
            digest.update(self._put(f"vectors/{name}", content))
        for name, text in unit.sources.items():
            self._put(f"{where}/{name}", text)
        self._put(f"{where}/{TCL_FILE.format(unit.name)}", tcl(digest.hexdigest()))
        folder = self.folder / where
        return Unit(unit.name, unit.kind, folder, digest.hexdigest(), unit.trips)

    def _remove_stale(self, units: list[Unit]) -> None:
        """Remove units and vectors of an earlier graph; what Vitis HLS made of them goes too."""
        keep = {unit.folder for unit in units}
        for kind in (OPERATORS, REGION, CAMERA):
            for folder in (self.folder / kind).glob("*"):
                if folder not in keep:
                    remove(folder)
        for pattern in ("vectors/*", "include/*.hpp"):
            for path in self.folder.glob(pattern):
                if path not in self.written:
                    path.unlink()
