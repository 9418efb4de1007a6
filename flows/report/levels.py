"""The levels of verification of a build, each with what its result file says.

A level is passed only if its file says that integers were compared and all were equal; without a
file, or with one that is older than the model it is about, it was not run.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.report.bitstream_level import board_levels, without_rtl
from flows.report.hls_levels import hls_levels
from flows.report.import_level import import_level
from flows.report.level import (
    ESTIMATED,
    FAILED,
    NOT_RUN,
    PASSED,
    VITIS,
    Level,
    frames_text,
)
from flows.report.synth_level import synthesis_level
from flows.report.timing_level import timing_level

__all__ = [
    "ESTIMATED",
    "FAILED",
    "NOT_RUN",
    "PASSED",
    "Level",
    "levels",
    "read_simulation",
]


#: What a level needs that leaves no result in a build's folder.
TESTS = "the project's tests"
_NO_EXPORT = "the file does not say of which Brevitas network it is, as those of model.export do"


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
    # clocks_per_frame is an interval between frames, not a single frame's
    between_frames: Annotated[
        bool, Field(validation_alias="clocks_per_frame_measured_between_frames")
    ]
    latency_clocks: int
    clocks_total: int
    fifo_fill: Annotated[dict[str, int], Field(validation_alias="fifo_max_fill")]
    beats: Annotated[dict[str, int], Field(validation_alias="stream_beats")]
    stalled: Annotated[dict[str, int], Field(validation_alias="stream_stalled_clocks")]
    violations: Annotated[list[str], Field(validation_alias="handshake_violations")]
    faults: list[str]
    stalls: float
    seed: int
    # clocks of the first and last beat of each frame; not in files of before
    first: Annotated[dict[str, list[int]], Field(validation_alias="stream_first_clocks")] = field(
        default_factory=dict
    )
    last: Annotated[dict[str, list[int]], Field(validation_alias="stream_last_clocks")] = field(
        default_factory=dict
    )

    def beats_per_frame(self, stream: str) -> int | None:
        """Beats of a stream in one frame; None where it was not recorded."""
        return self.beats[stream] // max(1, self.frames) if stream in self.beats else None

    def stalled_share(self, stream: str) -> float | None:
        """Share of all clocks in which the stream offered a beat that was not taken."""
        if stream not in self.stalled or not self.clocks_total:
            return None
        return self.stalled[stream] / self.clocks_total


def read_emulation(build: Build) -> tuple[Emulation | None, str]:
    """The emulator's result of this build, or None and why a file at hand does not count."""
    return build.results.read_current(
        ResultName.EMULATION, StepName.FOLD_DUPLICATED_WEIGHTS, Emulation
    )


def read_simulation(build: Build) -> tuple[Simulation | None, str]:
    """The RTL simulation's result of this build, or None and why a file does not count."""
    return build.results.read_current(ResultName.RTLSIM, StepName.GENERATE_RTL, Simulation)


def levels(build: Build) -> list[Level]:
    """All levels, from the trained model to the board."""
    emulation, emulation_reason = read_emulation(build)
    simulation, simulation_reason = read_simulation(build)
    exported = _is_export(build)
    brevitas = _emulation_level(
        "Emulator = Brevitas",
        "the folded integer graph against the Brevitas model in float64, layer by layer",
        emulation,
        "Brevitas model",
        emulation_reason or ("python -m flows emulate --brevitas" if exported else _NO_EXPORT),
        "" if exported else "a network of the zoo",
    )
    first = "compared by the project's tests (make test), which leave no result in this folder"
    if brevitas.status == PASSED:
        first += "; both ends of this step are covered by “Emulator = Brevitas” below"
    return [
        Level(
            "QONNX = Brevitas", "the exported file, executed by QONNX", NOT_RUN, first, needs=TESTS
        ),
        import_level(build),
        _emulation_level(
            "Folded = before folding",
            "the integer graph with folded weights and inputs (emulator) against the one before",
            emulation,
            "integer graph before folding",
            emulation_reason or "python -m flows emulate",
        ),
        brevitas,
        _simulation_level(simulation, simulation_reason, build),
        *hls_levels(build),
        synthesis_level(build),
        timing_level(build),
        *board_levels(build),
    ]


def _emulation_level(
    name: str, what: str, result: Emulation | None, against: str, otherwise: str, needs: str = ""
) -> Level:
    if result is None or against not in result.against:
        return Level(name, what, NOT_RUN, otherwise, needs=needs)
    of_model = [b for b in result.boundaries if b.startswith("brevitas:")]
    compared = (
        of_model if against == "Brevitas model" else sorted(set(result.boundaries) - set(of_model))
    )
    if result.mismatches:
        detail = f"{frames_text(result.frames)}: {result.mismatches:,} integers differ"
        return Level(name, what, FAILED, detail, compared)
    if not compared or result.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame or boundary compared")
    detail = f"{frames_text(result.frames)}, {len(compared)} boundaries, all integers equal"
    return Level(name, what, PASSED, detail, [b.removeprefix("brevitas:") for b in compared])


def _is_export(build: Build) -> bool:
    """Whether the file says of which Brevitas network it is, so that both can be compared."""
    model = build.model(StepName.IMPORT)
    metadata = [*model.model.metadata_props, *model.graph.metadata_props]
    return {"network", "seed"} <= {entry.key for entry in metadata}


def _not_simulated(build: Build, reason: str) -> tuple[str, str]:
    """The reason or command, and what it needs that is not free."""
    lacking = without_rtl(build)
    return reason or lacking or "python -m flows rtlsim", VITIS if lacking else ""


def _simulation_level(result: Simulation | None, reason: str, build: Build) -> Level:
    name = "RTL simulation = emulator"
    what = "the complete accelerator in Verilator, every stream that is a tensor of the graph"
    if result is None:
        otherwise, needs = _not_simulated(build, reason)
        return Level(name, what, NOT_RUN, otherwise, needs=needs)
    stalls = (
        f"random stalls of {100 * result.stalls:g} % at both ends (seed {result.seed})"
        if result.stalls
        else "no stalls at the ends"
    )
    run = f"{frames_text(result.frames)}, {len(result.boundaries)} boundaries"
    if result.mismatches or result.differences or result.violations or result.faults:
        found = (result.differences[:1] + result.violations[:1]) or result.faults[:1]
        detail = f"{run}: {result.mismatches:,} integers differ, "
        detail += f"{len(result.violations)} breaches of the handshake; {stalls}"
        detail += "".join(f"; first: {line}" for line in found)
        return Level(name, what, FAILED, detail, result.boundaries)
    if not result.boundaries or result.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame or boundary compared")
    return Level(name, what, PASSED, f"{run}, all integers equal; {stalls}", result.boundaries)
