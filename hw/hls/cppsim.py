"""Running a compiled HLS project: frames' beats in, the beats of named nodes and counts out.

The program is kept running and is told to take one frame after another, so that no more than one
frame's recordings lie on the disk. Nothing here knows tensors: beats are (beats, lanes) integers.
"""

import contextlib
import errno
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

from hw.errors import HardwareError
from hw.hls.compiler import Program
from hw.hls.design import HlsProject, HlsStream
from hw.sim.beats import IntArray, pack, unpack
from hw.sim.design import INPUT, OUTPUT

Beats = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Frame:
    """Results of a frame. beats: (beats, lanes) by stream, in the smallest data type that holds a
    lane; outputs: by output stream, read from the ports' packed words. seconds, cpu_seconds:
    without recording; the program has one thread."""

    beats: dict[str, Beats]
    outputs: dict[str, IntArray]
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class NodeCounts:
    """Counts of one node's output stream over all frames: beats written, most beats in it at once
    (a frame's, for nodes run one after another); and of the node, at its first output: loop trips,
    seconds."""

    name: str
    trips: int
    beats: int
    highest_fill: int
    seconds: float


class CppSimulation:
    """A running program; use as a context manager.

    record: streams whose beats ``run`` returns (named as their nodes, but of nodes with several
    outputs). folder: where frames pass through files (a temporary
    folder in it; default: the system's).
    """

    def __init__(self, program: Program, record: Sequence[str] = (), folder: Path | None = None):
        self.program = program
        self.project: HlsProject = program.project
        self.record = [self._recorded(name) for name in record]
        self.frames = 0
        self._temporary = tempfile.TemporaryDirectory(prefix="cppsim-", dir=folder)
        self._folder = Path(self._temporary.name).resolve()
        self._errors: IO[bytes] = (self._folder / "errors").open("w+b")
        command = [str(program.exe), str(self._folder)]
        if self.record:
            command.append(",".join(stream.name for stream in self.record))
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            errors="replace",
        )

    def __enter__(self) -> "CppSimulation":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                with contextlib.suppress(OSError):  # what a dead program did not take
                    stream.close()
        self._temporary.cleanup()

    def _recorded(self, node: str) -> HlsStream:
        stream = self.project.stream(node)
        if not stream.producer:
            raise HardwareError(f"stream {node} is an input: no node writes it")
        return stream

    def run(self, inputs: Mapping[str, IntArray]) -> Frame:
        """Run one frame. inputs: for each graph input (beats, lanes) integers."""
        streams = {stream.name: stream for stream in self.project.of_kind(INPUT)}
        if set(inputs) != set(streams):
            raise HardwareError(f"inputs given: {sorted(inputs)}; expected {sorted(streams)}")
        for name, values in inputs.items():
            self._write(streams[name], values)
        said = json.loads(self._say("frame\n"))
        self.frames += 1
        return Frame(
            beats={stream.name: self._read(stream) for stream in self.record},
            outputs={
                stream.name: self._read_port(stream) for stream in self.project.of_kind(OUTPUT)
            },
            seconds=float(said["seconds"]),
            cpu_seconds=float(said["cpu_seconds"]),
        )

    def finish(self) -> list[NodeCounts]:
        """End the program; returns its counts, checked against beats a frame."""
        said = json.loads(self._say(""))
        self._process.wait()
        if self._process.returncode:
            raise self._failure()
        counts = [NodeCounts(**entry) for entry in said["nodes"]]
        for entry in counts:
            expected = self.frames * self.project.stream(entry.name).frame_beats
            if entry.beats != expected:
                raise HardwareError(
                    f"C++ simulation: node {entry.name} wrote {entry.beats} beats in {self.frames} "
                    f"frames, not {expected}"
                )
        return counts

    def _say(self, text: str) -> str:
        """Give the program a line ("": the end), and return the line that it prints."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            if text:
                self._process.stdin.write(text)
                self._process.stdin.flush()
            else:
                self._process.stdin.close()
        except OSError as error:
            raise self._failure() from error
        line = self._process.stdout.readline()
        if not line:
            raise self._failure()
        return line

    def _failure(self) -> HardwareError:
        """Return why the program ended."""
        status = self._process.wait()
        self._errors.flush()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip()
        how = f"status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
        return HardwareError(
            f"C++ simulation ({self.program.build} build) of {self.project.top}, frame "
            f"{self.frames}: {said or 'ended with ' + how}"
        )

    def _write(self, stream: HlsStream, values: IntArray) -> None:
        expected = (stream.frame_beats, stream.lanes)
        if values.shape != expected:
            found = values.shape
            raise HardwareError(f"input {stream.name}: (beats, lanes) {found}, not {expected}")
        try:
            packed = pack(values, stream.bits, stream.signed)
        except HardwareError as error:
            raise HardwareError(f"input {stream.name}: {error}") from None
        try:
            (self._folder / f"{stream.port}.in").write_bytes(packed.tobytes())
        except OSError as error:
            reason = os.strerror(error.errno or errno.EIO)
            raise HardwareError(
                f"C++ simulation: the beats of input {stream.name} cannot be written to "
                f"{self._folder}: {reason}"
            ) from error

    def _read(self, stream: HlsStream) -> Beats:
        path = self._folder / f"{stream.name}.bin"
        values = np.fromfile(path, np.dtype(stream.container.removesuffix("_t")))
        path.unlink()
        found = len(values) // stream.lanes
        if found != stream.frame_beats or len(values) % stream.lanes:
            raise HardwareError(
                f"C++ simulation: node {stream.producer} wrote {found} of "
                f"{stream.frame_beats} beats"
            )
        return values.reshape(-1, stream.lanes)

    def _read_port(self, stream: HlsStream) -> IntArray:
        path = self._folder / f"{stream.port}.out"
        raw = np.fromfile(path, np.uint8)
        path.unlink()
        if len(raw) != stream.frame_beats * stream.bytes:
            raise HardwareError(
                f"C++ simulation: node {stream.producer} wrote {len(raw) // stream.bytes} of "
                f"{stream.frame_beats} beats to port {stream.port}"
            )
        return unpack(raw.reshape(-1, stream.bytes), stream.lanes, stream.bits, stream.signed)


def trip_faults(project: HlsProject, counts: Sequence[NodeCounts], frames: int) -> list[str]:
    """Nodes whose loop ran another number of times than their operator says."""
    expected = {node.sinks[0]: node.trips * frames for node in project.nodes}
    return [
        f"C++ simulation: node {entry.name} took {entry.trips} loop trips in {frames} frames, its "
        f"operator says {expected.get(entry.name, 0)}"
        for entry in counts
        if entry.trips != expected.get(entry.name, 0)
    ]
