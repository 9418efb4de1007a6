"""The sections of ``make bench`` by name. A further one is one more entry."""

from collections.abc import Callable

from flows.bench.boards_section import boards_section
from flows.bench.building import build_section
from flows.bench.camera_section import camera_section
from flows.bench.cppsim import cppsim_section
from flows.bench.duplicates import duplicates_section
from flows.bench.emulator_speed import emulator_section
from flows.bench.finn_section import finn_section
from flows.bench.growth import growth_section
from flows.bench.rows import Options, Section
from flows.build.build import Build

SECTIONS: dict[str, Callable[[Build, Options], Section]] = {
    "cppsim": cppsim_section,
    "finn": finn_section,
    "duplicates": duplicates_section,
    "emulator": emulator_section,
    "build": build_section,
    "growth": growth_section,
    "camera": camera_section,
    "boards": boards_section,
}
