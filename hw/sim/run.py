"""Running a built simulator: beats in, beats and measurements out.

The simulator runs with the design's folder as its working directory, since memories are named
without a folder.
"""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from tqdm import tqdm  # type: ignore[import-untyped]

from hw.errors import HardwareError, SimulationStuck
from hw.files import READER
from hw.sim.beats import IntArray, pack
from hw.sim.design import INPUT, OUTPUT, Stream
from hw.sim.result import SimResult, parse_streams
from hw.sim.stuck import stuck_text
from hw.sim.verilate import Simulator
from outside.reader import MAX_TOOL

#: Clocks without any transfer after which a simulation counts as stuck, unless told otherwise.
STUCK_CLOCKS = 100_000


def _write_inputs(
    simulator: Simulator,
    inputs: Mapping[str, IntArray],
    frames: int,
    folder: Path,
    load: "LoadRun | None",
) -> None:
    streams = {stream.name: stream for stream in simulator.design.of_kind(INPUT)}
    if set(inputs) != set(streams):
        raise HardwareError(f"inputs given: {sorted(inputs)}; the design has {sorted(streams)}")
    for name, values in inputs.items():
        stream = streams[name]
        beats = frames * stream.frame_beats if load is None else load.beats(stream, frames)
        expected = (beats, stream.lanes)
        if values.shape != expected:
            raise HardwareError(f"input {name}: (beats, lanes) {values.shape}, not {expected}")
        try:
            packed = pack(values, stream.bits, stream.signed)
        except HardwareError as error:
            raise HardwareError(f"input {name}: {error}") from None
        # not tofile, whose error on a full disk does not say what it is
        (folder / f"{stream.wire}.in").write_bytes(packed.tobytes())


def _follow(stdout: IO[str], total: int, title: str, show: bool) -> str:
    """Turn ``progress`` lines into a bar; return the other lines."""
    rest = []
    with tqdm(total=total, desc=title, unit="beat", unit_scale=True, disable=not show) as bar:
        for line in stdout:
            words = line.split()
            if len(words) == 3 and words[0] == "progress":
                bar.set_postfix_str(f"{int(words[1]):,} clocks", refresh=False)
                bar.update(int(words[2]) - bar.n)
            else:
                rest.append(line)
    return "".join(rest)


@dataclass(frozen=True)
class LoadRun:
    """Words for the load bus: (address, word) each, written when ``after`` frames are through.

    later_beats: where they make it another size, beats of a later frame of every stream; a reset
    follows then.
    """

    words: Sequence[tuple[int, int]]
    after: int
    later_beats: Mapping[str, int] = field(default_factory=dict)

    def beats(self, stream: Stream, frames: int) -> int:
        """Beats of so many frames of a stream, those before and those behind."""
        later = self.later_beats.get(stream.name, stream.frame_beats)
        return self.after * stream.frame_beats + (frames - self.after) * later


def _write_load(simulator: Simulator, load: LoadRun, frames: int, folder: Path) -> dict[str, Any]:
    """Options of the harness for a load; its words lie in folder."""
    design = simulator.design
    if not design.tables:
        raise HardwareError(f"design {design.top}: it has no tables that can be written")
    if not (0 <= load.after < frames and load.words):
        raise HardwareError(
            f"words are written behind {load.after} of {frames} frames; expected words, and a "
            "frame or more behind them"
        )
    path = folder / "load.words"
    path.write_bytes(np.asarray(load.words, "<u4").tobytes())
    options: dict[str, Any] = {"load": path, "load_after": load.after}
    if load.later_beats:
        beats = [load.later_beats[stream.name] for stream in design.streams]
        options["load_beats"] = folder / "load.beats"
        options["load_beats"].write_bytes(np.asarray(beats, "<u8").tobytes())
    return options


def simulate(
    simulator: Simulator,
    inputs: Mapping[str, IntArray],
    frames: int,
    stall: float = 0.0,
    seed: int = 0,
    *,
    idle: float | None = None,
    load: LoadRun | None = None,
    waves: Path | None = None,
    wave_range: tuple[int, int] = (0, 0),
    stuck_clocks: int = STUCK_CLOCKS,
    max_clocks: int = 0,
    drain_clocks: int = 64,
    record: str = "all",
    out_dir: Path | None = None,
    progress: bool = False,
) -> SimResult:
    """Send frames through the design and return what came out and how long it took.

    inputs: for each input stream (frames * beats a frame, lanes) integers. stall: probability
    that an output is not ready at a clock; idle: that an input pauses before a beat (default:
    stall). load: words that are written between two frames, and read back. stuck_clocks: clocks
    without a transfer on any stream that count as stuck. waves: FST file to write, of wave_range =
    (first clock, clocks, 0 for all). max_clocks: bound on all clocks, 0 for none. drain_clocks:
    simulated after the last expected beat, to see beats too many. record: "all" streams or
    "outputs". out_dir: where the beats are kept (default: a temporary folder that lives as long as
    the result).

    Raises SimulationStuck, naming the stream, and HardwareError for unusable input.
    """
    design = simulator.design
    if record not in ("all", "outputs"):
        raise HardwareError(f"record is 'all' or 'outputs', not {record!r}")
    idle = stall if idle is None else idle
    if frames < 1 or not (0 <= stall < 1 and 0 <= idle < 1):
        raise HardwareError("frames must be at least 1, stall and idle in [0, 1)")
    if waves is not None and not simulator.waves:
        raise HardwareError("this simulator was built without waves: build(..., waves=True)")
    temporary = None
    if out_dir is None:
        temporary = tempfile.TemporaryDirectory(prefix="simulation-")
        out_dir = Path(temporary.name)
    out_dir.mkdir(parents=True, exist_ok=True)
    folder = out_dir.resolve()
    _write_inputs(simulator, inputs, frames, folder, load)
    result_file = folder / "result.json"
    result_file.unlink(missing_ok=True)
    wave_file = "/dev/null" if simulator.waves and waves is None else waves and waves.resolve()
    options = {
        "in": folder,
        "out": folder,
        "frames": frames,
        "seed": seed,
        "idle": idle,
        "stall": stall,
        "record": record,
        "stuck": stuck_clocks,
        "max": max_clocks,
        "drain": drain_clocks,
        "waves": wave_file or "",
        "wave_start": wave_range[0],
        "wave_clocks": wave_range[1],
        **({} if load is None else _write_load(simulator, load, frames, folder)),
    }
    expected = {
        stream.name: frames * stream.frame_beats if load is None else load.beats(stream, frames)
        for stream in design.streams
    }
    total = sum(expected[stream.name] for stream in design.of_kind(OUTPUT))
    with subprocess.Popen(
        [str(simulator.exe.resolve()), *(f"{key}={value}" for key, value in options.items())],
        cwd=design.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            said = _follow(process.stdout, total, design.top, progress)
        except BaseException:
            process.kill()
            raise
    if process.returncode or not result_file.exists():
        raise HardwareError(
            f"the simulator of {design.top} ended with status {process.returncode}: {said.strip()}"
        )
    raw = READER.json(result_file, dict[str, Any], limit=MAX_TOOL)
    streams = parse_streams(design, expected, raw["streams"])
    if raw["stop"] != "done":
        reasons = {
            "stuck": f"is stuck at clock {raw['simulated']} (no transfer for {stuck_clocks})",
            "max_clocks": f"did not finish in {max_clocks} clocks",
            "finish": f"was ended by $finish at clock {raw['simulated']}",
        }
        text = stuck_text(design, streams, reasons[raw["stop"]])
        raise SimulationStuck(f"{text}\n{said}".rstrip())
    mismatches, first = raw["load"]
    if mismatches:
        raise HardwareError(
            f"design {design.top}: {mismatches} words of the load bus are not read as they were "
            f"written, the first at address {first}"
        )
    return SimResult(
        design=design,
        frames=frames,
        folder=folder,
        clocks_total=raw["clocks"],
        clocks_per_second=raw["clocks_per_second"],
        streams=streams,
        fifo_max_fill={
            fifo.name: fill for fifo, fill in zip(design.fifos, raw["fifo_max_fill"], strict=True)
        },
        temporary=temporary,
    )
