"""The levels of verification of a build, each with what its result file says.

A level is passed only if its file says that integers were compared and all were equal; without a
file, or with one that is older than the model it is about, it was not run.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from flows.build import model_path
from flows.config import BuildConfig
from flows.errors import FlowError
from flows.report.data import read_json

PASSED, FAILED, NOT_RUN = "passed", "FAILED", "not run"
LATER = "no step of this flow yet"

T = TypeVar("T")


@contextmanager
def reading(config: BuildConfig, name: str) -> Iterator[None]:
    """Turn what a file of another form raises into a FlowError that names the file."""
    try:
        yield
    except FlowError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        path = config.output_dir / "report" / f"{name}.json"
        what = f"key {error} is missing" if isinstance(error, KeyError) else str(error)
        raise FlowError(f"{path}: not as this flow writes it ({what}); make it again") from error


@dataclass(frozen=True)
class Emulation:
    """report/emulation.json."""

    frames: int
    mismatches: int
    boundaries: list[str]
    against: list[str]


@dataclass(frozen=True)
class Simulation:
    """report/rtlsim_performance.json. Counts by stream or FIFO are over all frames."""

    frames: int
    mismatches: int
    differences: list[str]
    boundaries: list[str]
    clocks_per_frame: int
    between_frames: bool  # clocks_per_frame is an interval between frames, not a single frame's
    latency_clocks: int
    clocks_total: int
    fifo_fill: dict[str, int]
    beats: dict[str, int]
    stalled: dict[str, int]
    violations: list[str]
    faults: list[str]
    stalls: float
    seed: int

    def beats_per_frame(self, stream: str) -> int | None:
        """Beats of a stream in one frame; None where it was not recorded."""
        return self.beats[stream] // max(1, self.frames) if stream in self.beats else None

    def stalled_share(self, stream: str) -> float | None:
        """Share of all clocks in which the stream offered a beat that was not taken."""
        if stream not in self.stalled or not self.clocks_total:
            return None
        return self.stalled[stream] / self.clocks_total


@dataclass(frozen=True)
class Level:
    """One level. status: PASSED, FAILED or NOT_RUN."""

    name: str
    what: str
    status: str
    detail: str
    boundaries: Sequence[str] = ()


def _counts(data: Any) -> dict[str, int]:
    return {str(name): int(value) for name, value in data.items()}


def _names(data: Any) -> list[str]:
    if not isinstance(data, list):
        raise TypeError("a list was expected")
    return [str(item) for item in data]


def _parse_emulation(data: Any) -> Emulation:
    return Emulation(
        int(data["frames"]),
        int(data["mismatches"]),
        _names(data["boundaries"]),
        _names(data["against"]),
    )


def _parse_simulation(data: Any) -> Simulation:
    return Simulation(
        frames=int(data["frames"]),
        mismatches=int(data["mismatches"]),
        differences=_names(data["differences"]),
        boundaries=_names(data["boundaries"]),
        clocks_per_frame=int(data["clocks_per_frame"]),
        between_frames=bool(data["clocks_per_frame_measured_between_frames"]),
        latency_clocks=int(data["latency_clocks"]),
        clocks_total=int(data["clocks_total"]),
        fifo_fill=_counts(data["fifo_max_fill"]),
        beats=_counts(data["stream_beats"]),
        stalled=_counts(data["stream_stalled_clocks"]),
        violations=_names(data["handshake_violations"]),
        faults=_names(data["faults"]),
        stalls=float(data["stalls"]),
        seed=int(data["seed"]),
    )


def _result(
    config: BuildConfig, name: str, step: str, parse: Callable[[Any], T]
) -> tuple[T | None, str]:
    """What a result file says about the model after step, or None and the reason."""
    path = config.output_dir / "report" / f"{name}.json"
    if not path.is_file():
        return None, ""
    data = read_json(config.output_dir, name)
    with reading(config, name):
        result = parse(data)
    if os.stat(path).st_mtime_ns < os.stat(model_path(config, step)).st_mtime_ns:
        return None, f"the result at hand ({name}.json) is older than this build"
    return result, ""


def read_emulation(config: BuildConfig) -> tuple[Emulation | None, str]:
    """The emulator's result of this build, or None and why a file at hand does not count."""
    return _result(config, "emulation", "fold_duplicated_weights", _parse_emulation)


def read_simulation(config: BuildConfig) -> tuple[Simulation | None, str]:
    """The RTL simulation's result of this build, or None and why a file does not count."""
    return _result(config, "rtlsim_performance", "generate_rtl", _parse_simulation)


def levels(config: BuildConfig) -> list[Level]:
    """All levels, from the trained model to the board."""
    emulation, emulation_reason = read_emulation(config)
    simulation, simulation_reason = read_simulation(config)
    brevitas = _emulation_level(
        "Emulator = Brevitas",
        "the folded integer graph against the Brevitas model in float64, layer by layer",
        emulation,
        "Brevitas model",
        emulation_reason or "python -m flows emulate --brevitas",
    )
    first = "compared by the project's tests (make test), which leave no result in this folder"
    if brevitas.status == PASSED:
        first += "; both ends of this step are covered by “Emulator = Brevitas” below"
    return [
        Level("QONNX = Brevitas", "the exported file, executed by QONNX", NOT_RUN, first),
        _emulation_level(
            "Folded = before folding",
            "the integer graph with folded weights and inputs (emulator) against the one before",
            emulation,
            "integer graph before folding",
            emulation_reason or "python -m flows emulate",
        ),
        brevitas,
        _simulation_level(simulation, simulation_reason or "python -m flows rtlsim"),
        Level("HLS simulation", "an HLS build of the same graph", NOT_RUN, "not built yet"),
        Level("Synthesis", "resources of the netlist", NOT_RUN, LATER),
        Level("Place and route", "timing at the clock", NOT_RUN, LATER),
        Level("Bitstream", "the file for the board", NOT_RUN, LATER),
        Level("Hardware", "the board's integers against the emulator's", NOT_RUN, LATER),
    ]


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count:,} frames"


def _emulation_level(
    name: str, what: str, result: Emulation | None, against: str, otherwise: str
) -> Level:
    if result is None or against not in result.against:
        return Level(name, what, NOT_RUN, otherwise)
    of_model = [b for b in result.boundaries if b.startswith("brevitas:")]
    compared = (
        of_model if against == "Brevitas model" else sorted(set(result.boundaries) - set(of_model))
    )
    if result.mismatches:
        detail = f"{_frames(result.frames)}: {result.mismatches:,} integers differ"
        return Level(name, what, FAILED, detail, compared)
    if not compared or result.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame or boundary compared")
    detail = f"{_frames(result.frames)}, {len(compared)} boundaries, all integers equal"
    return Level(name, what, PASSED, detail, [b.removeprefix("brevitas:") for b in compared])


def _simulation_level(result: Simulation | None, otherwise: str) -> Level:
    name = "RTL simulation = emulator"
    what = "the complete accelerator in Verilator, every stream that is a tensor of the graph"
    if result is None:
        return Level(name, what, NOT_RUN, otherwise)
    stalls = (
        f"random stalls of {100 * result.stalls:g} % at both ends (seed {result.seed})"
        if result.stalls
        else "no stalls at the ends"
    )
    run = f"{_frames(result.frames)}, {len(result.boundaries)} boundaries"
    if result.mismatches or result.differences or result.violations or result.faults:
        found = (result.differences[:1] + result.violations[:1]) or result.faults[:1]
        detail = f"{run}: {result.mismatches:,} integers differ, "
        detail += f"{len(result.violations)} breaches of the handshake; {stalls}"
        detail += "".join(f"; first: {line}" for line in found)
        return Level(name, what, FAILED, detail, result.boundaries)
    if not result.boundaries or result.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame or boundary compared")
    return Level(name, what, PASSED, f"{run}, all integers equal; {stalls}", result.boundaries)
