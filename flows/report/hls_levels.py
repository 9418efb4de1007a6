"""The levels of verification of the HLS C++: both builds of its simulation, its synthesis."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.report.level import FAILED, NOT_RUN, PASSED, VITIS, Level, frames_text
from hw.errors import HardwareError
from hw.hls.compiler import EXACT, FAST, PURPOSE, STILL_WORKS, find_ap_headers
from hw.tools.compiler import find_compiler
from hw.tools.vitis import find_tool, missing_tool

_WHAT = {
    FAST: "the HLS C++ of the complete network compiled with built-in integers, every stream that "
    "is a tensor of the graph",
    EXACT: "the same source with ap_int types, and every width checked while it runs",
}


@dataclass(frozen=True)
class CppBuild:
    """One build in report/cppsim.json."""

    mismatches: int
    differences: list[str]
    boundaries: list[str]
    faults: list[str]
    frames: Annotated[int, Field(validation_alias="frames_run")]
    cpu_seconds_per_frame: float | None
    camera: str = ""


@dataclass(frozen=True)
class HlsTop:
    """One function in report/hls_synth.json."""

    status: str


@dataclass(frozen=True)
class HlsSynthesis:
    """report/hls_synth.json."""

    tool: str | None
    complete: bool
    faults: list[str]
    not_run: list[str]
    operators: dict[str, HlsTop]
    region: dict[str, HlsTop]
    camera: dict[str, HlsTop] = field(default_factory=dict)

    def count(self, status: str) -> int:
        """Tops of a status: passed, failed or another."""
        tops = [*self.operators.values(), *self.region.values(), *self.camera.values()]
        return [top.status for top in tops].count(status)


@dataclass(frozen=True)
class CppBuilds:
    """report/cppsim.json."""

    builds: dict[str, CppBuild]


def hls_levels(build: Build) -> list[Level]:
    """C++ simulation in both builds, and HLS synthesis."""
    builds, reason = build.results.read_current(ResultName.CPPSIM, StepName.GENERATE_RTL, CppBuilds)
    synthesis, old = build.results.read_current(ResultName.HLS, StepName.GENERATE_RTL, HlsSynthesis)
    return [
        *(
            _cppsim_level(build, (builds.builds if builds else {}).get(build), reason)
            for build in (FAST, EXACT)
        ),
        _synthesis_level(synthesis, old),
    ]


def _cppsim_level(build: str, result: CppBuild | None, reason: str) -> Level:
    name, what = f"C++ simulation ({build}) = emulator", _WHAT[build]
    if result is None:
        return Level(name, what, NOT_RUN, reason or _why_not(build))
    run = f"{frames_text(result.frames)}, {len(result.boundaries)} boundaries"
    if result.mismatches or result.differences or result.faults:
        first = (result.differences or result.faults or ["integers differ"])[0]
        detail = f"{run}: {result.mismatches:,} integers differ; first: {first}"
        return Level(name, what, FAILED, detail, result.boundaries)
    if not result.boundaries or result.frames < 1:
        return Level(name, what, NOT_RUN, "the result names no frame or boundary compared")
    detail = f"{run}, all integers and loop trips equal"
    if result.cpu_seconds_per_frame is not None:
        detail += f"; {result.cpu_seconds_per_frame:.3g} s of one core a frame"
    if result.camera:
        detail += f"; camera path: {result.camera}"
    return Level(name, what, PASSED, detail, result.boundaries)


def _why_not(build: str) -> str:
    """The reason why a build cannot be run here, or the command that runs it."""
    try:
        find_compiler(PURPOSE, STILL_WORKS)
        if build == EXACT:
            find_ap_headers()
    except HardwareError as error:
        return str(error)
    return f"python -m flows cppsim --build {build}"


def _synthesis_level(result: HlsSynthesis | None, reason: str) -> Level:
    name = "HLS synthesis"
    what = "Vitis HLS: every operator and the complete region synthesized, co-simulated, exported"
    if result is None:
        missing = "" if find_tool() else f" ({missing_tool()}; the project is written all the same)"
        return Level(name, what, NOT_RUN, reason or f"python -m flows hls{missing}", needs=VITIS)
    passed, failed = result.count("passed"), result.count("failed")
    if failed or (result.faults and result.tool):
        first = (result.faults or ["see report/hls_synth.json"])[0]
        return Level(name, what, FAILED, f"{failed} failed, {passed} passed: {first}", needs=VITIS)
    if result.complete and not result.faults:
        return Level(name, what, PASSED, f"{passed} tops, {result.tool or ''}", needs=VITIS)
    detail = "Vitis HLS was not found; the project is written" if not result.tool else (
        f"{len(result.not_run)} tops were not run"
    )  # fmt: skip
    return Level(name, what, NOT_RUN, (result.faults or [detail])[0], needs=VITIS)
