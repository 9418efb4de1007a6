"""The result of the build's step verify_import, read back."""

from dataclasses import dataclass, field

from flows.build.build import Build
from flows.build.names import ResultName, StepName


@dataclass(frozen=True)
class Reached:
    """Of a quantizer: pairs (channel, level) reached, of those possible; thresholds compared."""

    reached: int
    possible: int
    thresholds: int


@dataclass(frozen=True)
class InputCheck:
    """An input of several: size of its frames, what a step of its integers is, and who says so."""

    frame_shape: tuple[int, int, int]
    input_scale: float
    input_scale_source: str


@dataclass(frozen=True)
class ImportCheck:
    """report/verify_import.json. levels: by quantizer.

    host_tail: nodes of the file that are the host's; host_tail_reasons: why, of those of them that
    the others stand behind. inputs: of several inputs each, by the file's names; the first has its
    figures beside them, too.
    """

    frames: int
    frame_shape: tuple[int, int, int]
    full_size: bool
    input_scale: float
    input_scale_source: str
    mismatches: int
    difference: str
    boundaries: list[str]
    levels: dict[str, Reached]
    inputs: dict[str, InputCheck] = field(default_factory=dict)
    host_tail: list[str] = field(default_factory=list)
    host_tail_reasons: dict[str, str] = field(default_factory=dict)


def read_import_check(build: Build) -> tuple[ImportCheck | None, str]:
    """The comparison with the imported file in this build, or None and why there is none."""
    if not build.config.verify_import:
        return None, "turned off (verify_import: false in the configuration)"
    result, reason = build.results.read_current(
        ResultName.VERIFY_IMPORT, StepName.STREAMLINE, ImportCheck
    )
    again = "python -m flows build --start verify_import"
    return result, "" if result else reason or again
